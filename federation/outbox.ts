import type { Ctx } from '#src/context.ts'
import type { EffectRow } from '#src/db/effects.ts'
import type { Effect, EffectType } from '#src/effects.ts'
import { getActors } from '#src/features/actors/queries.ts'
import { findFollow } from '#src/features/follows/queries.ts'
import { findPublication, type Publication } from '#src/features/posts/publication-queries.ts'
import { getActor, iriOfActor, toDeleteActor, toUpdateActor } from './actors.ts'
import { type FollowIris, toAnswer, toFollow, toUndoFollow } from './follows.ts'
import { buildForwarded } from './forwarding.ts'
import { groupBuilders } from './group-acts.ts'
import { groupsOf } from './hub-addresses.ts'
import { buildAdmission, buildInteractionAnswer, buildRevocation } from './interactions.ts'
import { buildMove } from './moves.ts'
import { orderBuilders } from './orders.ts'
import { type Audience, between, everybody, type Origin, type Outgoing } from './outgoing.ts'
import { toPinning } from './pins.ts'
import { iriOfPost, toCreate, toDelete, toUpdate } from './posts.ts'
import { buildDeleteProduct, buildUpdateProduct } from './products.ts'
import { toQuoteAnswer, toQuoteRefusal, toQuoteRequest, toQuoteRevocation } from './quotes.ts'
import { buildAnnounce, buildLike, buildUndoAnnounce, buildUndoLike } from './reaction-activities.ts'
import { buildRelayFarewell, buildRelayRequest, listRelayInboxes } from './relays.ts'
import { buildFlag } from './reports.ts'
import { seal } from './seal.ts'
import { toHashtagChange } from './tags.ts'
import { toVote, votersOf } from './votes.ts'

type Of<T extends EffectType> = Omit<Extract<Effect, { type: T }>, 'type'>

type Builder<T extends EffectType> = (ctx: Ctx, payload: Of<T>, origin: Origin) => Promise<Outgoing | null>

/** What each fact becomes on the wire. A fact that is not here stays at home. */
const builders: { [T in EffectType]?: Builder<T> } = {
  'actor.updated': buildUpdateActor,
  'actor.deleted': buildDeleteActor,
  'actor.moved': (ctx, move, origin) => buildMove(ctx, move, origin),
  'follow.requested': buildFollow,
  'follow.accepted': buildAccept,
  'follow.rejected': buildReject,
  'follow.undone': buildUndoFollow,
  'post.created': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toCreate),
  'post.edited': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'post.deleted': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toDelete),
  'post.pinned': (ctx, payload, origin) => buildPinning(ctx, payload, origin, 'Add'),
  'post.unpinned': (ctx, payload, origin) => buildPinning(ctx, payload, origin, 'Remove'),
  'poll.counted': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'poll.ended': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'vote.cast': buildVote,
  ...orderBuilders,
  'product.updated': (ctx, { productId }, origin) => buildUpdateProduct(ctx, productId, origin),
  'product.deleted': (ctx, { productId }, origin) => buildDeleteProduct(ctx, productId, origin),
  'boost.created': buildAnnounce,
  'boost.undone': buildUndoAnnounce,
  'like.created': buildLike,
  'like.undone': buildUndoLike,
  'quote.requested': (ctx, { postId }, origin) => toQuoteRequest(ctx, postId, origin),
  'quote.accepted': (ctx, { postId }, origin) => toQuoteAnswer(ctx, postId, origin),
  'quote.rejected': (ctx, refused, origin) => toQuoteRefusal(ctx, refused, origin),
  'quote.revoked': (ctx, revoked, origin) => toQuoteRevocation(ctx, revoked, origin),
  'quote.settled': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'quotability.changed': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'reply.accepted': (ctx, { postId }, origin) => buildPost(ctx, postId, origin, toUpdate),
  'reply.refused': buildRefusedReply,
  'reply.admitted': (ctx, { postId }, origin) => buildAdmission(ctx, postId, origin),
  'reply.revoked': (ctx, revoked, origin) => buildRevocation(ctx, revoked, origin),
  'interaction.answered': (ctx, answered, origin) => buildInteractionAnswer(ctx, answered, origin),
  'activity.forwarded': buildForwarded,
  ...groupBuilders,
  'relay.requested': (ctx, request, origin) => buildRelayRequest(ctx, request, origin),
  'relay.left': (ctx, left, origin) => buildRelayFarewell(ctx, left, origin),
  'report.forwarded': (ctx, { reportId }, origin) => buildFlag(ctx, reportId, origin),
  'tag.featured': (ctx, tag, origin) => buildHashtagChange(ctx, tag, origin, 'Add'),
  'tag.unfeatured': (ctx, tag, origin) => buildHashtagChange(ctx, tag, origin, 'Remove'),
}

/**
 * The activity that tells other servers of a fact; null when there is nothing to tell, or no longer. The same fact gives the same bytes.
 */
