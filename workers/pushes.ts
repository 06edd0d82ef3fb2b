import type { Ctx } from '#src/context.ts'
import { findEffect, markFinished } from '#src/db/effects.ts'
import { pushNotification } from '#src/features/notifications/push.ts'

/** Tells a device of a notification. Told twice, after a crash, is shown once: the message names its notification. */
export async function sendPushOf(ctx: Ctx, effectId: string): Promise<void> {
  const effect = await findEffect(ctx.db, effectId)
  if (effect) await pushNotification(ctx, effect.payload)
  await markFinished(ctx.db, [effectId], ctx.now())
}

/** A device that could not be told is no matter for an operator: the notification waits where it always does. */
export async function dropPush(ctx: Ctx, effectId: string, error: Error): Promise<void> {
  ctx.log.info({ err: error, effectId }, 'a device could not be told of a notification')
  await markFinished(ctx.db, [effectId], ctx.now())
}
