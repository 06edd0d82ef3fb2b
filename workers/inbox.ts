import { processInboxActivity } from '#federation/inbox.ts'
import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { failReceived, finishReceived, type InboxRow, leaseReceived } from '#src/db/inbox.ts'

/** Activities taken at once, and actors whose activities are worked off side by side. */
const batch = { limit: 200, leaseMs: 120_000 }
const actorsAtOnce = 8

/** After this many failures an activity is parked with its body. */
const mostAttempts = 5

/** Works off the activities that wait: those of one actor in the order in which they came. */
export async function drainInbox(ctx: Ctx): Promise<void> {
  for (;;) {
    const rows = await leaseReceived(ctx.db, { now: ctx.now(), ...batch })
    if (rows.length === 0) return
    const finished = createBatcher<{ id: string; outcome: string }>((items) => finishReceived(ctx.db, items, ctx.now()))
    const actors = [...Map.groupBy(rows, (row) => row.actorIri).values()]
    const lanes = Array.from({ length: actorsAtOnce }, async () => {
      for (let list = actors.shift(); list; list = actors.shift()) {
        for (const row of list) await work(ctx, row, finished.add)
      }
    })
    await Promise.all(lanes)
  }
}

async function work(
  ctx: Ctx,
  row: InboxRow,
  finish: (item: { id: string; outcome: string }) => Promise<void>,
): Promise<void> {
  try {
    const outcome = await processInboxActivity(ctx, row)
    ctx.log.debug({ inboxId: row.id, actor: row.actorIri, outcome }, 'an activity was worked off')
    await finish({ id: row.id, outcome })
  } catch (error) {
    const attempts = row.attempts + 1
    const isLast = attempts >= mostAttempts
    const retryAt = isLast ? null : new Date(ctx.now().getTime() + 2_000 * 5 ** attempts)
    ctx.log[isLast ? 'error' : 'warn']({ err: error, inboxId: row.id, attempts }, 'an activity could not be worked off')
    await failReceived(ctx.db, row.id, { error: String(error), retryAt, now: ctx.now() })
  }
}
