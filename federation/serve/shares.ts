import { siteOf } from '#src/core/site.ts'

/** What is taken within a minute. */
export type Share = Readonly<{ activities: number; bytes: number }>

/**
 * Of one actor, and of all of one site: several times what the largest servers send to one that has followers for all of their people. Whoever
 * sends more is told to come again, and what it has is not lost.
 */
const usual = {
  actor: { activities: 1_500, bytes: 30_000_000 },
  site: { activities: 15_000, bytes: 150_000_000 },
} as const satisfies Readonly<Record<'actor' | 'site', Share>>

const windowMs = 60_000

/** What one actor or site has sent so far. */
type Sent = { activities: number; bytes: number }

/** Counts what comes with a signature that holds, for one process. */
export type Shares = Readonly<{
  /** @returns after how many seconds it may come again, when that was too much; null when it is taken, and counted */
  take(actorIri: string, bytes: number): number | null
}>

/** Counts in windows of a minute: memory holds those of a minute at the most. */
export function createShares(now: () => number, most: Readonly<Record<'actor' | 'site', Share>> = usual): Shares {
  let sent = new Map<string, Sent>()
  let endsAt = 0
  const of = (name: string): Sent => {
    const known = sent.get(name) ?? { activities: 0, bytes: 0 }
    sent.set(name, known)
    return known
  }
  return {
    take: (actorIri, bytes) => {
      if (now() >= endsAt) {
        sent = new Map()
        endsAt = now() + windowMs
      }
      const counts = [
        { has: of(actorIri), most: most.actor },
        { has: of(siteOf(new URL(actorIri).host)), most: most.site },
      ]
      if (counts.some(({ has, most: bound }) => has.activities >= bound.activities || has.bytes >= bound.bytes))
        return Math.ceil((endsAt - now()) / 1_000)
      for (const { has } of counts) {
        has.activities++
        has.bytes += bytes
      }
      return null
    },
  }
}
