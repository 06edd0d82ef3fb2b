import type { Ctx } from '#src/context.ts'
import type { AnsweredInteraction, Effect } from '#src/effects.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { findReplyEnds, type ReplyEnd, type ReplyEnds } from '#src/features/posts/consent-queries.ts'
import { iriOfActor } from './actors.ts'
import { replyAuthorizationContext } from './context.ts'
import { between, everybody, type Origin, type Outgoing } from './outgoing.ts'
import { iriOfPost } from './posts.ts'

type Revoked = Omit<Extract<Effect, { type: 'reply.revoked' }>, 'type'>

function iriOfEnd(ctx: Ctx, end: ReplyEnd): string {
  return end.iri ?? ctx.uris.post(end.handle, end.id)
}

function authorOfEnd(ctx: Ctx, end: ReplyEnd): string {
  return end.authorIri ?? ctx.uris.actor(end.handle)
}

/**
 * Lets another server's answer to a post of ours in, with the stamp that proves it. Whoever has asked by a ReplyRequest finds that in it.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export async function buildAdmission(ctx: Ctx, postId: string, origin: Origin): Promise<Outgoing | null> {
  const ends = await findReplyEnds(ctx.db, postId)
  if (!ends || ends.reply.iri === null || ends.consent.state !== 'accepted') return null
  const { consent, reply, parent } = ends
  const document = {
    '@context': replyAuthorizationContext,
    id: origin.iri,
    type: 'Accept',
    actor: authorOfEnd(ctx, parent),
    to: [authorOfEnd(ctx, reply)],
    object: consent.requestIri ? { type: 'ReplyRequest', id: consent.requestIri, ...endsOf(ctx, ends) } : reply.iri,
    target: iriOfEnd(ctx, parent),
    result: ctx.uris.replyAuthorization(parent.handle, consent.id),
  }
  return between(document, { origin, actorId: parent.authorId, otherId: reply.authorId, type: 'Accept' })
}

function endsOf(ctx: Ctx, { reply, parent }: ReplyEnds): object {
  return { actor: authorOfEnd(ctx, reply), object: iriOfEnd(ctx, parent), instrument: iriOfEnd(ctx, reply) }
}

/** Says yes or no to somebody elsewhere who wants to do something with a post of ours; a no also where they have not asked. */
export async function buildInteractionAnswer(
  ctx: Ctx,
  answered: AnsweredInteraction,
  origin: Origin,
): Promise<Outgoing | null> {
  const { actorId, targetId, subjectId, request, instrumentIri, requestIri, isAllowed } = answered
  const [author, target] = [await getActor(ctx.db, actorId), await getActor(ctx.db, targetId)]
  if (instrumentIri === null || target.host === null) return null
  const object = iriOfPost(ctx, { id: subjectId, iri: null, authorHandle: author.handle })
  const actor = iriOfActor(ctx, target)
  const type = isAllowed ? 'Accept' : 'Reject'
  const document = {
    '@context': replyAuthorizationContext,
    id: origin.iri,
    type,
    actor: iriOfActor(ctx, author),
    to: [actor],
    object: requestIri ? { type: request, id: requestIri, actor, object, instrument: instrumentIri } : instrumentIri,
    target: object,
  }
  return between(document, { origin, actorId, otherId: targetId, type })
}

/** Withdraws a stamp: whoever answers is told, and the servers of the author's followers, who may show the answer. */
export async function buildRevocation(ctx: Ctx, revoked: Revoked, origin: Origin): Promise<Outgoing | null> {
  const { actorId, stampId, revokerId } = revoked
  const [author, answering] = [await getActor(ctx.db, revokerId), await getActor(ctx.db, actorId)]
  const document = {
    '@context': replyAuthorizationContext,
    id: origin.iri,
    type: 'Delete',
    actor: iriOfActor(ctx, author),
    to: [ctx.uris.followers(author.handle), iriOfActor(ctx, answering)],
    object: { id: ctx.uris.replyAuthorization(author.handle, stampId), type: 'ReplyAuthorization' },
  }
  const audience = { followersOf: revokerId, actorIds: [actorId] }
  return everybody(JSON.stringify(document), { origin, actorId: revokerId, type: 'Delete', audience })
}

/** The proof that a post may stand under one of ours. */
export function toReplyAuthorization(ctx: Ctx, { consent, reply, parent }: ReplyEnds): object {
  return {
    '@context': replyAuthorizationContext,
    id: ctx.uris.replyAuthorization(parent.handle, consent.id),
    type: 'ReplyAuthorization',
    attributedTo: authorOfEnd(ctx, parent),
    interactingObject: iriOfEnd(ctx, reply),
    interactionTarget: iriOfEnd(ctx, parent),
  }
}
