import type { Viewer } from '#src/context.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { forbidden, invalid, type Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'

/** What a poll may hold, as Mastodon 4.6 has it: more is cut off or refused by most other servers. */
export const pollLimits = { options: 4, characters: 50, minSeconds: 300, maxSeconds: 2_629_746 } as const

/** A poll as somebody wants it. */
export type PollDraft = Readonly<{
  options: readonly string[]
  /** From the moment of publication. */
  lastsSeconds: number
  isMultiple: boolean
  hidesTotals: boolean
}>

/** A character may be made of many code points: this bounds what is counted and stored. In UTF-16 units. */
const mostUnits = 10 * pollLimits.characters

const segmenter = new Intl.Segmenter()

/**
 * Makes sure that a poll can be asked.
 * @returns it with its options as they are shown and compared, empty ones left out
 * @throws Problem `invalid` for too few or too many options, twice the same, too long ones, or an end too near or too far
 */
export function checkPoll(poll: PollDraft): PollDraft {
  const options = poll.options.map((option) => cleanText(option, mostUnits)).filter((option) => option !== '')
  if (options.length < 2) throw pollProblem('options', 'ERR_TOO_FEW', 'must be at least two')
  if (options.length > pollLimits.options) {
    throw pollProblem('options', 'ERR_TOO_MANY', `may be ${pollLimits.options} at the most`)
  }
  if (options.some(isTooLong)) {
    throw pollProblem('options', 'ERR_TOO_LONG', `may have ${pollLimits.characters} characters each at the most`)
  }
  if (new Set(options).size < options.length) throw pollProblem('options', 'ERR_TAKEN', 'must differ from each other')
  const { minSeconds, maxSeconds } = pollLimits
  if (!(poll.lastsSeconds >= minSeconds && poll.lastsSeconds <= maxSeconds)) {
    throw pollProblem('expires_in', 'ERR_INVALID', `must be from ${minSeconds} to ${maxSeconds} seconds`)
  }
  return { ...poll, options }
}

function isTooLong(option: string): boolean {
  return option.length >= mostUnits || [...segmenter.segment(option)].length > pollLimits.characters
}

function pollProblem(field: string, error: string, description: string): Problem {
  const details = { [`poll.${field}`]: [{ error, description }] }
  return invalid(`Validation failed: poll ${field} ${description}`, details)
}

/** @throws Problem `forbidden` for roles that do not react */
export function requireVoter(viewer: Viewer): void {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to vote; ask an owner or an admin', 'role')
}

/** What decides whether a vote counts. */
export type Votable = Readonly<{ options: readonly string[]; isMultiple: boolean; endsAt: Date | null }>

/** Whether nobody can vote any more. */
export function hasEnded(endsAt: Date | null, now: Date): boolean {
  return endsAt !== null && endsAt <= now
}

/**
 * Whether these choices may be made now, by somebody who is not the author.
 * @throws Problem `invalid` with a sentence
 */
export function checkChoices(poll: Votable, choices: readonly number[], now: Date): void {
  if (hasEnded(poll.endsAt, now)) throw invalid('Validation failed: The poll has already ended')
  if (choices.length === 0) throw invalid('Validation failed: Choose at least one option')
  if (!choices.every((choice) => Number.isInteger(choice) && choice >= 0 && choice < poll.options.length)) {
    throw invalid('Validation failed: The chosen option does not exist')
  }
  if (choices.length > 1 && !poll.isMultiple) throw invalid('Validation failed: Only one option can be chosen')
}

/** The 422 for a second vote. */
export function alreadyVoted(): Problem {
  return invalid('Validation failed: You have already voted on this poll')
}
