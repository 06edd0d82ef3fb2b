import type { Ctx } from '#src/context.ts'

/** Something that is worked off until nothing is left, whenever somebody rings or time has passed. */
export type Doorbell = Readonly<{ ring(): void; close(): Promise<void> }>

/** How often it is looked whether something was missed: a bell may be lost, a row is not. */
const sweepMs = 5_000

/**
 * Runs `drain` when the channel is rung (PostgreSQL's NOTIFY, heard only after a commit), and every five seconds besides. Never twice at
 * once; a ring during a run makes it run again.
 * @param drain works off what waits; resolves when nothing is left
 */
export async function createDoorbell(ctx: Ctx, channel: string, drain: () => Promise<void>): Promise<Doorbell> {
  let running: Promise<void> | null = null
  let isWanted = false
  let isClosed = false
  const run = async () => {
    while (isWanted && !isClosed) {
      isWanted = false
      await drain().catch((error) =>
        ctx.log.error({ err: error, channel }, 'work could not be taken; it is tried again'),
      )
    }
    running = null
  }
  const ring = () => {
    isWanted = true
    running ??= run()
  }
  const timer = setInterval(ring, sweepMs)
  const subscription = await ctx.db.$client.listen(channel, ring, ring)
  return {
    ring,
    close: async () => {
      isClosed = true
      clearInterval(timer)
      await subscription.unlisten()
      await running
    },
  }
}
