import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { compareFollows } from '#src/features/follows/compare.ts'
import { claimComparison, listLocalFollowers } from '#src/features/follows/comparison-queries.ts'
import { findLocalTarget } from './actors.ts'
import { readPages } from './collections.ts'
import { fetchOnce } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { isRefused } from './read/json.ts'
import { idOf, iriOf } from './read/values.ts'

/** The followers of one actor are read no more often than this, whatever its server says. */
const againMs = 3_600_000

/** More followers than this on one server are not compared: nobody is taken off by half a list. */
const mostCompared = { items: 10_000, pages: 20 }

/**
 * The header by which we say which followers a server has.
 * @param digest of the followers on that server, as hexadecimal digits
 * @see https://w3id.org/fep/8fcf
 */
export function toSynchronization({ uris }: Pick<Ctx, 'uris'>, handle: string, digest: string): string {
  return `collectionId="${uris.followers(handle)}", url="${uris.followersOfHost(handle)}", digest="${digest}"`
}

type Synchronization = Readonly<{ collectionId: string; url: string; digest: string }>

function readSynchronization(header: string): Synchronization | null {
  const parts = new Map([...header.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name, value]) => [name, value]))
  const [collectionId, url, digest = ''] = [
    iriOf(parts.get('collectionId')),
    iriOf(parts.get('url')),
    parts.get('digest'),
  ]
  return collectionId && url && /^[\da-f]{64}$/i.test(digest) ? { collectionId, url, digest } : null
}

/** The digest of some followers: the SHA-256 of their ids, added bit by bit. @see https://w3id.org/fep/8fcf */
export function digestOfFollowers(iris: readonly string[]): string {
  const sum = Buffer.alloc(32)
  for (const iri of iris) {
    const one = createHash('sha256').update(iri).digest()
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) ^ (one[at] ?? 0)
  }
  return sum.toString('hex')
}

/**
 * Compares the followers that a remote actor has here with those that its server counts, after what that server said of them. Where the two
 * differ its list is read: who is not on it follows no more, and who is on it without following is taken off it by an Undo.
 */
export async function synchroniseFollowers(ctx: Ctx, actorIri: string, header: string): Promise<void> {
  const said = readSynchronization(header)
  const actor = said && (await findActorByIri(ctx.db, actorIri))
  if (!said || !actor || said.collectionId !== actor.followersIri || !isSameOrigin(said.url, actorIri)) return
  const followers = await listLocalFollowers(ctx.db, actor.id)
  const digest = digestOfFollowers(followers.map(({ handle }) => ctx.uris.actor(handle)))
  if (digest === said.digest.toLowerCase()) return
  const now = ctx.now()
  if (!(await claimComparison(ctx.db, actor.id, { before: new Date(now.getTime() - againMs), now }))) return
  const listed = await readFollowers(ctx, said.url, actorIri)
  // Who was accepted while the list was on its way is not on it.
  if (listed) await compareFollows(ctx, { followeeId: actor.id, listedIds: listed, before: now })
}

/** Those of ours whom another server counts as followers of its actor; null when the list cannot be had whole. */
async function readFollowers(ctx: Ctx, url: string, actorIri: string): Promise<string[] | null> {
  const items = await readList(ctx, url, actorIri).catch((error) => {
    if (!(error instanceof OutboundError)) throw error
    ctx.log.info({ url, err: error }, 'a list of followers could not be read')
    return null
  })
  if (!items) return null
  const targets = items.map((item) => idOf(item)).filter((iri) => iri !== null)
  const actors = await Promise.all([...new Set(targets)].map((iri) => findLocalTarget(ctx, iri)))
  return actors.flatMap((actor) => (actor && actor.type !== 'Application' ? actor.id : []))
}

async function readList(ctx: Ctx, url: string, actorIri: string): Promise<readonly unknown[] | null> {
  const fetched = await fetchOnce(ctx, url)
  if (isRefused(fetched) || !isSameOrigin(fetched.finalUrl, actorIri)) return null
  const { orderedItems, items: unordered, first, totalItems } = fetched.document
  // A collection that only says how many there are says nothing of who they are.
  if ((orderedItems ?? unordered ?? first) === undefined && totalItems !== 0) return null
  const { items, isWhole } = await readPages(ctx, { ...fetched.document, id: fetched.finalUrl }, mostCompared)
  const isCounted = typeof totalItems !== 'number' || items.length >= totalItems
  return isWhole && isCounted ? items : null
}
