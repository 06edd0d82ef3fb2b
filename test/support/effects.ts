import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { claimEffects, markDispatched } from '#src/db/effects.ts'
import { notifyOf } from '#src/features/notifications/service.ts'

/** Does what workers do for notifications with every fact that waits: what follows for people here is written, nothing is sent. */
export async function tellEverybody(ctx: Ctx): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const effects = await claimEffects(tx, 10_000, ctx.now())
    await notifyOf(ctx, tx, effects)
    await markDispatched(
      tx,
      effects.map(({ id }) => id),
      ctx.now(),
    )
  })
}
