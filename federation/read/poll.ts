import type { RemotePoll } from '#src/features/polls/receive.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { countOf, dateOf, textOf } from './values.ts'

/** As many as a person could read; the rest is left out. */
const maxOptions = 50

const maxTitleLength = 500

/**
 * The poll of a Question in plain words; null when it offers nothing to choose.
 * @see https://docs.joinmastodon.org/spec/activitypub/#Question
 */
export function readPoll(json: JsonObject, now: Date): RemotePoll | null {
  const single = optionsOf(json.oneOf)
  const isMultiple = single.length === 0
  const options = isMultiple ? optionsOf(json.anyOf) : single
  if (options.length === 0) return null
  return {
    options: options.map(({ title }) => title),
    tallies: options.map(({ votes }) => votes),
    votersCount: countOf(json.votersCount),
    isMultiple,
    endsAt: endOf(json, now),
  }
}

function optionsOf(value: unknown): { title: string; votes: number }[] {
  return listOf(value)
    .slice(0, maxOptions)
    .filter(isObject)
    .map((option) => ({ title: textOf(option, 'name', maxTitleLength), votes: votesOf(option) }))
    .filter(({ title }) => title !== '')
}

function votesOf({ replies }: JsonObject): number {
  return isObject(replies) ? (countOf(replies.totalItems) ?? 0) : 0
}

/** `closed` is a moment, or only says that it is so. */
function endOf({ endTime, closed }: JsonObject, now: Date): Date | null {
  const end = dateOf(endTime)
  const isClosed = closed !== undefined && closed !== null && closed !== false
  if (!isClosed) return end
  return [end, dateOf(closed), now].reduce((one, other) => (one && other && one < other ? one : (other ?? one)))
}
