import type { Ctx } from '#src/context.ts'
import { receiveBlock, receiveUnblock } from '#src/features/blocks/service.ts'
import { findLocalTarget, knowActor } from './actors.ts'
import type { Activity, InnerActivity } from './read/activity.ts'

/** A remote actor wants nothing to do with one of ours. We never send a Block ourselves: it would tell whom we block. */
export async function receiveBlockActivity(ctx: Ctx, activity: Activity): Promise<string> {
  const blocked = await findLocalTarget(ctx, activity.object.id)
  const actor = await knowActor(ctx, activity.actor)
  if (!blocked || !actor) return 'ignored: it blocks none of ours'
  const outcome = await receiveBlock(ctx, { actorId: actor.id, blockedId: blocked.id, activityIri: activity.id })
  return outcome === 'withdrawn' ? 'ignored: it was taken back before' : 'done'
}

/** A block is taken back, found by whom it blocks or by its id; what it ended stays ended. */
export async function receiveUndoBlock(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const blocked = await findLocalTarget(ctx, inner.object)
  const actor = await knowActor(ctx, activity.actor)
  if (!actor || (inner.object && !blocked)) return 'ignored: it blocks none of ours'
  await receiveUnblock(ctx, { actorId: actor.id, blockedId: blocked?.id ?? null, activityIri: inner.id })
  return 'done'
}
