import { randomBytes } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { createRounds } from '#src/core/batch.ts'
import { isId } from '#src/core/ids.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByNames } from '#src/db/tombstones.ts'
import { type Effect, emitReceived } from '#src/effects.ts'
import { cardsFor } from '#src/features/cards/service.ts'
import { insertCopies } from '#src/features/emoji/queries.ts'
import { insertRemotePictures, type RemotePicture } from '#src/features/media/remote-queries.ts'
import { type RemotePoll, storeRemotePoll } from '#src/features/polls/receive.ts'
import { type PostedRow, replacePosted } from '#src/features/products/posted-queries.ts'
import { toHashtags } from './hashtags.ts'
import { insertReactionPolicies, type ReactionPolicies } from './permission-queries.ts'
import { listPictures } from './publication-queries.ts'
import { findPost, findPostByIri, type Post, type Visibility } from './queries.ts'
import type { QuoteGroups } from './quote-policy.ts'
import { adoptQuotes } from './quote-queries.ts'
import { emitArrival, type RemoteConsent, shownVisibility, storeConsent } from './receive-consents.ts'
import { type Arrival, findArrivals } from './receive-queries.ts'
import { type RemoteQuote, storeQuote } from './receive-quotes.ts'
import { holdUnproven } from './reply-consents.ts'
import type { ReplyPolicy } from './reply-policy.ts'
import { findReplyPolicy, writeReplyPolicy } from './reply-queries.ts'
import { adoptReplies } from './thread-queries.ts'
import { insertHashtags, insertPosts, insertRecipients, insertRecipientsOf } from './write-queries.ts'

/** A remote post as its server states it, read and checked by `federation/`. */
export type RemotePostInput = QuoteGroups &
  Readonly<{
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
    quote: RemoteQuote | null
    /** Who may answer it; left out or null for everybody. */
    replyPolicy?: ReplyPolicy | null
    /** Who may like and boost it; left out or null for everybody. */
    reactionPolicies?: ReactionPolicies | null
    /** The consent that it needs as an answer, as far as it is there; null where it needs none, left out where what it answers is not known. */
    consent?: RemoteConsent | null | undefined
    /** What it shows for sale; left out for nothing. */
    offers?: readonly RemoteOffer[]
    emojis: readonly { shortcode: string; url: string }[]
    raw: unknown
  }>

/** A thing for sale in a remote post, where `picture` counts the pictures of the post. */
export type RemoteOffer = Omit<PostedRow, 'mediaId'> & Readonly<{ picture: number | null }>

/** What became of something that another server sent. */
export type Receipt<Outcome extends string> = Readonly<{ outcome: Outcome; id: string | null }>

/** Nothing that federates is older; a date before is a mistake or a trick, and would break the order of ids. */
const oldest = Date.UTC(2000, 0, 1)

type PostReceipt = Receipt<'created' | 'already' | 'refused'>

/** `isWelcome`: its author may speak here; it may be refused all the same. */
type Judged = PostReceipt & Readonly<{ isWelcome: boolean }>

/** Those of one process that come at once are stored in one transaction. */
const rounds = new WeakMap<Ctx, (input: RemotePostInput) => Promise<PostReceipt>>()

/**
 * Stores a remote post, once, however often and from wherever it comes. Refused: what its author has withdrawn, and ids that belong to
 * somebody else.
 */
export async function receivePost(ctx: Ctx, input: RemotePostInput): Promise<PostReceipt> {
  const receive = rounds.get(ctx) ?? createRounds((inputs: readonly RemotePostInput[]) => receivePosts(ctx, inputs))
  rounds.set(ctx, receive)
  return receive(input)
}

async function receivePosts(ctx: Ctx, inputs: readonly RemotePostInput[]): Promise<PostReceipt[]> {
  return transaction(ctx.db, async (tx) => {
    // What is answered or quoted, too: when it is not there, its arrival waits until what is about it can be found by it.
    await lockByNames(tx, [...new Set(inputs.flatMap(namesOf))])
    const receipts: Judged[] = []
    for (const wave of wavesOf(inputs)) receipts.push(...(await receiveWave(ctx, tx, wave)))
    const facts: Effect[] = []
    for (const [index, { outcome, id, isWelcome }] of receipts.entries()) {
      const input = inputs[index]
      const fact = input && isWelcome && outcome !== 'already' ? await emitArrival(tx, input, id) : null
      if (fact) facts.push(fact)
    }
    await emitReceived(tx, facts)
    return receipts.map(({ outcome, id }) => ({ outcome, id }))
  })
}

/** The ids of a post, of what it answers, and of what it quotes and we do not have. */
function namesOf({ iri, inReplyToIri, quote }: RemotePostInput): string[] {
  const awaited = quote?.quotedId === null ? quote.quotedIri : null
  return [iri, inReplyToIri ?? [], awaited ?? []].flat()
}

/** Cuts posts where one has to do with another: each part can be judged and written at once, after the parts before it. */
function wavesOf(inputs: readonly RemotePostInput[]): RemotePostInput[][] {
  const waves: RemotePostInput[][] = []
  let named = new Set<string>()
  for (const input of inputs) {
    const names = namesOf(input)
    const last = waves.at(-1)
    if (last && !names.some((name) => named.has(name))) last.push(input)
    else {
      waves.push([input])
      named = new Set()
    }
    for (const name of names) named.add(name)
  }
  return waves
}

