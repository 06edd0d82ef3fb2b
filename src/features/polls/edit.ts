import type { Tx } from '#src/db/client.ts'
import { hasEnded, type PollDraft } from './policy.ts'
import { deleteBallots, deletePoll, insertPoll, lockPoll, type PollRow, updatePoll } from './queries.ts'

/** A poll with its end as a moment. */
type Asked = Readonly<{ options: readonly string[]; isMultiple: boolean; hidesTotals: boolean; endsAt: Date | null }>

/** The counts of another server's poll. */
type Counts = Readonly<{ tallies: readonly number[]; votersCount: number | null; fetchedAt: Date }>

/** A poll from now on. */
export function askFrom(now: Date, { lastsSeconds, options, isMultiple, hidesTotals }: PollDraft): Asked {
  return { options, isMultiple, hidesTotals, endsAt: new Date(now.getTime() + lastsSeconds * 1_000) }
}

/** Whether a poll is asked as it was. Whoever sends the same duration later moves the end. */
export function isSamePoll(before: PollRow | null, wanted: Asked | null): boolean {
  if (!before || !wanted) return !before && !wanted
  const isSameEnd = Math.abs((before.endsAt?.getTime() ?? 0) - (wanted.endsAt?.getTime() ?? 0)) < 1_000
  return isSameQuestion(before, wanted) && before.hidesTotals === wanted.hidesTotals && isSameEnd
}

/** Whether the votes given so far still mean what they meant. */
export function isSameQuestion(before: PollRow, wanted: Pick<Asked, 'options' | 'isMultiple'>): boolean {
  const areSame =
    before.options.length === wanted.options.length &&
    before.options.every((option, index) => option === wanted.options[index])
  return areSame && before.isMultiple === wanted.isMultiple
}

/**
 * Puts a poll in the place of the one that a post had; null: none. Other options, or another number of choices, make all votes void. Hold
 * the lock of the post.
 * @param counts of another server's poll; without them the votes here are counted
 */
export async function replacePoll(
  tx: Tx,
  change: { postId: string; before: PollRow | null; wanted: Asked | null; counts?: Counts; now: Date },
): Promise<void> {
  const { postId, before, wanted, counts, now } = change
  if (!wanted) return before ? deletePoll(tx, postId) : undefined
  const { options, isMultiple, hidesTotals, endsAt } = wanted
  // One that is over when it comes is no news to anybody.
  const endedAt = hasEnded(endsAt, now) ? now : null
  const asked = { isMultiple, hidesTotals, endsAt }
  const none = { tallies: options.map(() => 0), votersCount: 0 }
  if (!before) return insertPoll(tx, { postId, options, ...asked, endedAt, ...none, ...counts })
  // A vote that is being counted comes before, and is void with the others.
  await lockPoll(tx, before.id)
  const isSame = isSameQuestion(before, wanted)
  if (!isSame) await deleteBallots(tx, before.id)
  const told = counts ?? (isSame ? {} : none)
  const { tallies, ...rest } = { tallies: undefined, ...told }
  await updatePoll(tx, before.id, {
    ...asked,
    options: [...options],
    ...(tallies ? { tallies: [...tallies] } : {}),
    ...rest,
    // Whoever voted is told of the new end.
    endedAt: isSame && endedAt ? before.endedAt : null,
    countsDueAt: null,
  })
}
