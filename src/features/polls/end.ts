import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { claimCounted, claimEnded, type DuePoll } from './queries.ts'

/** Polls taken in one transaction. */
const batchSize = 100

/** Ends the polls whose time has come, each once, whoever runs this and however often. */
export async function endPolls(ctx: Ctx): Promise<void> {
  await inBatches(ctx, claimEnded, async (tx, { postId, isOurs }) => {
    // That another server's poll is over is that server's to tell.
    await emit(tx, { type: 'poll.ended', postId }, isOurs ? 'local' : 'remote')
  })
}

/** Has other servers told of the votes since they were last told. */
export async function tellCounts(ctx: Ctx): Promise<void> {
  await inBatches(ctx, claimCounted, async (tx, { postId }) => {
    await emit(tx, { type: 'poll.counted', postId })
  })
}

async function inBatches(
  ctx: Ctx,
  claim: (tx: Tx, now: Date, limit: number) => Promise<DuePoll[]>,
  work: (tx: Tx, poll: DuePoll) => Promise<void>,
): Promise<void> {
  const batch = () =>
    transaction(ctx.db, async (tx) => {
      const due = await claim(tx, ctx.now(), batchSize)
      for (const poll of due) await work(tx, poll)
      return due.length
    })
  while ((await batch()) === batchSize);
}
