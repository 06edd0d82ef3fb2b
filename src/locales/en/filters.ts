import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** The filters of an identity. */
export const filters = {
  filters: {
    title: 'Filters',
    lead: 'Posts with certain words are covered or left out, here and in your apps.',
    add: 'New filter',
    editTitle: (title: string) => `The filter ${title}`,
    back: 'All filters',
    name: 'Name of the filter',
    nameHint: 'It is shown on the posts that it covers.',
    contexts: 'Where it applies',
    contextNames: {
      home: 'Home and lists',
      notifications: 'Notifications',
      public: 'Public posts, hashtags, search',
      thread: 'Conversations',
      account: 'Profiles',
    },
    action: 'What happens',
    actions: {
      warn: 'The post is covered by the name of the filter',
      hide: 'The post is left out',
      blur: 'Its pictures are covered',
    },
    expires: 'For how long',
    durations: {
      '': 'For ever',
      '1800': 'Half an hour',
      '3600': 'One hour',
      '86400': 'One day',
      '604800': 'One week',
      '2592000': 'Thirty days',
    },
    keepExpiry: (when: string) => `Until ${when}, as before`,
    keywords: 'Words',
    keywordsHint: 'Empty a line to remove it.',
    keyword: (index: number) => `Word or words ${number(index)}`,
    wholeWord: 'Whole words only',
    save: 'Save the filter',
    saved: 'The filter is saved.',
    delete: 'Delete the filter',
    deleted: 'The filter is deleted.',
    expired: 'Over',
    until: (when: string) => `Until ${when}`,
    counted: (count: number) =>
      pluralize('en', count, { zero: 'No words', one: '1 word', other: `${number(count)} words` }),
    posts: (count: number) => pluralize('en', count, { one: '1 post', other: `${number(count)} posts` }),
    emptyTitle: 'Nothing is filtered',
    emptyText: 'A filter covers or leaves out what you do not want to read, for some time or for ever.',
    problems: {
      title: 'Give the filter a name of 256 characters at the most.',
      context: 'Choose at least one place.',
      keyword: 'A word may have 512 characters at the most.',
      tooMany: 'There are too many filters or words. Delete some first.',
      other: 'That cannot be used.',
    },
  },
}

/** The sentences about filters, which every language must have. */
export type FilterMessages = typeof filters
