import type { Ctx } from '#src/context.ts'
import { listFeaturedTags } from '#src/features/tags/queries.ts'
import { hashtagContext, publicAudience } from './context.ts'

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
