import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { type Effect, emit } from '#src/effects.ts'
import { conflict, forbidden, notFound } from '#src/errors.ts'
import {
  findReplyEnds,
  insertConsent,
  listUnasked,
  lockConsent,
  type ReplyConsent,
  type ReplyEnds,
  updateConsent,
} from './consent-queries.ts'
import { requirePublisher } from './policy.ts'
import { findPost, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { tellQuoted } from './quote.ts'
import { isOpen } from './quote-policy.ts'
import { lockQuoteBy, updateQuote } from './quote-queries.ts'
import { judgeReply, type ReplyPolicy } from './reply-policy.ts'
import { leaveGroups } from './reply-queries.ts'
import { insertRecipients, setEffect, updatePost } from './write-queries.ts'

/** Writes that a new answer to a post of ours waits for the yes of its author, who sees it meanwhile. */
export async function holdReply(
  tx: Tx,
  reply: Readonly<{ id: string; visibility: Visibility; addressedIds: readonly string[] }>,
  parentAuthorId: string,
): Promise<void> {
  await insertConsent(tx, { postId: reply.id, state: 'pending', visibility: reply.visibility })
  await letSee(tx, reply, parentAuthorId)
}

/** Whom an answer names keeps being named. */
async function letSee(
  tx: Tx,
  { id, addressedIds }: Readonly<{ id: string; addressedIds: readonly string[] }>,
  actorId: string,
): Promise<void> {
  if (!addressedIds.includes(actorId)) await insertRecipients(tx, id, [{ actorId, isMention: false }])
}

/**
 * Shows an answer that was held. Whom it concerns is told of it now, as of a new one.
 * @param proof the stamp of another server, where that is what lets it in
 */
export async function admit(
  tx: Tx,
  { id, postId, visibility, broughtBy }: ReplyConsent,
  proof: string | null,
): Promise<void> {
  await updateConsent(tx, id, { state: 'accepted', ...(proof ? { authorizationIri: proof } : {}) })
  await showTo(tx, postId, { visibility, isHeld: false })
  const post = await findPost(tx, postId)
  if (post?.iri === null) {
    await setEffect(tx, postId, await emit(tx, { type: 'post.created', postId }))
    await tellQuoted(tx, post)
  } else {
    await emit(tx, { type: 'post.created', postId }, 'remote')
    // Groups of ours in which it belongs take it now.
    if (broughtBy !== null) await emit(tx, { type: 'reply.entered', postId })
  }
}

/** Hides an answer that shows. What it is for others, should it be let in again, is kept. */
export async function hide(tx: Tx, consent: ReplyConsent, post: Post, now: Date): Promise<void> {
  await updateConsent(tx, consent.id, { state: 'refused', visibility: post.visibility, broughtBy: null })
  await showTo(tx, post.id, held)
  await leaveGroups(tx, post.id, now)
}

/** Answers that came before the post of another server that they answer: they show where everybody may, or have to bring a stamp with their next Update. */
export async function holdUnproven(
  tx: Tx,
  parent: Readonly<{ id: string; actorId: string; inReplyToActorId: string | null }>,
  policy: ReplyPolicy,
): Promise<void> {
  for (const { id, visibility, actorId, actorIri } of await listUnasked(tx, parent)) {
    const isSpokenTo = actorId === parent.inReplyToActorId
    const answerer = { actorId: actorIri ?? actorId, isSpokenTo, isFollower: false, isFollowed: false }
    if (judgeReply(policy, answerer) === 'automatic') continue
    await insertConsent(tx, { postId: id, state: 'pending', visibility })
    await showTo(tx, id, held)
  }
}

/** For those alone whom it names. */
const held = { visibility: 'direct', isHeld: true } as const

async function showTo(
  tx: Tx,
  postId: string,
  { visibility, isHeld }: Readonly<{ visibility: Visibility; isHeld: boolean }>,
): Promise<void> {
  await updatePost(tx, postId, { visibility, isHeld })
  const quote = await lockQuoteBy(tx, postId)
  if (quote) await updateQuote(tx, quote.id, { isOpen: isOpen(visibility) })
}

/** That an answer to a post of ours is refused, for who wrote it. */
export function refusalOf({ consent, reply, parent }: ReplyEnds): Effect {
  return {
    type: 'interaction.answered',
    actorId: parent.authorId,
    targetId: reply.authorId,
    subjectId: parent.id,
    request: 'ReplyRequest',
    instrumentIri: reply.iri,
    requestIri: consent.requestIri,
    isAllowed: false,
    replyId: reply.id,
  }
}

/**
 * Shows an answer to one of the viewer's posts, which has waited for that.
 * @throws Problem `notFound` when there is none, `forbidden` for posts of others and for roles that do not publish, `conflict` after a no
 */
export async function allowReply(ctx: Ctx, viewer: Viewer, postId: string): Promise<void> {
  await requireAnswered(ctx, viewer, postId)
  await transaction(ctx.db, async (tx) => {
    const consent = await getLocked(tx, postId)
    if (consent.state === 'accepted') return
    // A no that was said was told to others.
    if (consent.state !== 'pending') throw conflict('This answer does not wait for you any more')
    await admit(tx, consent, null)
    await emit(tx, { type: 'reply.admitted', postId })
    await recordAct(tx, { viewer, action: 'reply.admitted', subjectId: postId })
  })
}

/**
 * Refuses an answer to one of the viewer's posts, or withdraws the consent that it has. Doing it twice is doing it once.
 * @throws Problem as `allowReply`
 */
export async function refuseReply(ctx: Ctx, viewer: Viewer, postId: string): Promise<void> {
  const ends = await requireAnswered(ctx, viewer, postId)
  await transaction(ctx.db, async (tx) => {
    const [consent, post] = [await getLocked(tx, postId), await findPost(tx, postId)]
    if (!post || consent.state === 'refused') return
    if (consent.state === 'pending') {
      await updateConsent(tx, consent.id, { state: 'refused', broughtBy: null })
      await emit(tx, refusalOf({ ...ends, consent }))
    } else await revoke(tx, { ends, consent, post, now: ctx.now() })
    await recordAct(tx, { viewer, action: 'reply.revoked', subjectId: postId })
  })
}

type Revoked = Readonly<{ ends: ReplyEnds; consent: ReplyConsent; post: Post; now: Date }>

async function revoke(tx: Tx, { ends: { parent }, consent, post, now }: Revoked): Promise<void> {
  await hide(tx, consent, post, now)
  const { id: postId, actorId, visibility } = post
  await emit(tx, { type: 'reply.revoked', postId, actorId, stampId: consent.id, revokerId: parent.authorId })
  if (post.iri !== null || visibility === 'direct') return
  // One of ours is taken back from where it went to.
  await emit(tx, { type: 'reply.refused', postId, actorId, visibility })
}

async function getLocked(tx: Tx, postId: string): Promise<ReplyConsent> {
  const consent = await lockConsent(tx, postId)
  if (!consent) throw notFound()
  return consent
}

async function requireAnswered(ctx: Ctx, viewer: Viewer, postId: string): Promise<ReplyEnds> {
  const reply = await findPost(ctx.db, postId)
  const ends = reply && !reply.deletedAt ? await findReplyEnds(ctx.db, reply.id) : null
  if (!ends || ends.parent.iri !== null) throw notFound()
  if (ends.parent.authorId !== viewer.actorId) {
    // Who is answered decides even about somebody whom they have blocked; others are told of what they can see.
    if (!(await findVisiblePost(ctx.db, viewer.actorId, postId))) throw notFound()
    throw forbidden('Only the author of the answered post decides about it')
  }
  requirePublisher(viewer, false)
  return ends
}
