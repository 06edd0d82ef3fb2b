import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { type Effect, emit } from '#src/effects.ts'
import { hasBlocked } from '#src/features/blocks/queries.ts'
import { findReplyEnds, insertConsent, listStampedReplies, lockConsent, updateConsent } from './consent-queries.ts'
import { type ReactionPolicies, replaceReactionPolicies } from './permission-queries.ts'
import { narrower } from './policy.ts'
import { findPost, type Post, type Visibility } from './queries.ts'
import { findRelation } from './quote-queries.ts'
import { admit, hide, holdReply, refusalOf } from './reply-consents.ts'
import { judgeReply, judgeReplyToOurs, type OwnReplyVerdict, type ReplyPolicy } from './reply-policy.ts'
import { findReplyPolicy, isNamedIn, writeReplyPolicy } from './reply-queries.ts'

/** Who wrote an answer elsewhere, by id here and address there. */
export type RemoteAuthor = Readonly<{ id: string; iri: string }>

/**
 * What the author of a post says to an answer from elsewhere. To a post of another server, `asked` means that the answer has to bring a stamp: who is
 * a follower there nobody else knows.
 */
export async function judgeRemoteReply(ctx: Ctx, { id, iri }: RemoteAuthor, parent: Post): Promise<OwnReplyVerdict> {
  const policy = id === parent.actorId ? null : await findReplyPolicy(ctx.db, parent.id)
  if (!policy) return 'free'
  const relation = await findRelation(ctx.db, id, parent.actorId)
  const isSpokenTo = parent.inReplyToActorId === id || (await isNamedIn(ctx.db, parent.id, id))
  const answerer = { ...relation, actorId: iri, isSpokenTo }
  if (parent.iri === null) return judgeReplyToOurs(policy, answerer)
  const verdict = judgeReply(policy, { ...answerer, isFollower: false, isFollowed: false })
  return verdict === 'automatic' ? 'free' : 'asked'
}

/** The consent that an answer from elsewhere needs, as far as it is there. */
export type RemoteConsent = Readonly<{
  state: 'pending' | 'accepted' | 'refused'
  /** What is answered; `isOurs`: its author decides here. */
  parent: Readonly<{ id: string; actorId: string; isOurs: boolean }>
  /** The stamp of the author's server. */
  authorizationIri: string | null
}>

type Arrived = Readonly<{
  iri: string
  actorId: string
  visibility: Visibility
  recipientIds: readonly string[]
  mentionIds: readonly string[]
  consent?: RemoteConsent | null | undefined
}>

/** Who may read an answer that arrives: as long as nobody has let it in, whom it names. */
export function shownVisibility({ visibility, consent }: Pick<Arrived, 'visibility' | 'consent'>): Visibility {
  return consent?.state === 'pending' ? 'direct' : visibility
}

/** Writes the consent that a new answer from elsewhere needs or has. */
export async function storeConsent(tx: Tx, id: string, arrived: Arrived): Promise<void> {
  const { visibility, consent, recipientIds, mentionIds } = arrived
  if (!consent) return
  const { state, parent, authorizationIri } = consent
  if (state === 'pending' && parent.isOurs) {
    await holdReply(tx, { id, visibility, addressedIds: [...recipientIds, ...mentionIds] }, parent.actorId)
  } else await insertConsent(tx, { postId: id, state, visibility, authorizationIri })
}

/** What has happened when an answer from elsewhere has come: what we were told, and what we say to it. */
export async function emitArrival(
  tx: Tx,
  { actorId, iri, consent }: Arrived,
  id: string | null,
): Promise<Effect | null> {
  // Whom an author has blocked hears nothing from them.
  if (consent?.state === 'refused' && !(await hasBlocked(tx, consent.parent.actorId, actorId))) {
    const { id: subjectId, actorId: ownId } = consent.parent
    const about = { actorId: ownId, targetId: actorId, subjectId, request: 'ReplyRequest', instrumentIri: iri } as const
    await emit(tx, { type: 'interaction.answered', ...about, requestIri: null, isAllowed: false, replyId: null })
  }
  if (!id) return null
  if (consent?.state === 'accepted' && consent.parent.isOurs) await emit(tx, { type: 'reply.admitted', postId: id })
  if (consent?.state !== 'pending') return { type: 'post.created', postId: id }
  return consent.parent.isOurs ? { type: 'reply.requested', postId: id } : null
}

/** What the server of a post says of who may do what with it, and of the consent that it has itself. */
export type InteractionNews = Readonly<{
  visibility: Visibility
  replyPolicy?: ReplyPolicy | null
  reactionPolicies?: ReactionPolicies | null
  /** Left out: nobody can tell, and it stays as it is. */
  consent?: RemoteConsent | null | undefined
}>

