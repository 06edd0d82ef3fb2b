import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { EffectRow } from '#src/db/effects.ts'
import type { EffectType } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { listDirect } from '#src/features/conversations/queries.ts'
import { filePost, unfilePost } from '#src/features/conversations/write-queries.ts'
import { findPost, type Post } from '#src/features/posts/queries.ts'
import { hasReacted } from '#src/features/reactions/emoji-queries.ts'
import { dismissAll, dismissOne } from './dismiss-queries.ts'
import { forgetWaiting, tellOfFollowers, tellOfRequests } from './follower-queries.ts'
import { requireCaring } from './policy.ts'
import { tellOfRemoval } from './removal-queries.ts'
import {
  type Happening,
  type Told,
  tellBoosters,
  tellMentioned,
  tellOfBoosts,
  tellOfHeldReplies,
  tellOfLikes,
  tellOfMove,
  tellOfNewcomers,
  tellOfNewPosts,
  tellOfOrders,
  tellOfQuotes,
  tellOfReactions,
  tellOfReports,
  tellQuoting,
  tellVoters,
  untell,
  untellPost,
} from './write-queries.ts'

/** Deliveries are tried for ten days; what is older came by being fetched, and is no news to anybody. */
const newsMs = 10 * 86_400_000

/** What the streams of those who were told are to say. */
type Said = Promise<readonly StreamEvent[]>

type Telling = (ctx: Ctx, tx: Tx, effects: readonly EffectRow[]) => Said

/** Facts that tell somebody something, or take it back. */
const tellings: Partial<Record<EffectType, Telling>> = {
  'follow.requested': async (_ctx, tx, effects) =>
    toEvents(await tellOfRequests(tx, happeningsOf(effects, 'followId'))),
  'follow.accepted': async (_ctx, tx, effects) =>
    toEvents(await tellOfFollowers(tx, happeningsOf(effects, 'followId'))),
  'move.accepted': one(tellFollowers),
  'like.created': async (_ctx, tx, effects) => toEvents(await tellOfLikes(tx, happeningsOf(effects, 'likeId'))),
  'reaction.created': async (_ctx, tx, effects) =>
    toEvents(await tellOfReactions(tx, happeningsOf(effects, 'reactionId'))),
  'boost.created': async (_ctx, tx, effects) => toEvents(await tellOfBoosts(tx, happeningsOf(effects, 'postId'))),
  'quote.requested': async (_ctx, tx, effects) => toEvents(await tellOfQuotes(tx, happeningsOf(effects, 'postId'))),
  'quote.accepted': async (_ctx, tx, effects) => toEvents(await tellOfQuotes(tx, happeningsOf(effects, 'postId'))),
  'reply.requested': async (_ctx, tx, effects) =>
    toEvents(await tellOfHeldReplies(tx, happeningsOf(effects, 'postId'))),
  'newcomer.arrived': async (_ctx, tx, effects) =>
    toEvents(await tellOfNewcomers(tx, happeningsOf(effects, 'actorId'))),
  'report.created': async (_ctx, tx, effects) => toEvents(await tellOfReports(tx, happeningsOf(effects, 'reportId'))),
  'order.placed': tellOfOrdered,
  'post.created': tellOfPosts,
  'post.edited': one(tellOfEdit),
  'poll.ended': one(tellOfEnd),
  'place.removed': one(tellAuthor),
  // These take back what was said.
  'place.restored': one(forgetRemoval),
  'follow.rejected': one(forgetFollow),
  'follow.undone': one(forgetFollow),
  'like.undone': one(takeBackReaction),
  'reaction.undone': one(takeBackReaction),
  'boost.undone': one((tx, effect) => takeBack(tx, effect, 'reblog')),
  'quote.rejected': one(forgetQuote),
  'quote.revoked': one(forgetQuote),
  'reply.revoked': one((tx, effect) => forgetReply(tx, text(effect, 'revokerId'), effect.payload.postId)),
  'interaction.answered': one((tx, effect) => forgetReply(tx, text(effect, 'actorId'), effect.payload.replyId)),
  'post.deleted': one(forgetPost),
}

