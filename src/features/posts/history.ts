import type { Ctx } from '#src/context.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import { notFound } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { type CustomEmoji, toEmoji } from '#src/features/emoji/entity.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { type MediaAttachment, toMediaAttachment } from '#src/features/media/entity.ts'
import { findPollOfPost } from '#src/features/polls/queries.ts'
import { getStatus, type Status, toOnlooker } from './entity.ts'
import { listPictures, type MediaRow } from './publication-queries.ts'
import { findVisiblePost, type Post } from './queries.ts'
import { listPicturesById } from './status-queries.ts'
import { listEdits, type PostEdit } from './write-queries.ts'

/** @see https://docs.joinmastodon.org/entities/StatusEdit/ */
export type StatusEdit = Readonly<{
  content: string
  spoiler_text: string
  sensitive: boolean
  created_at: string
  account: Account
  media_attachments: readonly MediaAttachment[]
  poll?: { options: readonly { title: string }[] }
  emojis: readonly CustomEmoji[]
  /** What the post quotes, as it stands now: whose words a post lends itself is not changed by an edit. */
  quote: Status['quote']
}>

/** @see https://docs.joinmastodon.org/entities/StatusSource/ */
export type StatusSource = Readonly<{ id: string; text: string; spoiler_text: string }>

/**
 * Every version of a post, oldest first; the last is the present one. Pictures that an edit took off are gone, and so they are in no version.
 * @throws Problem `notFound` for what the reader may not see
 */
export async function loadHistory(ctx: Ctx, readerId: string | null, postId: string): Promise<StatusEdit[]> {
  const post = await findVisiblePost(ctx.db, readerId, postId)
  const author = post && (await findActor(ctx.db, post.actorId))
  if (!post || !author) throw notFound()
  const [edits, current, poll, quote] = await Promise.all([
    listEdits(ctx.db, post.id),
    listPictures(ctx.db, post.id),
    findPollOfPost(ctx.db, post.id),
    post.hasQuote ? getStatus(ctx, readerId, post.id).then((status) => status.quote) : null,
  ])
  const known = await listPicturesById(ctx.db, [...new Set(edits.flatMap(({ media }) => media.map(({ id }) => id)))])
  const same = { account: toAccount(ctx, author), quote }
  const addresses = await pictureAddresses(ctx)
  const show = (picture: MediaRow) => toMediaAttachment(picture, addresses, toOnlooker(post.visibility, readerId))
  return [
    ...edits.map((edit) => ({
      ...toVersion(ctx, edit),
      ...same,
      media_attachments: picturesThen(edit, known).map(show),
    })),
    { ...toVersion(ctx, presentOf(post, poll?.options ?? null)), ...same, media_attachments: current.map(show) },
  ]
}

type Version = Readonly<{
  content: string
  spoilerText: string
  isSensitive: boolean
  createdAt: Date
  pollOptions: readonly string[] | null
  emojis: readonly EmojiUse[]
}>

function presentOf(post: Post, pollOptions: readonly string[] | null): Version {
  return { ...post, pollOptions, createdAt: post.editedAt ?? post.publishedAt }
}

function toVersion({ uris }: Ctx, { content, spoilerText, isSensitive, createdAt, pollOptions, emojis }: Version) {
  return {
    content,
    spoiler_text: spoilerText,
    sensitive: isSensitive,
    created_at: createdAt.toISOString(),
    emojis: emojis.map((use) => toEmoji(uris, use)),
    ...(pollOptions ? { poll: { options: pollOptions.map((title) => ({ title })) } } : {}),
  }
}

function picturesThen({ media }: PostEdit, known: readonly MediaRow[]): MediaRow[] {
  return media.flatMap(({ id, description }) => {
    const picture = known.find((one) => one.id === id)
    return picture ? [{ ...picture, description }] : []
  })
}

/** The text of a post to be edited or quoted: as it was typed, or, for remote posts, as it reads. @throws Problem `notFound` */
export async function loadSource(ctx: Ctx, readerId: string | null, postId: string): Promise<StatusSource> {
  const post = await findVisiblePost(ctx.db, readerId, postId)
  if (!post || post.boostOfId) throw notFound()
  return { id: post.id, text: post.source ?? htmlToText(post.content), spoiler_text: post.spoilerText }
}
