import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { findEffect, markFinished } from '#src/db/effects.ts'
import { carryOver } from '#src/features/moves/carry.ts'

const move = z.object({ actorId: z.string(), targetId: z.string() })

/** Does what follows here from an accepted move. As often as it is done, it is done once. */
export async function carryMove(ctx: Ctx, effectId: string): Promise<void> {
  const effect = await findEffect(ctx.db, effectId)
  if (effect) await carryOver(ctx, move.parse(effect.payload))
  await markFinished(ctx.db, [effectId], ctx.now())
}
