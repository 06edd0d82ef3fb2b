import { passAdmittedThroughGroups, passOwnThroughGroups } from '#federation/groups.ts'
import { buildActivity } from '#federation/outbox.ts'
import type { Outgoing } from '#federation/outgoing.ts'
import type { Ctx } from '#src/context.ts'
import { cutAudience } from '#src/db/audiences.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { parkDelivery, storeActivity } from '#src/db/deliveries.ts'
import { findEffect, markFinished } from '#src/db/effects.ts'
import type { Queues } from './queues.ts'

/** Builds the activity of a fact, stores it, and cuts its audience into pieces, one job each. */
export async function sendOut(ctx: Ctx, queues: Queues, effectId: string): Promise<void> {
  const effect = await findEffect(ctx.db, effectId)
  const activity = effect && (await buildActivity(ctx, effect))
  // Before the fact is finished: what is cut off here is done again, and passed on once.
  if (activity) await passOwnThroughGroups(ctx, activity)
  if (effect?.type === 'reply.entered') await passAdmittedThroughGroups(ctx, String(effect.payload.postId))
  const pieces = await transaction(ctx.db, async (tx) => {
    // From here on the rows of the deliveries say what is left to do.
    await markFinished(tx, [effectId], ctx.now())
    return activity ? storePieces(tx, activity) : []
  })
  await addPieces(queues, pieces)
}

async function storePieces(tx: Tx, { audience, ...stored }: Outgoing): Promise<string[]> {
  await storeActivity(tx, stored)
  return cutAudience(tx, stored.id, {
    ...audience,
    isPersonal: audience.isPersonal ?? false,
    inboxIds: audience.inboxIds ?? [],
    isEverybody: audience.isEverybody ?? false,
    exceptHost: audience.exceptHost ?? null,
    parting: audience.parting ?? null,
    heldPostId: audience.heldPostId ?? null,
    isSynchronised: audience.isSynchronised ?? false,
  })
}

/** Parks a piece whose job failed for good: left to the sweep it would fail again and again. */
export async function parkPiece(ctx: Ctx, deliveryId: string, error: Error): Promise<void> {
  ctx.log.error({ err: error, deliveryId }, 'a piece of an audience was given up')
  await parkDelivery(ctx.db, deliveryId, { error: String(error), now: ctx.now() })
}

/** Adds a job for each piece; a piece that has one already keeps it. */
export async function addPieces(queues: Queues, deliveryIds: readonly string[]): Promise<void> {
  await queues.add(
    'deliver',
    deliveryIds.map((deliveryId) => ({ id: `${deliveryId}-deliver`, data: { deliveryId } })),
  )
}
