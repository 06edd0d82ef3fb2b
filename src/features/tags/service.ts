import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { findHashtags } from '#src/core/markup.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { idleTags, purgeFree } from '#src/db/purges.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { foldHashtag, type Hashtag } from '#src/features/posts/hashtags.ts'
import {
  countFeaturedTags,
  countTagFollows,
  deleteFeaturedTag,
  deleteTagFollow,
  ensureTag,
  type FeaturedTagRow,
  findFeaturedTag,
  findTagName,
  insertFeaturedTag,
  insertTagFollow,
  keepFeaturedTags,
  listFeaturedTags,
  listTags,
} from './queries.ts'

/** Hashtags that an actor may follow: a home timeline asks for each of them. */
const mostFollowed = 200
/** Hashtags that an actor may feature; as many as in Mastodon. */
export const mostFeatured = 10

/** What somebody wrote as a hashtag, with or without its sign; null for what is none: with a space in it, of digits alone. */
export function readHashtag(text: string): Hashtag | null {
  const label = text.trim().replace(/^[#＃]/, '')
  return findHashtags(`#${label}`)[0] === label ? { name: foldHashtag(label), label } : null
}

/** The folded name behind a part of an address: a name, or the id of a hashtag, as which no name can be read. */
export async function getTagName(ctx: Ctx, text: string): Promise<string> {
  const name = isId(text) ? await findTagName(ctx.db, text) : readHashtag(text)?.name
  if (!name) throw notFound()
  return name
}

async function getHashtag(ctx: Ctx, text: string): Promise<Hashtag> {
  const typed = readHashtag(text)
  if (typed) return typed
  const name = await getTagName(ctx, text)
  return { name, label: name }
}

/** What everybody says under a hashtag comes into the home timeline of the viewer's actor. @throws Problem `forbidden`, `not_found` */
export async function followTag(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  requireRole(viewer, 'follow')
  const hashtag = await getHashtag(ctx, text)
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, `followed hashtags of ${viewer.actorId}`)
    const tagId = await ensureTag(tx, hashtag)
    await insertTagFollow(tx, { actorId: viewer.actorId, tagId })
    if ((await countTagFollows(tx, viewer.actorId)) > mostFollowed)
      throw invalid(`You follow ${mostFollowed} hashtags already; unfollow one first`)
  })
}

/** It comes no more. @throws Problem `forbidden`, `not_found` */
export async function unfollowTag(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  requireRole(viewer, 'follow')
  const { name } = await getHashtag(ctx, text)
  await transaction(ctx.db, async (tx) => {
    const [tag] = await listTags(tx, null, [name])
    if (tag) await deleteTagFollow(tx, { actorId: viewer.actorId, tagId: tag.id })
  })
}

/**
 * Shows a hashtag on the profile of the viewer's actor; once more changes nothing.
 * @throws Problem `forbidden`, `invalid` when there are ten already
 */
export async function featureTag(ctx: Ctx, viewer: Viewer, hashtag: Hashtag): Promise<FeaturedTagRow> {
  requireRole(viewer, 'profile')
  const { actorId, userId } = viewer
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `featured hashtags of ${actorId}`)
    const tagId = await ensureTag(tx, hashtag)
    if (await insertFeaturedTag(tx, { actorId, tagId, userId }))
      await record(tx, viewer, 'tag.featured', hashtag, tagId)
    const featured = await listFeaturedTags(tx, actorId)
    if (featured.length > mostFeatured)
      throw invalid(`Validation failed: You feature ${mostFeatured} hashtags already; take one off first`)
    const row = featured.find((one) => one.tagId === tagId)
    if (!row) throw new Error('a featured hashtag was not stored')
    return row
  })
}

async function record(
  tx: Tx,
  viewer: Viewer,
  type: 'tag.featured' | 'tag.unfeatured',
  { name, label }: Hashtag,
  tagId: string,
): Promise<void> {
  await recordAct(tx, { viewer, action: type, subjectId: tagId })
  await emit(tx, { type, actorId: viewer.actorId, name, label })
}

/** Shows the hashtag that an address names. @throws Problem `forbidden`, `not_found`, `invalid` */
export async function featureTagByName(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  await featureTag(ctx, viewer, await getHashtag(ctx, text))
}

/** Takes the hashtag that an address names off the profile, if it is on it. @throws Problem `forbidden`, `not_found` */
export async function unfeatureTagByName(ctx: Ctx, viewer: Viewer, text: string): Promise<void> {
  requireRole(viewer, 'profile')
  const { name } = await getHashtag(ctx, text)
  await transaction(ctx.db, async (tx) => {
    const [tag] = await listTags(tx, null, [name])
    if (tag) await unfeature(tx, viewer, { ...tag, tagId: tag.id })
  })
}

/** Takes a hashtag off the profile by the id of its line there. @throws Problem `forbidden`, `not_found` when it is not the viewer's */
export async function unfeatureTag(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  requireRole(viewer, 'profile')
  await transaction(ctx.db, async (tx) => {
    const tag = isId(id) ? await findFeaturedTag(tx, viewer.actorId, id) : null
    if (!tag) throw notFound()
    await unfeature(tx, viewer, tag)
  })
}

async function unfeature(tx: Tx, viewer: Viewer, tag: Hashtag & { tagId: string }): Promise<void> {
  const isDone = await deleteFeaturedTag(tx, { actorId: viewer.actorId, tagId: tag.tagId })
  if (isDone) await record(tx, viewer, 'tag.unfeatured', tag, tag.tagId)
}

/** A remote actor shows a hashtag on its profile, or no longer. What is no hashtag, and what is too many, is passed by. */
export async function receiveFeaturedTag(
  ctx: Ctx,
  { actorId, text, isFeatured }: Readonly<{ actorId: string; text: string; isFeatured: boolean }>,
): Promise<void> {
  const hashtag = readHashtag(text)
  if (!hashtag) return
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, `featured hashtags of ${actorId}`)
    const tagId = await ensureTag(tx, hashtag)
    if (!isFeatured) await deleteFeaturedTag(tx, { actorId, tagId })
    else if ((await countFeaturedTags(tx, actorId)) < mostOfOthers)
      await insertFeaturedTag(tx, { actorId, tagId, userId: null })
  })
}

/** Other programs may have other limits; it must not grow without end. */
const mostOfOthers = 50

/** A remote actor features these hashtags, in this order, and no others. What is no hashtag, and what is too many, is passed by. */
export async function receiveFeaturedTags(ctx: Ctx, actorId: string, texts: readonly string[]): Promise<void> {
  const hashtags = texts.flatMap((text) => readHashtag(text) ?? []).slice(0, mostOfOthers)
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, `featured hashtags of ${actorId}`)
    const ids = new Map<string, string>()
    // Two servers that name the same hashtags at once take them in one order.
    for (const hashtag of hashtags.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      ids.set(hashtag.name, await ensureTag(tx, hashtag))
    const tagIds = hashtags.flatMap(({ name }) => ids.get(name) ?? [])
    await keepFeaturedTags(tx, actorId, tagIds)
    for (const tagId of tagIds) await insertFeaturedTag(tx, { actorId, tagId, userId: null })
  })
}

/** For so long a hashtag stays that stands in no post and that nobody follows or features. */
const forgottenAfterMs = 30 * 24 * 60 * 60_000

/** Forgets hashtags that nobody uses; looks through all of them, so call it once a day. Returns how many went. */
export async function forgetTags(ctx: Ctx): Promise<number> {
  return purgeFree(ctx.db, idleTags, { before: new Date(ctx.now().getTime() - forgottenAfterMs) })
}
