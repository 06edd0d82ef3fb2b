import type { Ctx } from '#src/context.ts'
import type { Remote } from '#src/core/remote.ts'
import { findActorByAcct, findLocalActor } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { knowActor, refreshActor, storeActorDocument } from './actors.ts'
import { lookupWebFinger } from './discovery/webfinger.ts'
import { fetchDocument } from './documents.ts'
import { readPins } from './pins.ts'
import { isRefused } from './read/json.ts'
import { findKnownPost, rereadPost, storePostDocument } from './receive-posts.ts'
import { readProduct } from './receive-products.ts'
import { readFeaturedTags } from './tags.ts'

/** Looks up people and posts of other servers by what a person typed or pasted. */
export function createRemote(ctx: Ctx): Remote {
  return {
    lookupHandle: (handle) => unlessUnreachable(ctx, handle, lookupHandle),
    lookupUrl: (url) => unlessUnreachable(ctx, url, lookupUrl),
    refreshActor: (iri) => unlessUnreachable(ctx, iri, async () => (await refreshActor(ctx, iri))?.id ?? null),
    refreshPost: async (iri) => {
      await unlessUnreachable(ctx, iri, refreshPost)
    },
    refreshProduct: async (iri) => {
      await unlessUnreachable(ctx, iri, readProduct)
    },
    refreshPins: async (actorId) => {
      await unlessUnreachable(ctx, actorId, readPins)
    },
    refreshFeaturedTags: async (actorId) => {
      await unlessUnreachable(ctx, actorId, readFeaturedTags)
    },
  }
}

/** For a person who searches, a server that does not answer and one that knows nobody look the same. */
async function unlessUnreachable<T>(
  ctx: Ctx,
  what: string,
  look: (ctx: Ctx, what: string) => Promise<T | null>,
): Promise<T | null> {
  return look(ctx, what).catch((error) => {
    ctx.log.info({ what, err: error }, 'a lookup failed')
    return null
  })
}

async function refreshPost(ctx: Ctx, iri: string): Promise<string | null> {
  const known = await findKnownPost(ctx, iri)
  if (!known?.iri || (await isHostBlocked(ctx.db, new URL(known.iri).host))) return null
  return rereadPost(ctx, known)
}

async function lookupHandle(ctx: Ctx, handle: string): Promise<string | null> {
  const [user, host] = handle.replace(/^(acct:|@)/, '').split('@')
  if (!user) return null
  if (!host || isOurs(ctx, host)) return (await findLocalActor(ctx.db, user))?.id ?? null
  if (await isHostBlocked(ctx.db, host)) return null
  const known = await findActorByAcct(ctx.db, user, host.toLowerCase())
  const found = known?.iri ? { iri: known.iri } : await lookupWebFinger(ctx, user, host.toLowerCase())
  return found ? ((await knowActor(ctx, found.iri))?.id ?? null) : null
}

function isOurs(ctx: Ctx, host: string): boolean {
  return host.toLowerCase() === ctx.config.handleHost || host.toLowerCase() === new URL(ctx.uris.publicUrl).host
}

/** An address may be an id or a page; a page names the id in the document that it serves to servers. */
async function lookupUrl(ctx: Ctx, url: string): Promise<{ kind: 'actor' | 'post'; id: string } | null> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return null
  const known = await findKnownPost(ctx, url)
  if (known) return { kind: 'post', id: known.id }
  if (ctx.uris.read(url)) {
    const actor = await knowActor(ctx, url)
    return actor ? { kind: 'actor', id: actor.id } : null
  }
  if (await isHostBlocked(ctx.db, new URL(url).host)) return null
  const fetched = await fetchDocument(ctx, url)
  if (isRefused(fetched)) return null
  const post = (await findKnownPost(ctx, fetched.iri)) ?? (await storePostDocument(ctx, fetched.document))
  if (post) return { kind: 'post', id: post.id }
  const actor = await storeActorDocument(ctx, fetched.document)
  return actor ? { kind: 'actor', id: actor.id } : null
}