export async function buildActivity(ctx: Ctx, effect: EffectRow): Promise<Outgoing | null> {
  const build = builders[effect.type as EffectType] as Builder<EffectType> | undefined
  if (!build || !effect.isLocal) return null
  const origin = { id: effect.id, iri: ctx.uris.activity(effect.id), at: effect.createdAt }
  return build(ctx, effect.payload as Of<EffectType>, origin)
}

async function buildUpdateActor(ctx: Ctx, { actorId }: Of<'actor.updated'>, origin: Origin): Promise<Outgoing> {
  const actor = await getActor(ctx, actorId)
  const document = await seal(ctx, actor, await toUpdateActor(ctx, origin.iri, actor), {
    at: origin.at,
    isPublic: true,
  })
  return everybody(document, { origin, actorId, type: 'Update', audience: { followersOf: actorId, actorIds: [] } })
}

async function buildHashtagChange(
  ctx: Ctx,
  { actorId, name, label }: Of<'tag.featured'>,
  origin: Origin,
  type: 'Add' | 'Remove',
): Promise<Outgoing> {
  const { handle } = await getActor(ctx, actorId)
  const change = toHashtagChange(ctx, { id: origin.iri, type, handle, hashtag: { name, label } })
  const audience = { followersOf: actorId, actorIds: [] }
  return everybody(JSON.stringify(change), { origin, actorId, type, audience })
}

async function buildDeleteActor(ctx: Ctx, { actorId }: Of<'actor.deleted'>, origin: Origin): Promise<Outgoing> {
  const actor = await getActor(ctx, actorId)
  const document = await seal(ctx, actor, toDeleteActor(ctx, origin.iri, actor), { at: origin.at, isPublic: true })
  const audience = { followersOf: actorId, actorIds: [], isEverybody: true }
  return everybody(document, { origin, actorId, type: 'Delete', audience })
}

async function buildFollow(ctx: Ctx, { followId }: Of<'follow.requested'>, origin: Origin): Promise<Outgoing | null> {
  const follow = await findFollow(ctx.db, followId)
  if (!follow || (await isOurs(ctx, follow.followeeId))) return null
  const iris = await followIris(ctx, { ...follow, activityIri: null, effectId: follow.effectId ?? origin.id })
  return between(toFollow(iris), { origin, actorId: follow.followerId, otherId: follow.followeeId, type: 'Follow' })
}

async function buildAccept(
  ctx: Ctx,
  { followId, activityIri }: Of<'follow.accepted'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const follow = await findFollow(ctx.db, followId)
  // Between two of ours nothing is sent, and so there is no activity to answer.
  if (!follow || !activityIri) return null
  const answer = toAnswer('Accept', origin.iri, await followIris(ctx, { ...follow, activityIri }))
  return between(answer, { origin, actorId: follow.followeeId, otherId: follow.followerId, type: 'Accept' })
}

async function buildReject(ctx: Ctx, withdrawn: Of<'follow.rejected'>, origin: Origin): Promise<Outgoing | null> {
  if (!withdrawn.activityIri) return null
  const { actorId: followerId, targetId: followeeId } = withdrawn
  const answer = toAnswer('Reject', origin.iri, await followIris(ctx, { ...withdrawn, followerId, followeeId }))
  return between(answer, { origin, actorId: followeeId, otherId: followerId, type: 'Reject' })
}

async function buildUndoFollow(ctx: Ctx, withdrawn: Of<'follow.undone'>, origin: Origin): Promise<Outgoing | null> {
  const { actorId: followerId, targetId: followeeId } = withdrawn
  if (await isOurs(ctx, followeeId)) return null
  const undo = toUndoFollow(origin.iri, await followIris(ctx, { ...withdrawn, followerId, followeeId }))
  return between(undo, { origin, actorId: followerId, otherId: followeeId, type: 'Undo' })
}

/** Between two of ours nothing is sent: what the one does, the other has. */
async function isOurs(ctx: Ctx, actorId: string): Promise<boolean> {
  return (await getActor(ctx, actorId)).host === null
}

type FollowRow = Readonly<{
  followerId: string
  followeeId: string
  activityIri: string | null
  effectId: string | null
  isJoin?: boolean
}>

async function followIris(ctx: Ctx, follow: FollowRow): Promise<FollowIris> {
  const [follower, followee] = await getActors(ctx.db, [follow.followerId, follow.followeeId])
  const id = follow.activityIri ?? ctx.uris.activity(follow.effectId ?? '0')
  const type = follow.isJoin ? 'Join' : 'Follow'
  return { id, actor: iriOfActor(ctx, follower), object: iriOfActor(ctx, followee), type }
}

type PostBuilder = (ctx: Ctx, id: string, publication: Publication) => Promise<Record<string, unknown>>

