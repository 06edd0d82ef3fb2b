import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** Polls: voting, and asking. */
export const polls = {
  poll: {
    label: 'Poll',
    chooseOne: 'Choose one',
    chooseSeveral: 'Choose one or several',
    vote: 'Vote',
    share: (percent: number, votes: number) =>
      `${percent}% – ${pluralize('en', votes, { one: '1 vote', other: `${number(votes)} votes` })}`,
    yourChoice: 'Your choice',
    votes: (count: number) =>
      pluralize('en', count, { zero: 'No votes yet', one: '1 vote', other: `${number(count)} votes` }),
    voters: (count: number) =>
      pluralize('en', count, {
        zero: 'Nobody has voted yet',
        one: '1 person has voted',
        other: `${number(count)} people have voted`,
      }),
    ends: 'Ends',
    ended: 'Ended',
    hidden: 'The result is shown at the end',
    voted: 'Your vote has been counted.',
    notVoted: 'Your vote was not counted: choose an option of a poll that is open and in which you have not voted yet.',
    add: 'Poll',
    hint: 'Two to four options. A poll and pictures cannot be in one post.',
    changeHint: 'Changing the options discards all votes so far. Empty them all to remove the poll.',
    option: (index: number) => `Option ${index}`,
    lasts: 'Open for',
    asBefore: 'Until the end already set',
    several: 'Several options can be chosen',
    hide: 'Show the result only at the end',
    minutes: (count: number) => `${count} minutes`,
    hours: (count: number) => (count === 1 ? '1 hour' : `${count} hours`),
    days: (count: number) => (count === 1 ? '1 day' : `${count} days`),
    problem: (options: number, characters: number) =>
      `Give two to ${options} options that differ, of ${characters} characters each at the most.`,
    withPictures: 'A poll and pictures cannot be in one post: take one of them away.',
  },
}

/** The sentences about polls, which every language must have. */
export type PollMessages = typeof polls
