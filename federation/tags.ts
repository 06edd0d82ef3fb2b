import type { Ctx } from '#src/context.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { listFeaturedTags } from '#src/features/tags/queries.ts'
import { receiveFeaturedTags } from '#src/features/tags/service.ts'
import { readItems } from './collections.ts'
import { hashtagContext, publicAudience } from './context.ts'
import { fetchDocument } from './documents.ts'
import { isRefused } from './read/json.ts'
import { readTags } from './read/tags.ts'

type Named = Readonly<{ name: string; label: string }>

function toHashtag(ctx: Ctx, { name, label }: Named): object {
  return { type: 'Hashtag', href: ctx.uris.tag(name), name: `#${label}` }
}

/** The hashtags that one of our actors features. @see https://docs.joinmastodon.org/spec/activitypub/#featuredTags */
export async function toFeaturedTags(ctx: Ctx, actor: { id: string; handle: string }): Promise<object> {
  const rows = await listFeaturedTags(ctx.db, actor.id)
  return {
    '@context': hashtagContext,
    id: ctx.uris.featuredTags(actor.handle),
    type: 'Collection',
    totalItems: rows.length,
    items: rows.map((row) => toHashtag(ctx, row)),
  }
}

/**
 * A hashtag was put on a profile, or taken off it. The target is the collection of pinned posts: it is the only one by which Mastodon 4.5
 * knows whose profile is meant, and it tells hashtags from posts by their type.
 */
export function toHashtagChange(
  ctx: Ctx,
  change: { id: string; type: 'Add' | 'Remove'; handle: string; hashtag: Named },
): Record<string, unknown> {
  const { id, type, handle, hashtag } = change
  const { uris } = ctx
  return {
    '@context': hashtagContext,
    id,
    type,
    actor: uris.actor(handle),
    to: [publicAudience],
    cc: [uris.followers(handle)],
    object: toHashtag(ctx, hashtag),
    target: uris.featured(handle),
  }
}

/** Reads the hashtags that an actor of another server features. */
export async function readFeaturedTags(ctx: Ctx, actorId: string): Promise<null> {
  const iri = (await findActor(ctx.db, actorId))?.featuredTagsIri
  if (!iri || (await isHostBlocked(ctx.db, new URL(iri).host))) return null
  const collection = await fetchDocument(ctx, iri)
  if (isRefused(collection)) return null
  const { hashtags } = readTags({ tag: [...(await readItems(ctx, collection.document))] })
  await receiveFeaturedTags(
    ctx,
    actorId,
    hashtags.map(({ name }) => name),
  )
  return null
}