async function receiveWave(ctx: Ctx, tx: Tx, inputs: readonly RemotePostInput[]): Promise<Judged[]> {
  const dated = inputs.map((input) => ({ ...input, publishedAt: timeOf(ctx, input) }))
  const arrivals = await findArrivals(tx, dated, ctx.now())
  const arrived = arrivals.flatMap((arrival, index): Arrived[] => {
    const input = dated[index]
    return input && !arrival.existing && isLetIn(input, arrival) ? [{ input, id: arrival.nextId, arrival }] : []
  })
  await store(ctx, tx, arrived)
  return arrivals.map((arrival, index) => {
    const [{ existing, nextId, isWelcome }, input] = [arrival, inputs[index]]
    if (existing?.actorId === input?.actorId && existing?.isDeleted === false)
      return { outcome: 'already', id: existing.id, isWelcome }
    if (existing) return { outcome: 'refused', id: null, isWelcome: false }
    return isLetIn(input, arrival)
      ? { outcome: 'created', id: nextId, isWelcome }
      : { outcome: 'refused', id: null, isWelcome }
  })
}

function isLetIn(input: RemotePostInput | undefined, { isWelcome }: Arrival): boolean {
  return isWelcome && input?.consent?.state !== 'refused'
}

function timeOf(ctx: Ctx, { publishedAt }: RemotePostInput): Date {
  return new Date(Math.max(oldest, Math.min(publishedAt.getTime(), ctx.now().getTime())))
}

/** Adds an actor of ours to whom a remote post came without naming it. */
export async function addRecipient(ctx: Ctx, postId: string, actorId: string): Promise<void> {
  await transaction(ctx.db, (tx) => insertRecipients(tx, postId, [{ actorId, isMention: false }]))
}

/** A post that is stored now, under its new id. */
type Arrived = Readonly<{ input: RemotePostInput; id: string; arrival: Arrival }>

async function store(ctx: Ctx, tx: Tx, arrived: readonly Arrived[]): Promise<void> {
  const rows = []
  for (const one of arrived) rows.push(await toRow(ctx, tx, one))
  const cardIds = await cardsFor(ctx, tx, rows, { isLocal: false })
  await insertCopies(
    tx,
    rows.flatMap(({ emojis }) => emojis),
  )
  await insertPosts(
    tx,
    rows.map((row, index) => ({ ...row, cardId: cardIds[index] ?? null })),
  )
  const addressed = arrived.map(({ input, id }) => ({ postId: id, recipients: toRecipients(input) }))
  await insertRecipientsOf(tx, addressed)
  for (const [index, { input, id, arrival }] of arrived.entries()) {
    const { actorId, iri } = input
    await insertHashtags(tx, id, toHashtags(input.hashtags))
    await insertRemotePictures(tx, { actorId, postId: id }, toPictures(input.attachments))
    if (input.offers?.length) await storeOffers(tx, id, input.offers)
    if (input.poll) await storeRemotePoll(tx, { postId: id, before: null, poll: input.poll, now: ctx.now() })
    const conversationId = rows[index]?.conversationId ?? id
    if (input.replyPolicy) await writeReplyPolicy(tx, id, input.replyPolicy)
    if (input.reactionPolicies) await insertReactionPolicies(tx, id, input.reactionPolicies)
    if (input.consent) await storeConsent(tx, id, input)
    if (input.quote) await storeQuote(tx, { id, visibility: shownVisibility(input) }, input.quote)
    // Answers and quotes travel faster than what they are about when that has to be fetched.
    if (arrival.isQuoted) await adoptQuotes(tx, { id, iri })
    if (arrival.isAwaited) {
      await adoptReplies(tx, { id, actorId, iri, conversationId })
      const inReplyToActorId = rows[index]?.inReplyToActorId ?? null
      if (input.replyPolicy) await holdUnproven(tx, { id, actorId, inReplyToActorId }, input.replyPolicy)
    }
    if (input.consent === undefined) await holdUnjudged(tx, rows[index]?.inReplyToId ?? null)
  }
}

/** What an answer answers has come at the same moment, after it was looked for: who may answer it is asked now. */
async function holdUnjudged(tx: Tx, parentId: string | null): Promise<void> {
  const parent = parentId ? await findPost(tx, parentId) : null
  const policy = parent?.iri ? await findReplyPolicy(tx, parent.id) : null
  if (parent && policy) await holdUnproven(tx, parent, policy)
}

/** Writes what a remote post shows for sale, on the pictures that it has by now. */
export async function storeOffers(tx: Tx, postId: string, offers: readonly RemoteOffer[]): Promise<void> {
  const pictures = await listPictures(tx, postId)
  const rows = offers.map(({ picture, x, y, ...offer }) => {
    const mediaId = pictures[picture ?? -1]?.id ?? null
    return { ...offer, mediaId, x: mediaId ? x : null, y: mediaId ? y : null }
  })
  await replacePosted(tx, postId, rows)
}

async function toRow(ctx: Ctx, tx: Tx, { input, id }: Arrived) {
  const parent = await findLivingPost(ctx, tx, input.inReplyToIri)
  const conversationId = parent?.conversationId ?? parent?.id ?? (await findConversation(ctx, tx, input)) ?? id
  const { iri, actorId, url, content, spoilerText, isSensitive, language, editedAt, raw, publishedAt } = input
  const { quoteAutomatic, quoteManual } = input
  return {
    ...{
      id,
      iri,
      actorId,
      url,
      visibility: shownVisibility(input),
      isHeld: input.consent?.state === 'pending',
      content,
      spoilerText,
      isSensitive,
      language,
      editedAt,
      raw,
      publishedAt,
    },
    ...{ quoteAutomatic, quoteManual },
    inReplyToId: parent?.id ?? null,
    inReplyToIri: parent ? null : input.inReplyToIri,
    inReplyToActorId: parent?.actorId ?? null,
    conversationId,
    hasMedia: input.attachments.length > 0,
    emojis: [...input.emojis],
  }
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
