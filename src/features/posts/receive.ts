import { randomBytes } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { isWithdrawn, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { insertRemotePictures, type RemotePicture } from './attachment-queries.ts'
import { toHashtags } from './hashtags.ts'
import { findPost, findPostByIri, type Post, type Visibility } from './queries.ts'
import { adoptReplies } from './thread-queries.ts'
import { insertHashtags, insertPost, insertRecipients, nextPostId } from './write-queries.ts'

/** A remote post as its server states it, read and checked by `federation/`. */
export type RemotePostInput = Readonly<{
  iri: string
  actorId: string
  url: string | null
  visibility: Visibility
  /** Sanitised HTML. */
  content: string
  spoilerText: string
  isSensitive: boolean
  language: string | null
  inReplyToIri: string | null
  /** The conversation as its server names it; one of ours tells where an answer belongs whose parent we do not have. */
  context: string | null
  publishedAt: Date
  editedAt: Date | null
  /** The actors known here to whom it is addressed by name. */
  recipientIds: readonly string[]
  /** Those of them whom the text names, in its order. */
  mentionIds: readonly string[]
  hashtags: readonly string[]
  attachments: readonly RemotePicture[]
  emojis: readonly { shortcode: string; url: string }[]
  raw: unknown
}>

/** What became of something that another server sent. */
export type Receipt<Outcome extends string> = Readonly<{ outcome: Outcome; id: string | null }>

/** Nothing that federates is older; a date before is a mistake or a trick, and would break the order of ids. */
const oldest = Date.UTC(2000, 0, 1)

/**
 * Stores a remote post, once, however often and from wherever it comes. Refused: what its author has withdrawn, and ids that belong to
 * somebody else.
 */
export async function receivePost(
  ctx: Ctx,
  input: RemotePostInput,
): Promise<Receipt<'created' | 'already' | 'refused'>> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, input.iri)
    const existing = await findPostByIri(tx, input.iri)
    if (existing) {
      const isSame = existing.actorId === input.actorId && !existing.deletedAt
      return isSame ? { outcome: 'already', id: existing.id } : { outcome: 'refused', id: null }
    }
    if (!(await isWelcome(ctx, tx, input))) return { outcome: 'refused', id: null }
    const id = await store(ctx, tx, input)
    await emit(tx, { type: 'post.created', postId: id }, 'remote')
    return { outcome: 'created', id }
  })
}

async function isWelcome(ctx: Ctx, tx: Tx, { iri, actorId }: RemotePostInput): Promise<boolean> {
  const author = await findActor(tx, actorId)
  if (!author || author.deletedAt || author.suspendedAt) return false
  return !(await isWithdrawn(tx, { iri, actorId, now: ctx.now() }))
}

async function store(ctx: Ctx, tx: Tx, input: RemotePostInput): Promise<string> {
  const publishedAt = new Date(Math.max(oldest, Math.min(input.publishedAt.getTime(), ctx.now().getTime())))
  const id = await nextPostId(tx, publishedAt)
  const parent = await findLivingPost(ctx, tx, input.inReplyToIri)
  const conversationId = parent?.conversationId ?? parent?.id ?? (await findConversation(ctx, tx, input)) ?? id
  const { iri, actorId, url, visibility, content, spoilerText, isSensitive, language, editedAt, raw } = input
  await insertPost(tx, {
    ...{ id, iri, actorId, url, visibility, content, spoilerText, isSensitive, language, editedAt, raw, publishedAt },
    inReplyToId: parent?.id ?? null,
    inReplyToIri: parent ? null : input.inReplyToIri,
    inReplyToActorId: parent?.actorId ?? null,
    conversationId,
    hasMedia: input.attachments.length > 0,
    emojis: [...input.emojis],
  })
  await insertRecipients(tx, id, toRecipients(input))
  await insertHashtags(tx, id, toHashtags(input.hashtags))
  await insertRemotePictures(tx, { id, actorId }, toPictures(input.attachments))
  // Answers travel faster than what they answer when that has to be fetched.
  await adoptReplies(tx, { id, actorId, iri, conversationId })
  return id
}

/** The post at an address, ours or remote, if it is there and has a text of its own. */
async function findLivingPost(ctx: Ctx, tx: Tx, iri: string | null): Promise<Post | null> {
  if (!iri) return null
  const target = ctx.uris.read(iri)
  const post = target?.kind === 'post' ? await findPost(tx, target.id) : await findPostByIri(tx, iri)
  return post && !post.deletedAt && !post.boostOfId ? post : null
}

async function findConversation(ctx: Ctx, tx: Tx, { context }: RemotePostInput): Promise<string | null> {
  const prefix = ctx.uris.context('')
  if (!context?.startsWith(prefix)) return null
  const id = context.slice(prefix.length)
  return isId(id) ? ((await findPost(tx, id))?.conversationId ?? null) : null
}

/** Mentions first and in their order, so that they are shown as the text has them. */
export function toRecipients({ mentionIds, recipientIds }: RemotePostInput): { actorId: string; isMention: boolean }[] {
  const mentioned = new Set(mentionIds)
  const others = new Set(recipientIds.filter((id) => !mentioned.has(id)))
  return [
    ...[...mentioned].map((actorId) => ({ actorId, isMention: true })),
    ...[...others].map((actorId) => ({ actorId, isMention: false })),
  ]
}

/** Pictures with the address under which each will be shown here: 128 random bits. */
export function toPictures(
  attachments: readonly RemotePicture[],
  from = 0,
): (RemotePicture & { key: string; position: number })[] {
  return attachments.map((picture, index) => ({
    ...picture,
    key: randomBytes(16).toString('hex'),
    position: from + index,
  }))
}