/**
 * Writes what facts tell local actors, and removes what they make untrue. Doing it twice is doing it once. Facts that are not in the table
 * above concern nobody.
 * @param tx the transaction in which the facts are marked as worked off
 * @param effects in their order
 * @returns what is to be said on streams when it has ended well
 */
export async function notifyOf(ctx: Ctx, tx: Tx, effects: readonly EffectRow[]): Said {
  const said: StreamEvent[] = []
  for (const run of runsOf(effects)) {
    const type = run[0]?.type as EffectType
    said.push(...((await tellings[type]?.(ctx, tx, run)) ?? []))
  }
  return said
}

function toEvents(told: readonly Told[]): StreamEvent[] {
  return told.map(({ id, actorId }) => ({ event: 'notification', id, actorId }))
}

/** Neighbours of one kind, which go together; what people read stays in the order of what happened. */
function runsOf(effects: readonly EffectRow[]): EffectRow[][] {
  const runs: EffectRow[][] = []
  for (const effect of effects) {
    const last = runs.at(-1)
    if (last?.[0]?.type === effect.type) last.push(effect)
    else runs.push([effect])
  }
  return runs
}

function one(work: (tx: Tx, effect: EffectRow) => Promise<readonly StreamEvent[] | undefined>): Telling {
  return async (_ctx, tx, effects) => {
    const said: StreamEvent[] = []
    for (const effect of effects) said.push(...((await work(tx, effect)) ?? []))
    return said
  }
}

function happeningsOf(effects: readonly EffectRow[], name: string): Happening[] {
  return effects.map((effect) => ({ id: text(effect, name), at: effect.createdAt }))
}

function text({ payload }: EffectRow, name: string): string {
  const value = payload[name]
  if (typeof value !== 'string') throw new Error(`the fact has no ${name}`)
  return value
}

async function takeBack(tx: Tx, effect: EffectRow, kind: 'favourite' | 'reblog'): Promise<undefined> {
  const story = { kind, fromActorId: text(effect, 'actorId'), postId: text(effect, 'postId') }
  await untell(tx, text(effect, 'targetId'), story)
}

/** Somebody who reacts in several ways is told of once, as long as one of them is left. */
async function takeBackReaction(tx: Tx, effect: EffectRow): Promise<undefined> {
  if (await hasReacted(tx, { actorId: text(effect, 'actorId'), postId: text(effect, 'postId') })) return
  await takeBack(tx, effect, 'favourite')
}

/** A refused request, a follower who left or was taken off. */
async function forgetFollow(tx: Tx, effect: EffectRow): Promise<undefined> {
  const [follower, followee] = [text(effect, 'actorId'), text(effect, 'targetId')]
  await untell(tx, followee, { kind: 'follow_request', fromActorId: follower, postId: null })
  await untell(tx, followee, { kind: 'follow', fromActorId: follower, postId: null })
  await forgetWaiting(tx, followee)
}

/** Streams say nothing of it, since clients cannot read it. */
async function tellAuthor(tx: Tx, effect: EffectRow): Promise<undefined> {
  const byId = typeof effect.payload.actorId === 'string' ? effect.payload.actorId : null
  await tellOfRemoval(tx, {
    groupId: text(effect, 'groupId'),
    postId: text(effect, 'postId'),
    byId,
    at: effect.createdAt,
  })
}

/** Where it stands again nobody is told any longer that it does not. */
async function forgetRemoval(tx: Tx, effect: EffectRow): Promise<undefined> {
  const post = await findPost(tx, text(effect, 'postId'))
  const story = { kind: 'group_removed' as const, fromActorId: text(effect, 'groupId'), postId: post?.id ?? null }
  if (post) await untell(tx, post.actorId, story)
}

/** Before they are carried over. Streams say nothing of it, since clients cannot read it. */
async function tellFollowers(tx: Tx, effect: EffectRow): Promise<undefined> {
  await tellOfMove(tx, { actorId: text(effect, 'actorId'), at: effect.createdAt })
}

/** Streams say nothing of it either. */
async function tellOfOrdered(_ctx: Ctx, tx: Tx, effects: readonly EffectRow[]): Said {
  await tellOfOrders(tx, happeningsOf(effects, 'orderId'))
  return []
}

