import type { Ctx } from '#src/context.ts'
import { claimDueCards, type DueCard } from '#src/features/cards/queries.ts'
import { readCard } from '#src/features/cards/read.ts'
import type { ImageProcess } from '#src/features/media/service.ts'

/** Pages read at once: they are waited for, and most of the time is their servers'. */
const mostAtOnce = 6

/** A page takes half a minute at the most; its picture may have to wait for many others. */
const leaseMs = 600_000

/** Reads the pages to which posts link. */
export type CardReading = Readonly<{
  /** Begins with what is due, as far as there is room; does not wait for it. */
  begin(): Promise<void>
  /** Waits for what is under way. */
  settled(): Promise<void>
}>

/** Reads linked pages side by side, so that a slow one holds up no other. */
export function createCardReading(ctx: Ctx, pictures: ImageProcess): CardReading {
  const running = new Set<Promise<void>>()
  const start = (card: DueCard) => {
    const run = readCard(ctx, pictures, card)
      // The lease brings it back.
      .catch((error: unknown) => ctx.log.error({ err: error, cardId: card.id }, 'a linked page could not be kept'))
      .finally(() => running.delete(run))
    running.add(run)
  }
  return {
    begin: async () => {
      const limit = mostAtOnce - running.size
      if (limit <= 0) return
      const now = ctx.now()
      const leaseUntil = new Date(now.getTime() + leaseMs)
      for (const card of await claimDueCards(ctx.db, { limit, now, leaseUntil })) start(card)
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
