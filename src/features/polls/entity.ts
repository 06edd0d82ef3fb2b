import { hasEnded } from './policy.ts'
import type { PollFacts } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Poll/ */
export type Poll<Emoji> = Readonly<{
  id: string
  expires_at: string | null
  expired: boolean
  multiple: boolean
  votes_count: number
  voters_count: number | null
  options: readonly { title: string; votes_count: number | null }[]
  emojis: readonly Emoji[]
  voted?: boolean
  own_votes?: readonly number[]
}>

/** For whom a poll is shown. `isOwn`: it is the reader's. `reader` null: somebody whom we do not know. */
export type PollScene<Emoji> = Readonly<{
  now: Date
  reader: { isOwn: boolean } | null
  emojis: readonly (Emoji & { shortcode: string })[]
}>

/** The poll of a post. Mastodon counts the author as somebody who has voted: there is nothing to choose. */
export function toPoll<Emoji>(poll: PollFacts, { now, reader, emojis }: PollScene<Emoji>): Poll<Emoji> {
  const { endsAt, isExpired, votes, options } = readPoll(poll, now)
  return {
    id: poll.id,
    expires_at: endsAt?.toISOString() ?? null,
    expired: isExpired,
    multiple: poll.isMultiple,
    votes_count: votes,
    voters_count: poll.votersCount,
    options: options.map(({ title, votes: count }) => ({ title, votes_count: count })),
    emojis: emojis.filter(({ shortcode }) => poll.options.some((title) => title.includes(`:${shortcode}:`))),
    ...(reader ? { voted: reader.isOwn || poll.choices !== null, own_votes: poll.choices ?? [] } : {}),
  }
}

/** What of a poll may be shown now: the votes for each option are null as long as they are hidden. */
export function readPoll(poll: PollFacts, now: Date) {
  const endsAt = poll.endsAt === null ? null : new Date(poll.endsAt)
  const isExpired = hasEnded(endsAt, now)
  const isHidden = poll.hidesTotals && !isExpired
  return {
    endsAt,
    isExpired,
    isHidden,
    votes: poll.tallies.reduce((sum, count) => sum + count, 0),
    options: poll.options.map((title, index) => ({ title, votes: isHidden ? null : (poll.tallies[index] ?? 0) })),
  }
}
