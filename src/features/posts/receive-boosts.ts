import type { Ctx } from '#src/context.ts'
import { createRounds } from '#src/core/batch.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { layTombstone, lockByName, lockByNames } from '#src/db/tombstones.ts'
import { emit, emitReceived } from '#src/effects.ts'
import { mayBoost } from './policy.ts'
import { findBoost, findBoostByActivity, findPost, type Visibility } from './queries.ts'
import { type BoostedPost, judgeBoosts } from './receive-queries.ts'
import { deleteBoost } from './remove-queries.ts'
import { insertPosts } from './write-queries.ts'

/** A remote actor shows a post to its followers. */
export type RemoteBoost = Readonly<{
  actorId: string
  activityIri: string
  /** The post here, ours or remote. */
  postId: string
  publishedAt: Date
  visibility: Visibility
  /** A topic of a group that boosts it: what was said to the group alone its members see. */
  isTopic?: boolean
}>

type BoostOutcome = 'created' | 'already' | 'refused'

/** Those of one process that come at once are stored in one transaction. */
const rounds = new WeakMap<Ctx, (boost: RemoteBoost) => Promise<BoostOutcome>>()

/**
 * Stores a remote boost, once for each actor and post. Refused: what the booster may not read or pass on, and what it has taken back
 * already.
 */
export async function receiveBoost(ctx: Ctx, boost: RemoteBoost): Promise<BoostOutcome> {
  const receive = rounds.get(ctx) ?? createRounds((boosts: readonly RemoteBoost[]) => receiveBoosts(ctx, boosts))
  rounds.set(ctx, receive)
  return receive(boost)
}

async function receiveBoosts(ctx: Ctx, boosts: readonly RemoteBoost[]): Promise<BoostOutcome[]> {
  return transaction(ctx.db, async (tx) => {
    await lockByNames(
      tx,
      boosts.map(({ activityIri }) => activityIri),
    )
    const judged = await judgeBoosts(tx, boosts, ctx.now())
    const welcome = judged.map((found, index) => toRow(boosts[index], found))
    const created = new Set(
      await insertPosts(
        tx,
        welcome.flatMap((row) => row ?? []),
      ),
    )
    await emitReceived(
      tx,
      [...created].map((postId) => ({ type: 'boost.created', postId })),
    )
    return welcome.map((row) => (row ? (created.has(row.id) ? 'created' : 'already') : 'refused'))
  })
}

function toRow(boost: RemoteBoost | undefined, found: BoostedPost | null) {
  const isForMembers = boost?.isTopic === true && found?.visibility === 'direct'
  if (!boost || !found || !(isForMembers || mayBoost(boost.actorId, found))) return null
  const { actorId, activityIri, postId } = boost
  // The boost of a followers-only post by its author goes to the same followers, whatever it says.
  const visibility = found.visibility === 'followers' || isForMembers ? 'followers' : boost.visibility
  return { id: found.nextId, actorId, activityIri, boostOfId: postId, visibility, publishedAt: found.publishedAt }
}

/** A remote actor takes a boost back: found by the id of its activity, else by its post. Too early: remembered, so that the boost is refused. */
export async function receiveBoostUndone(
  ctx: Ctx,
  undo: { actorId: string; activityIri: string | null; postId: string | null },
): Promise<'undone' | 'unknown'> {
  const { actorId, activityIri, postId } = undo
  return transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    const byActivity = activityIri ? await findBoostByActivity(tx, actorId, activityIri) : null
    const boost = byActivity ?? (postId ? await findBoost(tx, actorId, postId) : null)
    if (boost?.boostOfId && (await deleteBoost(tx, boost.id))) {
      const post = { postId: boost.boostOfId, targetId: await authorOf(tx, boost.boostOfId) }
      const fact = { type: 'boost.undone', boostId: boost.id, actorId, ...post, effectId: null, activityIri } as const
      await emit(tx, fact, 'remote')
      return 'undone'
    }
    if (activityIri) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    return 'unknown'
  })
}

async function authorOf(tx: Tx, postId: string): Promise<string> {
  const post = await findPost(tx, postId)
  if (!post) throw new Error('a boost had nothing that it boosts')
  return post.actorId
}
