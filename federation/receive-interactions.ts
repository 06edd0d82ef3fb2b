import type { Ctx } from '#src/context.ts'
import type { AnsweredInteraction } from '#src/effects.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findReplyEnds } from '#src/features/posts/consent-queries.ts'
import { mayBoost } from '#src/features/posts/policy.ts'
import { findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { answerInteraction, answerReplyRequest, judgeRemoteReply } from '#src/features/posts/receive-consents.ts'
import { knowActor } from './actors.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'
import { readNote } from './read/note.ts'
import { findKnownPost, knowPost, storeCarriedNote } from './receive-posts.ts'

/** Somebody elsewhere who wants to do something with a post of ours, and what they want to do it with. */
type Asking = Readonly<{ actor: Actor & { iri: string }; subject: Post; instrumentIri: string }>

/** @returns why nothing is said to it: about what is not for who asks, nothing is told either */
async function readAsking(ctx: Ctx, activity: Activity): Promise<Asking | string> {
  const instrumentIri = activity.instrument?.id
  const subject = await findKnownPost(ctx, activity.object.id)
  if (!subject || subject.iri !== null || subject.boostOfId) return 'ignored: it asks about no post of ours'
  if (!instrumentIri || !isSameOrigin(instrumentIri, activity.actor)) return 'ignored: it asks for nothing of its own'
  const actor = await knowActor(ctx, activity.actor)
  if (!actor?.iri) return 'ignored: who asks cannot be read'
  if (!(await findVisiblePost(ctx.db, actor.id, subject.id))) return 'ignored: the post is not for who asks'
  return { actor: { ...actor, iri: actor.iri }, subject, instrumentIri }
}

function answerOf(activity: Activity, { actor, subject, instrumentIri }: Asking) {
  return {
    actorId: subject.actorId,
    targetId: actor.id,
    subjectId: subject.id,
    request: activity.type as AnsweredInteraction['request'],
    instrumentIri,
    requestIri: activity.id,
  }
}

/**
 * Somebody asks whether an answer of theirs may stand under a post of ours. A no is said at once; an answer that is let in, or waits, is kept.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export async function receiveReplyRequest(ctx: Ctx, activity: Activity): Promise<string> {
  const asking = await readAsking(ctx, activity)
  if (typeof asking === 'string') return asking
  const { actor, subject } = asking
  const known = await findKnownPost(ctx, asking.instrumentIri)
  // What was asked about before keeps what was said to it. What was not may be a word aside, which nobody has judged.
  const isSettled = async (post: Post | null) => post !== null && (await findReplyEnds(ctx.db, post.id)) !== null
  const verdict = (await isSettled(known)) ? 'free' : await judgeRemoteReply(ctx, actor, subject)
  if (verdict === 'denied') {
    await answerInteraction(ctx, { ...answerOf(activity, asking), isAllowed: false })
    return 'done'
  }
  const post = known ?? (await knowReply(ctx, activity, asking))
  if (post?.actorId !== actor.id || post.inReplyToId !== subject.id) return 'ignored: the answer cannot be read'
  // A stamp is for whatever stands at that address, for whomever: none is given where the author would have to be asked.
  if (verdict === 'asked' && !(await isSettled(post))) return 'ignored: it needs no consent as it is'
  return (await answerReplyRequest(ctx, post, activity.id)) === 'done' ? 'done' : 'ignored: the answer is gone'
}

/** The answer, as it came along, or as its server says. */
async function knowReply(ctx: Ctx, { instrument }: Activity, { actor, instrumentIri }: Asking): Promise<Post | null> {
  const document = instrument?.embedded
  const note = document ? readNote(document, ctx.now()) : null
  if (!document || !note || isRefused(note)) return knowPost(ctx, instrumentIri)
  if (note.iri !== instrumentIri || note.attributedTo !== actor.iri || note.isVote) return null
  return storeCarriedNote(ctx, { note, author: actor, document })
}

/** Somebody asks whether they may like or boost a post of ours: whoever may read it may like it, and boost what everybody may read. */
export async function receiveReactionRequest(ctx: Ctx, activity: Activity): Promise<string> {
  const asking = await readAsking(ctx, activity)
  if (typeof asking === 'string') return asking
  const isAllowed = activity.type === 'LikeRequest' || mayBoost(asking.actor.id, asking.subject)
  await answerInteraction(ctx, { ...answerOf(activity, asking), isAllowed })
  return 'done'
}
