import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { requireStaying } from '#src/features/actors/move-queries.ts'
import { cardFor } from '#src/features/cards/service.ts'
import { listEmojisIn } from '#src/features/emoji/service.ts'
import { askFrom, replacePoll } from '#src/features/polls/edit.ts'
import { checkPoll, type PollDraft } from '#src/features/polls/policy.ts'
import { type ProductWish, showProducts } from '#src/features/products/posted.ts'
import { attachPictures } from './attachment-queries.ts'
import { type Composed, composeText } from './compose.ts'
import { insertConsent } from './consent-queries.ts'
import { takePictures } from './pictures.ts'
import { checkAttached, checkText, fieldProblem, lockedProblem, narrower, requirePublisher } from './policy.ts'
import { findPostingDefaults, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { findQuotable, type Quotable, settleVisibility, writeQuote } from './quote.ts'
import { type QuotePolicy, toQuoteGroups } from './quote-policy.ts'
import { judgeAnswer } from './reply.ts'
import { holdReply } from './reply-consents.ts'
import { type OwnReplyVerdict, toReplyPolicy } from './reply-policy.ts'
import { insertReplyApproval, writeReplyPolicy } from './reply-queries.ts'
import { isLocked, listGroupsAbove, listPrivateGroups } from './topic-queries.ts'
import {
  findSubmission,
  insertHashtags,
  insertPost,
  insertRecipients,
  insertSubmission,
  nextPostId,
  type Submission,
} from './write-queries.ts'

/** A post as somebody wants it. What is left out follows from the actor's settings. */
export type Draft = Readonly<{
  text: string
  visibility?: Visibility | null | undefined
  /** Shown in the place of the post until it is opened. */
  spoilerText?: string | undefined
  isSensitive?: boolean | undefined
  language?: string | null | undefined
  inReplyToId?: string | null | undefined
  /** Pictures in their order. */
  mediaIds?: readonly string[] | undefined
  /** It cannot be together with pictures. */
  poll?: PollDraft | null | undefined
  /** What it shows for sale: five at the most. */
  products?: readonly ProductWish[] | undefined
  /** The post that it quotes. */
  quotedId?: string | null | undefined
  /** Who may quote it. */
  quotePolicy?: QuotePolicy | undefined
  /** Sending the same key again within an hour gives the first post back. */
  idempotencyKey?: string | null | undefined
  /** The client program; that of the viewer when it is left out. */
  appId?: string | null | undefined
}>

/** How long a sending is remembered. In milliseconds. */
export const submissionMs = 3_600_000

/**
 * Publishes a post as the viewer's actor.
 * @param claim what has to be done in the same transaction, before the post is written; what it throws keeps the post from being written
 * @returns its id; that of the first post when the same thing is sent twice
 * @throws Problem `forbidden` for roles that do not publish and for who has moved, `invalid` for a text or pictures that cannot be used
 * and for answers that the author of the parent does not take,
 * `notFound` for a parent that the viewer may not see
 */
export async function createPost(
  ctx: Ctx,
  viewer: Viewer,
  draft: Draft,
  claim?: (tx: Tx) => Promise<void>,
): Promise<string> {
  requirePublisher(viewer, Boolean(draft.inReplyToId))
  const submission = toSubmission(viewer, draft)
  const since = new Date(ctx.now().getTime() - submissionMs)
  const earlier = submission && (await findSubmission(ctx.db, submission, since))
  if (earlier) return earlier
  const prepared = await prepareDraft(ctx, viewer, draft)
  return transaction(ctx.db, async (tx) => {
    if (submission) await lockByName(tx, `submission ${submission.userId} ${submission.actorId} ${submission.key}`)
    // Asked again under the lock: the same thing may have been sent twice at once.
    const meanwhile = submission && (await findSubmission(tx, submission, since))
    if (meanwhile) return meanwhile
    await claim?.(tx)
    const id = await publish(ctx, tx, { viewer, draft, ...prepared })
    if (submission) await insertSubmission(tx, submission, id, ctx.now())
    return id
  })
}

/** A draft that was found fit to be published, with what was found out about it. */
export type PreparedDraft = Readonly<{
  parent: Post | null
  /** What the author of the parent says to the answer. */
  verdict: Exclude<OwnReplyVerdict, 'denied'>
  quotable: Quotable | null
  composed: Composed
  poll: PollDraft | null
}>

/**
 * Checks what can be checked of a draft before it is published, now or later: all but its pictures. People whom it names are looked up.
 * @throws Problem as `createPost`
 */
export async function prepareDraft(ctx: Ctx, viewer: Viewer, draft: Draft): Promise<PreparedDraft> {
  const { text, mediaIds = [], spoilerText = '' } = draft
  requirePublisher(viewer, Boolean(draft.inReplyToId))
  await requireStaying(ctx.db, viewer.actorId)
  checkText({ text, spoilerText, pictures: mediaIds.length })
  const poll = checkAttached(draft.poll ? checkPoll(draft.poll) : null, mediaIds.length)
  const parent = draft.inReplyToId ? await findParent(ctx, viewer, draft.inReplyToId) : null
  const verdict = parent ? await judgeDraft(ctx, viewer, draft, parent) : 'free'
  const quotable = draft.quotedId ? await findQuotable(ctx, viewer, draft.quotedId) : null
  return { parent, verdict, quotable, composed: await composeText(ctx, text), poll }
}

function toSubmission({ userId, actorId }: Viewer, { idempotencyKey }: Draft): Submission | null {
  return idempotencyKey ? { userId, actorId, key: idempotencyKey } : null
}

/**
 * What is answered: a boost is answered as the post that it shows.
 * @throws Problem `notFound`, and `invalid` where a group takes no answers any more
 */
async function findParent(ctx: Ctx, viewer: Viewer, id: string): Promise<Post> {
  const found = await findVisiblePost(ctx.db, viewer.actorId, id)
  const parent = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  if (!parent) throw notFound('The post that you are answering is not there, or no longer')
  if (await isLocked(ctx.db, parent.id)) throw lockedProblem()
  return parent
}

/** @throws Problem `invalid` where there is to be no such answer */
async function judgeDraft(ctx: Ctx, viewer: Viewer, draft: Draft, parent: Post): Promise<PreparedDraft['verdict']> {
  const visibility = wishedVisibility(draft, await findPostingDefaults(ctx.db, viewer.actorId), parent)
  // What nobody sees under a post is not answered there for others to see.
  if (parent.isHeld && visibility !== 'direct')
    throw fieldProblem('visibility', 'ERR_INVALID', 'can only be direct while what it answers waits to be let in')
  return judgeAnswer(ctx, viewer, parent, visibility)
}

type Publishing = PreparedDraft & Readonly<{ viewer: Viewer; draft: Draft }>

async function publish(ctx: Ctx, tx: Tx, publishing: Publishing): Promise<string> {
  const { viewer, draft, parent, quotable, composed, poll } = publishing
  const { quotePolicy, replyChoice, ...settled } = await settleDraft(tx, viewer, draft, publishing)
  const isHeld = publishing.verdict === 'asked' && parent?.iri === null
  const visibility = isHeld ? 'direct' : settled.visibility
  const publishedAt = ctx.now()
  const pictures = await takePictures(tx, { actorId: viewer.actorId, postId: null, ids: draft.mediaIds ?? [] })
  const id = await nextPostId(tx, publishedAt)
  const effectId = await emit(tx, { type: isHeld ? 'reply.requested' : 'post.created', postId: id })
  const hasMedia = pictures.length > 0
  await insertPost(tx, {
    id,
    actorId: viewer.actorId,
    userId: viewer.userId,
    appId: draft.appId ?? viewer.appId,
    content: composed.content,
    source: draft.text,
    spoilerText: draft.spoilerText ?? '',
    emojis: await listEmojisIn(ctx, tx, {
      texts: [draft.text, draft.spoilerText ?? '', ...(poll?.options ?? [])],
    }),
    ...settled,
    visibility,
    isHeld,
    ...toQuoteGroups(quotePolicy, settled.visibility),
    ...toAnswered(parent, id),
    hasMedia,
    cardId: await cardFor(ctx, tx, { content: composed.content, hasMedia, isLocal: true }),
    effectId,
    publishedAt,
  })
  const addressed = await listAddressed(tx, { composed, parent, visibility: settled.visibility })
  await insertRecipients(tx, id, addressed)
  await writeReplyPolicy(tx, id, toReplyPolicy(replyChoice, settled.visibility))
  await writeAnswering(tx, { id, visibility: settled.visibility, addressed }, publishing)
  if (quotable) await writeQuote(tx, { id, actorId: viewer.actorId, visibility, isHeld }, quotable)
  await insertHashtags(tx, id, composed.hashtags)
  await attachPictures(tx, id, pictures)
  if (draft.products?.length) await showProducts(tx, { postId: id, mediaIds: pictures }, draft.products)
  if (poll) await replacePoll(tx, { postId: id, before: null, wanted: askFrom(publishedAt, poll), now: publishedAt })
  await recordAct(tx, { viewer, action: 'post.created', subjectId: id })
  return id
}

function toAnswered(parent: Post | null, id: string) {
  return {
    inReplyToId: parent?.id ?? null,
    inReplyToActorId: parent?.actorId ?? null,
    conversationId: parent?.conversationId ?? parent?.id ?? id,
  }
}

/** What the author of what is answered says, or is asked: here, or on their server. */
async function writeAnswering(
  tx: Tx,
  { id, visibility, addressed }: Readonly<{ id: string; visibility: Visibility; addressed: readonly Addressed[] }>,
  { parent, verdict }: Pick<PreparedDraft, 'parent' | 'verdict'>,
): Promise<void> {
  if (!parent || verdict === 'free') return
  if (parent.iri !== null) return insertReplyApproval(tx, id)
  if (verdict === 'member') return insertConsent(tx, { postId: id, state: 'accepted', visibility })
  await holdReply(tx, { id, visibility, addressedIds: addressed.map(({ actorId }) => actorId) }, parent.actorId)
}

type Addressed = Readonly<{ actorId: string; isMention: boolean }>

/** Whom the text names, and the groups in which it answers: those are told, or nobody there would see it. */
async function listAddressed(
  tx: Tx,
  { composed, parent, visibility }: Pick<PreparedDraft, 'composed' | 'parent'> & { visibility: Visibility },
): Promise<Addressed[]> {
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  const groupIds = parent
    ? await (isOpen ? listGroupsAbove(tx, parent) : listPrivateGroups(tx, parent, visibility))
    : []
  const named = new Set(composed.mentionIds)
  return [
    ...composed.mentionIds.map((actorId) => ({ actorId, isMention: true })),
    // Whoever answers within a private group is shown that the group hears it, and so is whoever answers that.
    ...groupIds.filter((id) => !named.has(id)).map((actorId) => ({ actorId, isMention: visibility === 'direct' })),
  ]
}

/** An answer whose visibility was not chosen is never wider than what it answers. */
function wishedVisibility(
  { visibility }: Draft,
  usual: Readonly<{ visibility: Visibility }>,
  parent: Post | null,
): Visibility {
  return visibility ?? (parent ? narrower(usual.visibility, parent.visibility) : usual.visibility)
}

/** What the author did not say, from the settings of the actor. A quote is never for more than what it quotes. */
export async function settleDraft(
  tx: Tx,
  viewer: Viewer,
  draft: Draft,
  { parent, quotable, composed }: Pick<PreparedDraft, 'parent' | 'quotable' | 'composed'>,
) {
  const usual = await findPostingDefaults(tx, viewer.actorId)
  const wanted = wishedVisibility(draft, usual, parent)
  const author = { actorId: viewer.actorId, mentionIds: composed.mentionIds }
  return {
    visibility: quotable ? settleVisibility(wanted, quotable, author) : wanted,
    language: draft.language ?? usual.language,
    isSensitive: (draft.isSensitive ?? usual.isSensitive) || Boolean(draft.spoilerText),
    quotePolicy: draft.quotePolicy ?? usual.quotePolicy,
    replyChoice: usual.replyChoice,
  }
}
