import { formatIn } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** Quotes, and who may quote. */
export const quotes = {
  quotes: {
    quote: 'Quote',
    composeTitle: (name: string) => `Quote ${name}`,
    quoted: 'Quoted:',
    absent: {
      pending: 'This quote waits for the consent of the author.',
      rejected: 'The author does not wish this post to be quoted here.',
      revoked: 'The author does not wish this post to be quoted here any more.',
      deleted: 'The quoted post has been deleted.',
      unauthorized: 'The quoted post is not for you to see.',
      blocked_account: 'The quoted post is by somebody whom you have blocked.',
      blocked_domain: 'The quoted post is from a server that you have blocked.',
      muted_account: 'The quoted post is by somebody whom you have muted.',
    },
    who: 'Who may quote it',
    usually: 'Who may usually quote posts',
    policies: {
      public: 'Everybody',
      asked: 'Followers; others ask you first',
      followers: 'Followers',
      nobody: 'Nobody but you',
    },
    save: 'Save',
    saved: 'Saved. Quotes that are there already stay.',
    asks: 'This post asks whether it may quote yours.',
    allow: 'Allow the quote',
    refuse: 'Refuse it',
    revoke: 'Withdraw my consent to the quote',
    allowed: 'The quote is shown now.',
    refused: 'The quote is not shown.',
    answered: 'This has been decided already.',
    gone: 'The post that you are quoting is not there any more, or may not be quoted. Publish again to go on without it.',
    list: {
      link: 'Who quotes it',
      title: 'Quotes',
      back: 'The quoted post',
      views: 'Quotes',
      shown: 'Shown',
      waiting: (count: number) => (count === 0 ? 'Waiting for you' : `Waiting for you (${number(count)})`),
      empty: { title: 'No quotes', text: 'Nobody quotes this post where you could see it.' },
      emptyWaiting: { title: 'Nobody asks', text: 'Whoever asks to quote this post will wait here for your answer.' },
    },
    direct: 'To quote a post for named people only, name its author too.',
  },
}

/** The sentences about quotes, which every language must have. */
export type QuoteMessages = typeof quotes
