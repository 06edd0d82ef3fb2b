import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { layTombstone, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { cardFor } from '#src/features/cards/service.ts'
import { insertCopies } from '#src/features/emoji/queries.ts'
import { insertRemotePictures } from '#src/features/media/remote-queries.ts'
import { findPollOfPost } from '#src/features/polls/queries.ts'
import { storeRemotePoll } from '#src/features/polls/receive.ts'
import { discardPictures, updateRemotePicture } from './attachment-queries.ts'
import { toHashtags } from './hashtags.ts'
import { narrower } from './policy.ts'
import { listPictures, type MediaRow } from './publication-queries.ts'
import { findPostByIri, type Post } from './queries.ts'
import { type Receipt, type RemotePostInput, storeOffers, toPictures, toRecipients } from './receive.ts'
import { emptyPost } from './remove-queries.ts'
import { insertEdit, replaceHashtags, replaceRecipients, updatePost } from './write-queries.ts'

/**
 * Takes an edit of a remote post over, if it is newer than what we have: deliveries overtake each other. An edit may narrow who may read
 * the post, never widen it; pictures keep their copies as long as their address stays.
 */
export async function receivePostEdit(
  ctx: Ctx,
  input: RemotePostInput,
): Promise<Receipt<'edited' | 'already' | 'stale' | 'refused' | 'unknown'>> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, input.iri)
    const post = await findPostByIri(tx, input.iri)
    if (!post) return { outcome: 'unknown', id: null }
    if (post.deletedAt || post.actorId !== input.actorId) return { outcome: 'refused', id: null }
    const editedAt = newer(post, input.editedAt)
    if (!editedAt) return { outcome: isStale(post, input.editedAt) ? 'stale' : 'already', id: post.id }
    await apply(ctx, tx, { post, input, editedAt })
    await emit(tx, { type: 'post.edited', postId: post.id, editedAt: editedAt.toISOString() }, 'remote')
    return { outcome: 'edited', id: post.id }
  })
}

/** Hollo sends an Update without a time when it has found a link's preview: nothing that we show has changed. */
function newer(post: Post, editedAt: Date | null): Date | null {
  return editedAt && editedAt > (post.editedAt ?? post.publishedAt) ? editedAt : null
}

/** What overtook it said more than the text: who may answer, the counts of a poll, the consent to a quote. */
function isStale(post: Post, editedAt: Date | null): boolean {
  return editedAt !== null && editedAt < (post.editedAt ?? post.publishedAt)
}

async function apply(
  ctx: Ctx,
  tx: Tx,
  { post, input, editedAt }: { post: Post; input: RemotePostInput; editedAt: Date },
): Promise<void> {
  const [pictures, poll] = [await listPictures(tx, post.id), await findPollOfPost(tx, post.id)]
  const media = pictures.map(({ id, description }) => ({ id, description }))
  await insertEdit(tx, post, { userId: null, media, pollOptions: poll?.options ?? null })
  await storeRemotePoll(tx, { postId: post.id, before: poll, poll: input.poll, now: ctx.now() })
  await replacePictures(ctx, tx, { post, input, pictures })
  await storeOffers(tx, post.id, input.offers ?? [])
  const hasMedia = input.attachments.length > 0
  const cardId = await cardFor(ctx, tx, { content: input.content, hasMedia, isLocal: false })
  await replaceRecipients(tx, post.id, toRecipients(input))
  await replaceHashtags(tx, post.id, toHashtags(input.hashtags))
  await insertCopies(tx, input.emojis)
  const { content, spoilerText, isSensitive, language, url, raw } = input
  await updatePost(tx, post.id, {
    ...{ content, spoilerText, isSensitive, language, url, raw, editedAt },
    visibility: narrower(post.visibility, input.visibility),
    hasMedia,
    cardId,
    emojis: [...input.emojis],
  })
}

async function replacePictures(
  ctx: Ctx,
  tx: Tx,
  { post, input, pictures }: { post: Post; input: RemotePostInput; pictures: readonly MediaRow[] },
): Promise<void> {
  const known = new Map(pictures.map((picture) => [picture.remoteUrl, picture.id]))
  const wanted = toPictures(input.attachments)
  const kept = wanted.flatMap(({ remoteUrl }) => known.get(remoteUrl) ?? [])
  await discardPictures(tx, post.id, ctx.now(), kept)
  for (const { key, ...picture } of wanted) {
    const id = known.get(picture.remoteUrl)
    if (id) await updateRemotePicture(tx, id, picture)
    else await insertRemotePictures(tx, { actorId: post.actorId, postId: post.id }, [{ ...picture, key }])
  }
}

/**
 * A remote author withdraws a post, perhaps before it came: then it is refused when it comes.
 * @returns 'unknown' when there was nothing of this author's under the id
 */
export async function receivePostDeleted(
  ctx: Ctx,
  { actorId, iri }: { actorId: string; iri: string },
): Promise<Receipt<'deleted' | 'already' | 'unknown'>> {
  return transaction(ctx.db, async (tx) => {
    const now = ctx.now()
    await lockByName(tx, iri)
    await layTombstone(tx, { iri, actorId, now })
    const post = await findPostByIri(tx, iri)
    if (!post || post.actorId !== actorId) return { outcome: 'unknown', id: null }
    if (!(await emptyPost(tx, post.id, now))) return { outcome: 'already', id: post.id }
    await discardPictures(tx, post.id, now)
    await emit(tx, { type: 'post.deleted', postId: post.id, actorId }, 'remote')
    return { outcome: 'deleted', id: post.id }
  })
}