/** Takes that over, be it an edit or not. */
export async function receiveInteractionNews(ctx: Ctx, postId: string, news: InteractionNews): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await writeReplyPolicy(tx, postId, news.replyPolicy ?? null)
    await replaceReactionPolicies(tx, postId, news.reactionPolicies ?? { like: null, boost: null })
    await takeConsent(tx, postId, news)
  })
}

/** Of answers to ours we know ourselves whether they are let in, and an edit changes nothing about that. */
async function takeConsent(tx: Tx, postId: string, { visibility, consent }: InteractionNews): Promise<void> {
  const [known, post] = [await lockConsent(tx, postId), await findPost(tx, postId)]
  if (!known || !post || post.deletedAt) return
  const narrowed = { ...known, visibility: narrower(known.visibility, visibility) }
  // What was let in stays so until it is taken back, whatever an edit repeats or not.
  if (known.state === 'accepted') return
  await updateConsent(tx, known.id, { visibility: narrowed.visibility })
  if (consent === undefined || (await isToOurs(tx, postId))) return
  const stamp = consent?.authorizationIri ?? null
  // After a no only another stamp helps: the one that was withdrawn is never good again, whatever its address goes on saying.
  const isNews = known.state === 'pending' || (stamp !== null && stamp !== known.authorizationIri)
  if (isNews && (consent === null || consent.state === 'accepted')) await admit(tx, narrowed, stamp)
}

async function isToOurs(tx: Tx, postId: string): Promise<boolean> {
  return (await findReplyEnds(tx, postId))?.parent.iri === null
}

async function withdraw(ctx: Ctx, tx: Tx, post: Post): Promise<void> {
  const consent = await lockConsent(tx, post.id)
  if (consent?.state !== 'accepted') return
  await hide(tx, consent, post, ctx.now())
  const { id: postId, actorId } = post
  await emit(tx, { type: 'reply.revoked', postId, actorId, stampId: consent.id, revokerId: actorId }, 'remote')
}

/** The author of what somebody else answered lets that in: it shows from now on. */
export async function receiveConsent(ctx: Ctx, postId: string, authorizationIri: string): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const consent = await lockConsent(tx, postId)
    if (!consent || consent.state === 'refused') return 'unknown'
    if (consent.state === 'pending') await admit(tx, consent, authorizationIri)
    return 'done'
  })
}

/** Keeps what has brought an answer that is held, or changed it, for the groups of ours that take it when it is let in: at once, if it was a moment ago. */
export async function keepBringing(ctx: Ctx, postId: string, body: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const consent = await lockConsent(tx, postId)
    if (!consent || consent.state === 'refused') return
    await updateConsent(tx, consent.id, { broughtBy: body })
    if (consent.state === 'accepted') await emit(tx, { type: 'reply.entered', postId })
  })
}

/** The author of what somebody else answered does not let that in, or no longer. */
export async function receiveConsentRefused(ctx: Ctx, postId: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [consent, post] = [await lockConsent(tx, postId), await findPost(tx, postId)]
    if (!consent || !post || post.deletedAt) return
    if (consent.state === 'accepted') await withdraw(ctx, tx, post)
    else await updateConsent(tx, consent.id, { state: 'refused', broughtBy: null })
  })
}

/** A stamp of another server is withdrawn: what it let in shows no more. */
export async function receiveConsentWithdrawn(ctx: Ctx, authorizationIri: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    for (const { reply } of await listStampedReplies(tx, authorizationIri)) {
      const post = await findPost(tx, reply.id)
      if (post && !post.deletedAt) await withdraw(ctx, tx, post)
    }
  })
}

/** Somebody elsewhere asks whether an answer of theirs, which is here, may stand under a post of ours: they hear what is so, or will. */
export async function answerReplyRequest(ctx: Ctx, post: Post, requestIri: string): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const known = await lockConsent(tx, post.id)
    // Whom nobody has to let in gets the proof that they ask for.
    if (!known) {
      await insertConsent(tx, { postId: post.id, state: 'accepted', visibility: post.visibility, requestIri })
    } else await updateConsent(tx, known.id, { requestIri })
    const ends = await findReplyEnds(tx, post.id)
    if (!ends) return 'unknown'
    if (ends.consent.state === 'accepted') await emit(tx, { type: 'reply.admitted', postId: post.id })
    if (ends.consent.state === 'refused') await emit(tx, refusalOf(ends))
    return 'done'
  })
}

/** Says yes or no to somebody elsewhere who asks whether they may do something with a post of ours. */
export async function answerInteraction(
  ctx: Ctx,
  answer: Omit<Extract<Effect, { type: 'interaction.answered' }>, 'type' | 'replyId'>,
): Promise<void> {
  await transaction(ctx.db, (tx) => emit(tx, { type: 'interaction.answered', ...answer, replyId: null }))
}
