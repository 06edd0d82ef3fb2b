import { processInboxActivity } from '#federation/inbox.ts'
import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { failReceived, finishReceived, type InboxRow, leaseReceived, renewLeases } from '#src/db/inbox.ts'

/**
 * Activities taken at once. Their lease is renewed while this process lives; after a kill it has to run out before another worker takes
 * them, so it is short.
 */
const batch = { limit: 200, leaseMs: 30_000 }
const renewEveryMs = 10_000

/** Actors whose activities are worked off side by side. */
const actorsAtOnce = 32

/** After this many failures, which is some nine minutes after the first, an activity is parked with its body. */
const mostAttempts = 5

/** After 6 s, 24 s, 96 s and 384 s. */
const waitMs = (attempts: number) => 1_500 * 4 ** attempts

/** Works off the activities that wait: those of one actor in the order in which they came. */
export async function drainInbox(ctx: Ctx): Promise<void> {
  for (;;) {
    const rows = await leaseReceived(ctx.db, { now: ctx.now(), ...batch })
    if (rows.length === 0) return
    await workOff(ctx, rows)
  }
}

async function workOff(ctx: Ctx, rows: readonly InboxRow[]): Promise<void> {
  const finished = createBatcher<{ id: string; outcome: string }>((items) => finishReceived(ctx.db, items, ctx.now()))
  const left = new Set(rows.map(({ id }) => id))
  const renewal = setInterval(() => renew(ctx, left), renewEveryMs)
  const actors = [...Map.groupBy(rows, (row) => row.actorIri).values()]
  const lanes = Array.from({ length: actorsAtOnce }, async () => {
    for (let list = actors.shift(); list; list = actors.shift()) {
      for (const row of list) {
        await work(ctx, row, finished.add)
        left.delete(row.id)
      }
    }
  })
  try {
    await Promise.all(lanes)
  } finally {
    clearInterval(renewal)
  }
}

/** Without a renewal another worker may do the same work beside this one, which is safe: the next renewal is soon. */
function renew(ctx: Ctx, left: ReadonlySet<string>): void {
  renewLeases(ctx.db, [...left], new Date(ctx.now().getTime() + batch.leaseMs)).catch((error) =>
    ctx.log.warn({ err: error }, 'the lease of activities was not renewed'),
  )
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
    const retryAt = isLast ? null : new Date(ctx.now().getTime() + waitMs(attempts))
    ctx.log[isLast ? 'error' : 'warn']({ err: error, inboxId: row.id, attempts }, 'an activity could not be worked off')
    await failReceived(ctx.db, row.id, { error: String(error), retryAt, now: ctx.now() })
  }
}
