import { randomBytes } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { type RemotePoll, storeRemotePoll } from '#src/features/polls/receive.ts'
import { insertRemotePictures, type RemotePicture } from './attachment-queries.ts'
import { toHashtags } from './hashtags.ts'
import { findPost, findPostByIri, type Post, type Visibility } from './queries.ts'
import { findArrival } from './receive-queries.ts'
import { adoptReplies } from './thread-queries.ts'
import { insertHashtags, insertPost, insertRecipients } from './write-queries.ts'

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
  poll: RemotePoll | null
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
  const publishedAt = new Date(Math.max(oldest, Math.min(input.publishedAt.getTime(), ctx.now().getTime())))
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, input.iri)
    const arrival = await findArrival(tx, { ...input, publishedAt, now: ctx.now() })
    const { existing, nextId: id } = arrival
    if (existing) {
      const isSame = existing.actorId === input.actorId && !existing.isDeleted
      return isSame ? { outcome: 'already', id: existing.id } : { outcome: 'refused', id: null }
    }
    if (!arrival.isWelcome) return { outcome: 'refused', id: null }
    const conversationId = await store(ctx, tx, { input, id, publishedAt })
    // Answers travel faster than what they answer when that has to be fetched.
    if (arrival.isAwaited) await adoptReplies(tx, { id, actorId: input.actorId, iri: input.iri, conversationId })
    await emit(tx, { type: 'post.created', postId: id }, 'remote')
    return { outcome: 'created', id }
  })
}

/** Adds an actor of ours to whom a remote post came without naming it. */
export async function addRecipient(ctx: Ctx, postId: string, actorId: string): Promise<void> {
  await transaction(ctx.db, (tx) => insertRecipients(tx, postId, [{ actorId, isMention: false }]))
}

async function store(
  ctx: Ctx,
  tx: Tx,
  { input, id, publishedAt }: { input: RemotePostInput; id: string; publishedAt: Date },
): Promise<string> {
  const parent = await findParent(ctx, tx, input.inReplyToIri)
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
  if (input.poll) await storeRemotePoll(tx, { postId: id, before: null, poll: input.poll, now: ctx.now() })
  return conversationId
}

/** What is answered. When it is not there, its arrival waits until this answer can be found by it: they may be under way at once. */
async function findParent(ctx: Ctx, tx: Tx, iri: string | null): Promise<Post | null> {
  const parent = await findLivingPost(ctx, tx, iri)
  if (parent || !iri) return parent
  await lockByName(tx, iri)
  return findLivingPost(ctx, tx, iri)
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
