import type { Tx } from '#src/db/client.ts'
import { insertEffect, insertEffects } from '#src/db/effects.ts'

/** A withdrawn activity, as much of it as is needed to undo it elsewhere after its row is gone. */
export type Withdrawn = Readonly<{
  actorId: string
  /** The one it was addressed to: the followee, or the author of the post. */
  targetId: string
  postId?: string
  /** The effect that made the activity, when it was ours. */
  effectId: string | null
  /** Its id, when it came from elsewhere. */
  activityIri: string | null
  /** Whether that was a Join and not a Follow. */
  isJoin?: boolean
}>

/** A no to a quote, as much of the question as its answer repeats: what was refused need not be kept. */
export type RefusedQuote = Readonly<{
  /** The author of the quoted post, who says no. */
  actorId: string
  /** The author of the post that quotes. */
  targetId: string
  quotedId: string
  /** The post that quotes, if we have it, and its id. */
  postId: string | null
  quotingIri: string
  /** The id of the QuoteRequest. */
  requestIri: string
}>

/** What is said to somebody who wants to do something with a post of ours; `replyId`: the answer that this is about, if it is here. */
export type AnsweredInteraction = Readonly<{
  actorId: string
  targetId: string
  subjectId: string
  request: 'AnnounceRequest' | 'LikeRequest' | 'ReplyRequest'
  /** What they want to do it with; null where it is of ours, and so nobody elsewhere has to be told. */
  instrumentIri: string | null
  /** Null where nobody has asked, and a no is said all the same. */
  requestIri: string | null
  isAllowed: boolean
  replyId: string | null
}>

/** What those who look after a group have done there, in the words of activities; who or what it was done to stands beside it. */
export type GroupDeed =
  | { deed: 'remove'; postId: string; reason: string }
  | { deed: 'restore' | 'lock' | 'unlock' | 'pin' | 'unpin'; postId: string }
  | { deed: 'ban'; targetId: string; until: string | null; reason: string; removesPosts?: boolean }
  | { deed: 'appoint'; targetId: string; role?: 'moderator' | 'owner' }
  | { deed: 'unban' | 'dismiss'; targetId: string }

/** Every fact that has consequences. Add a line here, and the compiler asks for its consequences in `workers/effects.ts`. */
export type Effect =
  | { type: 'actor.updated'; actorId: string }
  | { type: 'actor.deleted'; actorId: string }
  | { type: 'actor.moved'; actorId: string; targetId: string }
  | { type: 'move.accepted'; actorId: string; targetId: string }
  | { type: 'follow.requested'; followId: string }
  | { type: 'follow.accepted'; followId: string; activityIri: string | null }
  | ({ type: 'follow.rejected' } & Withdrawn)
  | ({ type: 'follow.undone' } & Withdrawn)
  | { type: 'post.created'; postId: string }
  | { type: 'post.edited'; postId: string; editedAt: string }
  | { type: 'post.deleted'; postId: string; actorId: string }
  | { type: 'post.pinned'; postId: string; actorId: string }
  | { type: 'post.unpinned'; postId: string; actorId: string }
  | { type: 'poll.counted'; postId: string }
  | { type: 'poll.ended'; postId: string }
  | { type: 'vote.cast'; postId: string; actorId: string; choice: string }
  | { type: 'product.updated'; productId: string }
  | { type: 'product.deleted'; productId: string }
  | { type: 'order.placed'; orderId: string }
  | { type: 'order.received'; orderId: string; userId: string }
  | { type: 'order.moved'; orderId: string; state: string }
  | { type: 'order.ended'; orderId: string; userId: string; state: string }
  | { type: 'offer.made'; orderId: string }
  | { type: 'offer.withdrawn'; orderId: string }
  | { type: 'offer.accepted'; orderId: string }
  | { type: 'offer.refused'; actorId: string; targetId: string; offerIri: string; reason: string }
  | { type: 'agreement.changed'; orderId: string; state: string }
  | { type: 'receipt.issued'; orderId: string }
  | { type: 'schedule.failed'; scheduledPostId: string }
  | { type: 'boost.created'; postId: string }
  | ({ type: 'boost.undone'; boostId: string } & Withdrawn)
  | { type: 'like.created'; likeId: string }
  | ({ type: 'like.undone' } & Withdrawn)
  | { type: 'reaction.created'; reactionId: string }
  | { type: 'reaction.undone'; actorId: string; targetId: string; postId: string }
  | { type: 'quote.requested'; postId: string }
  | { type: 'quote.accepted'; postId: string }
  | ({ type: 'quote.rejected' } & RefusedQuote)
  | { type: 'quote.revoked'; postId: string; stampId: string; actorId: string; quotedId: string }
  | { type: 'quote.settled'; postId: string }
  | { type: 'quotability.changed'; postId: string }
  | { type: 'reply.accepted'; postId: string }
  | { type: 'reply.refused'; postId: string; actorId: string; visibility: 'public' | 'unlisted' | 'followers' }
  | { type: 'reply.requested'; postId: string }
  | { type: 'reply.admitted'; postId: string }
  | { type: 'reply.entered'; postId: string }
  | { type: 'reply.revoked'; postId: string; actorId: string; stampId: string; revokerId: string }
  | ({ type: 'interaction.answered' } & AnsweredInteraction)
  | { type: 'activity.forwarded'; actorId: string; exceptHost: string }
  | { type: 'group.announced'; groupId: string; actorId: string }
  | { type: 'group.refused'; groupId: string; actorId: string; activityIri: string; reason: string }
  | { type: 'group.moderated'; groupId: string; actorId: string; done: GroupDeed }
  | { type: 'place.removed'; groupId: string; postId: string; actorId: string | null }
  | { type: 'place.restored'; groupId: string; postId: string }
  | { type: 'relay.requested'; relayId: string }
  | { type: 'relay.left'; inboxId: string; inboxUrl: string; effectId: string }
  | { type: 'report.created'; reportId: string }
  | { type: 'report.forwarded'; reportId: string }
  | { type: 'tag.featured'; actorId: string; name: string; label: string }
  | { type: 'tag.unfeatured'; actorId: string; name: string; label: string }
  | { type: 'media.uploaded'; mediaId: string }
  | { type: 'announcement.published'; announcementId: string }
  | { type: 'announcement.withdrawn'; announcementId: string }
  | { type: 'announcement.reacted'; announcementId: string; name: string }
  | { type: 'push.requested'; notificationId: string; subscriptionId: string }
  | { type: 'registration.requested'; registrationId: string; email: string; link: string | null }
  | { type: 'registration.approved'; userId: string }
  | { type: 'newcomer.arrived'; actorId: string }
  | { type: 'password.requested'; email: string; locale: string }
  | { type: 'invite.created'; inviteId: string; email: string; link: string; locale: string }

/** The name of a fact. */
export type EffectType = Effect['type']

/**
 * Records a fact in the transaction that makes it true. Workers do what follows; nothing is sent from here.
 * @param origin 'remote' for what another server told us: it is never sent out again
 * @returns the effect's id, from which the activity's id follows
 */
export async function emit(tx: Tx, effect: Effect, origin: 'local' | 'remote' = 'local'): Promise<string> {
  const { type, ...payload } = effect
  return insertEffect(tx, { type, payload, isLocal: origin === 'local' })
}

/** Records several facts that another server told us, as `emit` does. */
export async function emitReceived(tx: Tx, effects: readonly Effect[]): Promise<void> {
  await insertEffects(
    tx,
    effects.map(({ type, ...payload }) => ({ type, payload, isLocal: false })),
  )
}