async function buildPost(ctx: Ctx, postId: string, origin: Origin, toActivity: PostBuilder): Promise<Outgoing | null> {
  return buildPublication(ctx, await findPublication(ctx.db, postId), origin, toActivity)
}

/** It is taken back from whom it went to, and here it is for fewer now. */
async function buildRefusedReply(ctx: Ctx, { postId, visibility }: Of<'reply.refused'>, origin: Origin) {
  const found = await findPublication(ctx.db, postId)
  const post = found && { ...found.post, visibility, isHeld: false, deletedAt: origin.at }
  return buildPublication(ctx, post && { ...found, post }, origin, toDelete)
}

async function buildPublication(
  ctx: Ctx,
  publication: Publication | null,
  origin: Origin,
  toActivity: PostBuilder,
): Promise<Outgoing | null> {
  // Of what is held nothing was sent, or it was taken back when it came to be held.
  if (publication?.post.isHeld) return null
  // Deleted before it went out: then only the Delete goes, to those who may have it from an earlier attempt.
  if (!publication || (publication.post.deletedAt && toActivity !== toDelete)) return null
  const { post, author, parent } = publication
  const activity = await toActivity(ctx, origin.iri, publication)
  const isPublic = isForAll(publication)
  const inboxIds = post.visibility === 'public' ? await listRelayInboxes(ctx) : []
  // Mastodon passes answers on to the followers of who is answered, and edits and deletions to those of who has boosted; relays all they get.
  const isForwarded = toActivity !== toCreate || (parent !== null && parent.iri !== null) || inboxIds.length > 0
  // What a group passes on has to prove by itself who said it, whoever may read it.
  const isProven = isPublic || groupsOf(publication).length > 0
  const document = await seal(ctx, author, activity, { at: origin.at, isPublic: isProven, isForwarded })
  const told = await toldOf(ctx, publication, toActivity)
  return {
    id: origin.id,
    actorId: author.id,
    type: String(activity.type),
    body: document,
    ...readersOf(publication),
    audience: { ...told, inboxIds },
  }
}

const isForAll = ({ post }: Publication) => post.visibility === 'public' || post.visibility === 'unlisted'

/**
 * Who is told of a post. A deletion goes to all who hold it, whether they still may read it or not; an edit to all of them only if everybody may
 * read it. Who has parted from the author hears no more, but of the end of what is older than that.
 */
async function toldOf(ctx: Ctx, publication: Publication, toActivity: PostBuilder): Promise<Audience> {
  const { post, author, recipients, parent, poll, quote } = publication
  const named = recipients.map(({ actorId }) => actorId)
  const others = isForAll(publication) ? [parent?.authorId ?? [], quote?.quoted?.authorId ?? []].flat() : []
  const isDeletion = toActivity === toDelete
  const isForHolders = isDeletion || (toActivity === toUpdate && isForAll(publication))
  return {
    followersOf: post.visibility === 'direct' ? null : author.id,
    actorIds: [...named, ...others, ...(await votersOf(ctx, poll))],
    parting: { actorId: author.id, before: isDeletion ? post.publishedAt : null },
    heldPostId: isForHolders ? post.id : null,
    isSynchronised: post.visibility === 'followers',
  }
}

/** Who may fetch what is said of a post: whoever may read the post; when it is deleted, nobody may, and those who were named stay. */
function readersOf(publication: Publication): Pick<Outgoing, 'postId' | 'recipientIds'> {
  const { post, recipients } = publication
  if (!post.deletedAt) return { postId: post.id, recipientIds: null }
  return { postId: null, recipientIds: isForAll(publication) ? null : recipients.map(({ actorId }) => actorId) }
}

async function buildVote(ctx: Ctx, vote: Of<'vote.cast'>, origin: Origin): Promise<Outgoing | null> {
  const made = await toVote(ctx, origin.iri, vote)
  return made && between(made.document, { origin, actorId: vote.actorId, otherId: made.authorId, type: 'Create' })
}

/** Servers of followers are told of what everybody may read; what is for followers they have to ask for. */
async function buildPinning(
  ctx: Ctx,
  { postId, actorId }: Of<'post.pinned'>,
  origin: Origin,
  type: 'Add' | 'Remove',
): Promise<Outgoing | null> {
  const publication = await findPublication(ctx.db, postId)
  if (!publication || !['public', 'unlisted'].includes(publication.post.visibility)) return null
  const { author, post } = publication
  const object = iriOfPost(ctx, { id: post.id, iri: post.iri, authorHandle: author.handle })
  const { handle } = author
  const [featured, followers] = [ctx.uris.featured(handle), ctx.uris.followers(handle)]
  const document = toPinning({ id: origin.iri, type, actor: iriOfActor(ctx, author), object, featured, followers })
  const audience = { followersOf: actorId, actorIds: [] }
  return everybody(JSON.stringify(document), { origin, actorId, type, audience })
}
