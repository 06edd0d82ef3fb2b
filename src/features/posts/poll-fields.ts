import { checkPoll, type PollDraft, pollLimits } from '#src/features/polls/policy.ts'
import type { PollRow } from '#src/features/polls/queries.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { PollFieldsValue } from '#src/web/components/poll-fields.ts'

/** A poll as it was typed into the form of a post. */
export type PollInput = Readonly<{
  options: readonly string[]
  /** Seconds, or '' for the end that it has already. */
  lasts: string
  isMultiple: boolean
  hidesTotals: boolean
}>

/** How long a poll may be open, as the form offers it; in seconds. */
const durations = [300, 1_800, 3_600, 21_600, 43_200, 86_400, 259_200, 604_800] as const

const oneDay = '86400'

/** The fields of a poll that nobody has asked for. */
export const noPoll: PollInput = {
  options: Array.from({ length: pollLimits.options }, () => ''),
  lasts: oneDay,
  isMultiple: false,
  hidesTotals: false,
}

/** What was typed. */
export function readPollInput(fields: ReadonlyMap<string, string>): PollInput {
  const lasts = fields.get('poll_lasts') ?? oneDay
  return {
    options: noPoll.options.map((_, index) => (fields.get(`poll_option_${index + 1}`) ?? '').trim()),
    lasts: lasts === '' || durations.some((seconds) => String(seconds) === lasts) ? lasts : oneDay,
    isMultiple: fields.get('poll_multiple') === 'true',
    hidesTotals: fields.get('poll_hidden') === 'true',
  }
}

/** A poll as it is, in the fields of the form. */
export function pollInputOf(poll: PollRow | null): PollInput {
  if (!poll) return noPoll
  const { isMultiple, hidesTotals } = poll
  return { options: noPoll.options.map((_, index) => poll.options[index] ?? ''), lasts: '', isMultiple, hidesTotals }
}

/**
 * The poll that was typed; null when there is none, undefined when it is as before.
 * @param before the poll that the post has
 */
export function toPollChange(input: PollInput, before: PollRow | null, now: Date): PollDraft | null | undefined {
  const options = input.options.filter((option) => option !== '')
  if (options.length === 0) return before ? null : undefined
  const { lasts, isMultiple, hidesTotals } = input
  const isSame =
    before?.options.join('\n') === options.join('\n') &&
    before.isMultiple === isMultiple &&
    before.hidesTotals === hidesTotals
  if (isSame && lasts === '') return undefined
  const left = before?.endsAt ? Math.ceil((before.endsAt.getTime() - now.getTime()) / 1_000) : 0
  const lastsSeconds = lasts === '' ? Math.max(left, pollLimits.minSeconds) : Number(lasts)
  return { options, lastsSeconds, isMultiple, hidesTotals }
}

/** A poll of a new post; null when none was typed. @throws Problem `invalid` as `checkPoll` */
export function toNewPoll(input: PollInput, now: Date): PollDraft | null {
  const poll = toPollChange(input, null, now)
  return poll ? checkPoll(poll) : null
}

/** The fields of the form with what was typed. `isAsked`: the post has a poll already. */
export function toPollFields(input: PollInput, isAsked: boolean, t: Translator): PollFieldsValue {
  const label = (seconds: number) => {
    if (seconds < 3_600) return t.poll.minutes(seconds / 60)
    return seconds < 86_400 ? t.poll.hours(seconds / 3_600) : t.poll.days(seconds / 86_400)
  }
  const choices = durations.map((seconds) => ({ value: String(seconds), label: label(seconds) }))
  const { options, lasts, isMultiple, hidesTotals } = input
  return {
    ...{ options, lasts, isMultiple, hidesTotals, isAsked },
    durations: isAsked ? [{ value: '', label: t.poll.asBefore }, ...choices] : choices,
    maxCharacters: pollLimits.characters,
  }
}
