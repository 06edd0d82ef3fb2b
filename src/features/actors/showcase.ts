import { setTimeout as pause } from 'node:timers/promises'
import type { Ctx } from '#src/context.ts'
import { claimReading, type Showcase } from './showcase-queries.ts'

/** For how long what was read counts as fresh: Add and Remove tell of changes where somebody here follows. */
const freshMs = 86_400_000

/** Who opens a profile waits no longer for another server; what comes later is there for the next look. */
const patienceMs = 3_000

/** Reads what a remote actor puts forward when somebody who is signed in looks at it, at most once a day. */
export async function refreshShowcase(
  ctx: Ctx,
  { readerId, actorId, showcase }: Readonly<{ readerId: string | null; actorId: string; showcase: Showcase }>,
): Promise<void> {
  if (readerId === null) return
  const now = ctx.now()
  const isStale = await claimReading(ctx.db, actorId, { showcase, before: new Date(now.getTime() - freshMs), now })
  if (!isStale) return
  const reading = showcase === 'pins' ? ctx.remote.refreshPins(actorId) : ctx.remote.refreshFeaturedTags(actorId)
  await Promise.race([reading, pause(patienceMs, undefined, { ref: false })])
}
