import type { Ctx } from '#src/context.ts'
import type { Effect, EffectType, Withdrawn } from '#src/effects.ts'
import { listRemoteGroupsOf, type RemoteGroup } from '#src/features/groups/hub-queries.ts'
import { listPlaces } from '#src/features/groups/place-queries.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { findLike } from '#src/features/reactions/queries.ts'
import { getActor, iriOfActor } from './actors.ts'
import { toAddresses } from './audience.ts'
import { among, everybody, type Origin, type Outgoing } from './outgoing.ts'
import { iriOfPost } from './posts.ts'
import { toAnnounce, toLike, toUndo } from './reactions.ts'
import { seal } from './seal.ts'

type Of<T extends EffectType> = Omit<Extract<Effect, { type: T }>, 'type'>

/** The groups in which a post is tell their members of what is done with it: they are told as its author is. */
async function groupsOf(ctx: Ctx, postId: string): Promise<{ ids: string[]; iris: string[] }> {
  const groups: RemoteGroup[] = await listRemoteGroupsOf(ctx.db, postId)
  return { ids: groups.map(({ id }) => id), iris: groups.map(({ iri }) => iri) }
}

/** A group that is kept here passes on to its members what one of ours likes of another of ours. */
async function isInGroupHere(ctx: Ctx, postId: string): Promise<boolean> {
  return (await listPlaces(ctx.db, postId)).some(({ removedAt }) => removedAt === null)
}

/** A boost. */
export async function buildAnnounce(
  ctx: Ctx,
  { postId }: Of<'boost.created'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const boost = await findPublication(ctx.db, postId)
  if (!boost?.boostOf || boost.post.deletedAt) return null
  const { post, author, boostOf } = boost
  const groups = await groupsOf(ctx, boostOf.id)
  const announce = toAnnounce({
    id: origin.iri,
    actor: iriOfActor(ctx, author),
    object: iriOfPost(ctx, boostOf),
    others: [boostOf.authorIri ?? ctx.uris.actor(boostOf.authorHandle), ...groups.iris],
    followers: ctx.uris.followers(author.handle),
    visibility: post.visibility,
    publishedAt: post.publishedAt,
  })
  const isPublic = post.visibility === 'public' || post.visibility === 'unlisted'
  const body = await seal(ctx, author, announce, { at: origin.at, isPublic, isForwarded: true })
  const audience = { followersOf: author.id, actorIds: [boostOf.authorId, ...groups.ids] }
  return { id: origin.id, actorId: author.id, type: 'Announce', body, postId, recipientIds: null, audience }
}

/** A boost is taken back. */
export async function buildUndoAnnounce(
  ctx: Ctx,
  withdrawn: Of<'boost.undone'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const undone = await withdrawnOf(ctx, withdrawn)
  if (!undone) return null
  const { actor, object, inner, post } = undone
  // Only its author boosts what is for followers, and for the same followers.
  const visibility = post.visibility === 'followers' ? 'followers' : 'public'
  const groups = await groupsOf(ctx, post.id)
  const { to, cc } = toAddresses(visibility, ctx.uris.followers(actor.handle), groups.iris)
  const boost = { id: inner, type: 'Announce', object } as const
  const undo = toUndo({ id: origin.iri, actor: iriOfActor(ctx, actor), inner: boost, to, cc })
  const body = await seal(ctx, actor, undo, { at: origin.at, isPublic: visibility === 'public', isForwarded: true })
  const audience = { followersOf: actor.id, actorIds: [withdrawn.targetId, ...groups.ids] }
  return { ...everybody(body, { origin, actorId: actor.id, type: 'Undo', audience }), postId: post.id }
}

/** A like of a post of another server, or of one of ours that is in a group there; of any other it is nobody else's business. */
export async function buildLike(ctx: Ctx, { likeId }: Of<'like.created'>, origin: Origin): Promise<Outgoing | null> {
  const like = await findLike(ctx.db, likeId)
  const liked = like && (await findPublication(ctx.db, like.postId))
  if (!like || !liked) return null
  const { post, author } = liked
  const groups = await groupsOf(ctx, post.id)
  if (!post.iri && groups.ids.length === 0 && !(await isInGroupHere(ctx, post.id))) return null
  const actor = await getActor(ctx, like.actorId)
  const object = iriOfPost(ctx, { id: post.id, iri: post.iri, authorHandle: author.handle })
  const addresses = { to: [iriOfActor(ctx, author)], cc: groups.iris }
  const document = toLike({ id: origin.iri, actor: iriOfActor(ctx, actor), object, ...addresses })
  return among(document, { origin, actorId: actor.id, otherIds: [author.id, ...groups.ids], type: 'Like' })
}

/** A like is taken back, from whom it was sent to. */
export async function buildUndoLike(ctx: Ctx, withdrawn: Of<'like.undone'>, origin: Origin): Promise<Outgoing | null> {
  const undone = await withdrawnOf(ctx, withdrawn)
  if (!undone) return null
  const { actor, object, inner, post } = undone
  const groups = await groupsOf(ctx, post.id)
  if (!post.iri && groups.ids.length === 0 && !(await isInGroupHere(ctx, post.id))) return null
  const document = toUndo({
    id: origin.iri,
    actor: iriOfActor(ctx, actor),
    inner: { id: inner, type: 'Like', object },
    to: [iriOfActor(ctx, await getActor(ctx, withdrawn.targetId))],
    cc: groups.iris,
  })
  return among(document, { origin, actorId: actor.id, otherIds: [withdrawn.targetId, ...groups.ids], type: 'Undo' })
}

/** A Like or boost of ours that is taken back, as it was sent. */
async function withdrawnOf(ctx: Ctx, { actorId, postId, effectId }: Withdrawn) {
  const publication = postId ? await findPublication(ctx.db, postId) : null
  if (!publication || !effectId) return null
  const { post, author } = publication
  const object = iriOfPost(ctx, { id: post.id, iri: post.iri, authorHandle: author.handle })
  return { actor: await getActor(ctx, actorId), object, inner: ctx.uris.activity(effectId), post }
}
