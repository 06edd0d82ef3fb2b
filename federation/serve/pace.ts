import { setTimeout as wait } from 'node:timers/promises'
import type { Ctx } from '#src/context.ts'
import { inboxLagChannel } from '#src/db/inbox.ts'

/** An activity may wait so long for its turn before those who send are slowed down. */
const fineMs = 100

/** The part of what is beyond it that an answer is held back: what is heard is a quarter of a second old, and with all of it rates swing. */
const part = 1 / 3

/** No answer is held back longer: other servers take one for gone that does not answer for ten seconds. */
const mostMs = 2_000

/** What a worker has said holds for so long. */
const validMs = 1_000

/**
 * Takes activities in no faster than the workers do what they say. Whoever sends many at once waits a little for each answer; otherwise a queue
 * would grow in which everybody's activities wait for seconds.
 */
export type Pace = Readonly<{
  /** A worker said for how long what it took had waited, in ms. */
  heard(waitedMs: number): void
  /** For how long the answer to an activity that is stored is held back now, in ms. */
  holdMs(): number
}>

/** @param now in ms, of a clock that is never set back */
export function createPace(now: () => number): Pace {
  let lagMs = 0
  let heardAt = Number.NEGATIVE_INFINITY
  return {
    heard: (waitedMs) => {
      lagMs = waitedMs
      heardAt = now()
    },
    holdMs: () => (now() - heardAt > validMs ? 0 : Math.min(Math.max(lagMs - fineMs, 0) * part, mostMs)),
  }
}

/** Holds answers back as the workers say, whom it hears from the first one on. Where they cannot be heard nobody is slowed down. */
export function createHold(ctx: Ctx): { hold(): Promise<void>; close(): Promise<void> } {
  const pace = createPace(() => performance.now())
  let listening: Promise<{ unlisten(): Promise<void> }> | null = null
  const listen = () => {
    listening ??= ctx.db.$client.listen(inboxLagChannel, (text) => pace.heard(Number(text)))
    listening.catch((error: unknown) => {
      listening = null
      ctx.log.warn({ err: error }, 'the lag of the workers is not heard; it is tried again')
    })
  }
  return {
    hold: async () => {
      if (!listening) listen()
      const ms = pace.holdMs()
      if (ms > 0) await wait(ms)
    },
    close: async () => {
      const subscription = await listening?.catch(() => null)
      await subscription?.unlisten()
    },
  }
}
