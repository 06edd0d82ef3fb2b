import { createHostHealth } from '#federation/delivery/health.ts'
import { createLimiter } from '#federation/delivery/limiter.ts'
import { deliverPiece, type Lane } from '#federation/delivery/piece.ts'
import { createSigners } from '#federation/delivery/signer.ts'
import { NotYet } from '#federation/groups.ts'
import type { Ctx } from '#src/context.ts'
import { effectsChannel } from '#src/db/effects.ts'
import { inboxChannel } from '#src/db/inbox.ts'
import { createCardReading } from './cards.ts'
import { createDoorbell } from './doorbell.ts'
import { dispatchEffects, parkEffect } from './effects.ts'
import { choresOf, startChores } from './housekeeping.ts'
import { drainInbox } from './inbox.ts'
import { sendMail } from './mail.ts'
import { createMediaProcess } from './media/pool.ts'
import { carryMove } from './moves.ts'
import { parkPiece, sendOut } from './outbox.ts'
import { processPicture } from './pictures.ts'
import { dropPush, sendPushOf } from './pushes.ts'
import { openQueues } from './queues.ts'

/** Starts everything that happens after a commit: facts, incoming activities, deliveries, pictures, mail, chores. */
export async function startWorkers(ctx: Ctx): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, redisUrl } = ctx.config
  if (!databaseUrl) throw new Error('workers were started without a database')
  const backend = await openQueues({ databaseUrl, redisUrl, log: ctx.log })
  const { queues } = backend
  const lane: Lane = {
    ctx,
    limiter: createLimiter(),
    health: createHostHealth(ctx.db, ctx.now),
    signers: createSigners(ctx),
  }
  const pictures = createMediaProcess({ log: ctx.log })
  const park = ({ effectId }: { effectId: string }, error: Error) => parkEffect(ctx, effectId, error)
  // What has to wait for another fact is none that failed: the sweep for forgotten facts adds it again, until that one is done or parked.
  const parkSent = (job: { effectId: string }, error: Error) =>
    error instanceof NotYet ? Promise.resolve() : park(job, error)
  const parkPieces = (piece: { deliveryId: string }, error: Error) => parkPiece(ctx, piece.deliveryId, error)
  const runners = [
    backend.run('outbox', ({ effectId }) => sendOut(ctx, queues, effectId), parkSent),
    backend.run('deliver', ({ deliveryId }) => deliverPiece(lane, deliveryId), parkPieces),
    backend.run('media', ({ mediaId }) => processPicture(ctx, pictures, mediaId)),
    backend.run('carry', ({ effectId }) => carryMove(ctx, effectId), park),
    backend.run('mail', ({ effectId }) => sendMail(ctx, effectId), park),
    backend.run(
      'push',
      ({ effectId }) => sendPushOf(ctx, effectId),
      ({ effectId }, error) => dropPush(ctx, effectId, error),
    ),
  ]
  const doorbells = await Promise.all([
    createDoorbell(ctx, effectsChannel, () => dispatchEffects(ctx, queues)),
    createDoorbell(ctx, inboxChannel, () => drainInbox(ctx)),
  ])
  const reading = createCardReading(ctx, pictures)
  const chores = startChores(ctx, choresOf(ctx, queues, { lane, reading }))
  return {
    close: async () => {
      await Promise.all(doorbells.map((doorbell) => doorbell.close()))
      await chores.close()
      await reading.settled()
      await Promise.all(runners.map((runner) => runner.close()))
      await pictures.close()
      await backend.close()
    },
  }
}