/** Whoever has said no has nothing more to be told of. */
async function forgetQuote(tx: Tx, effect: EffectRow): Promise<undefined> {
  const { postId } = effect.payload
  const post = typeof postId === 'string' ? await findLiving(tx, postId) : null
  const story = post && { kind: 'quote' as const, fromActorId: post.actorId, postId: post.id }
  if (story) await untell(tx, text(effect, 'actorId'), story)
}

/** The same with an answer. */
async function forgetReply(tx: Tx, actorId: string, postId: unknown): Promise<undefined> {
  const post = typeof postId === 'string' ? await findLiving(tx, postId) : null
  if (post) await untell(tx, actorId, { kind: 'mention', fromActorId: post.actorId, postId: post.id })
}

async function forgetPost(tx: Tx, effect: EffectRow): Promise<undefined> {
  const postId = text(effect, 'postId')
  await untellPost(tx, postId)
  await unfilePost(tx, postId)
}

async function tellOfPosts(ctx: Ctx, tx: Tx, effects: readonly EffectRow[]): Said {
  const since = new Date(ctx.now().getTime() - newsMs)
  const published = happeningsOf(effects, 'postId')
  const told = await tellOfNewPosts(tx, published, since)
  const mentioned = told.filter(({ kind }) => kind === 'mention')
  return [...toEvents(told), ...(await fileDirect(tx, published, { mentioned, since }))]
}

async function fileDirect(
  tx: Tx,
  published: readonly Happening[],
  { mentioned, since }: Readonly<{ mentioned: readonly Told[]; since: Date }>,
): Promise<StreamEvent[]> {
  const direct = await listDirect(
    tx,
    published.map(({ id }) => id),
    since,
  )
  const said: StreamEvent[] = []
  for (const post of direct) {
    const named = mentioned.filter(({ postId }) => postId === post.id).map(({ actorId }) => actorId)
    said.push(...(await filePost(tx, post.id, [post.actorId, ...named])))
  }
  return said
}

/** Boosters learn that what they passed on says something else now; an edit may also name somebody for the first time. */
async function tellOfEdit(tx: Tx, effect: EffectRow): Promise<readonly StreamEvent[] | undefined> {
  const post = await findLiving(tx, text(effect, 'postId'))
  if (!post) return
  const boosters = await tellBoosters(tx, {
    kind: 'update',
    fromActorId: post.actorId,
    postId: post.id,
    at: effect.createdAt,
  })
  const quoting = await tellQuoting(tx, { id: post.id, at: effect.createdAt })
  const mentioned = await tellMentioned(tx, [{ id: post.id, at: effect.createdAt }], post.publishedAt)
  // Whom an edit names for the first time; those who have put the conversation away are left alone.
  const named = mentioned.map(({ actorId }) => actorId)
  return [...toEvents([...boosters, ...quoting, ...mentioned]), ...(await filePost(tx, post.id, named))]
}

/** Who asked and who voted, each once for each end: an edit may set another one. */
async function tellOfEnd(tx: Tx, effect: EffectRow): Promise<readonly StreamEvent[] | undefined> {
  const post = await findLiving(tx, text(effect, 'postId'))
  if (!post) return
  return toEvents(
    await tellVoters(tx, { kind: 'poll', fromActorId: post.actorId, postId: post.id, at: effect.createdAt }),
  )
}

async function findLiving(tx: Tx, postId: string): Promise<Post | null> {
  const post = await findPost(tx, postId)
  return post && !post.deletedAt ? post : null
}

/** Takes one notification off the list of the viewer's actor. @throws Problem `notFound` when it is not on it */
export async function dismissNotification(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  requireCaring(viewer)
  const isDone = isId(id) && (await transaction(ctx.db, (tx) => dismissOne(tx, viewer.actorId, id, ctx.now())))
  if (!isDone) throw notFound()
}

/** Empties the list of the viewer's actor, for everybody in its team. */
export async function clearNotifications(ctx: Ctx, viewer: Viewer): Promise<void> {
  requireCaring(viewer)
  await transaction(ctx.db, (tx) => dismissAll(tx, viewer.actorId, ctx.now()))
}
