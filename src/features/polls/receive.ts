import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { isSameQuestion, replacePoll } from './edit.ts'
import { findPollOfPost, lockPoll, type PollRow, updatePoll } from './queries.ts'

/** A poll as another server states it, read and checked by `federation/`. */
export type RemotePoll = Readonly<{
  options: readonly string[]
  tallies: readonly number[]
  votersCount: number | null
  isMultiple: boolean
  /** Null: it does not end. */
  endsAt: Date | null
}>

/** Takes over the poll of a remote post that is new, or newer than what we have; null: it has none, or no longer. */
export async function storeRemotePoll(
  tx: Tx,
  { postId, before, poll, now }: { postId: string; before: PollRow | null; poll: RemotePoll | null; now: Date },
): Promise<void> {
  if (!poll) return replacePoll(tx, { postId, before, wanted: null, now })
  const { tallies, votersCount, ...asked } = poll
  const counts = { tallies, votersCount, fetchedAt: now }
  await replacePoll(tx, { postId, before, wanted: { ...asked, hidesTotals: false }, counts, now })
}

/**
 * Takes over the counts of a remote poll, and its end. They come without a time of their own: what asks something else than we have is an
 * older version on its way, where its server says when it was edited. Others tell of other options in no other way, and all votes are void.
 * @param isDated whether its server says when it was edited
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/9967/fep-9967.md
 */
export async function receiveCounts(
  ctx: Ctx,
  { postId, poll, isDated }: { postId: string; poll: RemotePoll; isDated: boolean },
): Promise<'counted' | 'asked anew' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const found = await findPollOfPost(tx, postId)
    const before = found && (await lockPoll(tx, found.id))
    if (!before) return 'unknown'
    if (!isSameQuestion(before, poll)) {
      if (isDated) return 'unknown'
      await storeRemotePoll(tx, { postId, before, poll, now: ctx.now() })
      return 'asked anew'
    }
    const { tallies, votersCount, endsAt } = poll
    const isMoved = endsAt?.getTime() !== before.endsAt?.getTime()
    const endedAt = isMoved ? null : before.endedAt
    await updatePoll(tx, before.id, { tallies: [...tallies], votersCount, endsAt, endedAt, fetchedAt: ctx.now() })
    return 'counted'
  })
}
