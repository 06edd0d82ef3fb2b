import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** Posts: reading one, writing one. */
export const posts = {
  post: {
    by: (name: string) => `Post by ${name}`,
    titled: (name: string, excerpt: string) => `${name}: “${excerpt}”`,
    edited: (when: string) => `Edited ${when}`,
    reactions: 'Reactions',
    reactedBy: (count: number) => pluralize('en', count, { one: '1 person', other: `${number(count)} people` }),
    likes: (count: number) => pluralize('en', count, { one: '1 like', other: `${number(count)} likes` }),
    boosts: (count: number) => pluralize('en', count, { one: '1 boost', other: `${number(count)} boosts` }),
    replies: (count: number) =>
      pluralize('en', count, { zero: 'No answers yet', one: '1 answer', other: `${number(count)} answers` }),
    like: 'Like',
    unlike: 'Take back the like',
    boost: 'Boost',
    unboost: 'Take back the boost',
    inAnswerTo: (name: string) => `In answer to ${name}`,
    elsewhereTitle: 'Answer from your server',
    elsewhereText: 'Paste this link into the search of the app that you use, then answer there:',
    original: (host: string) => `See the original on ${host}`,
    edit: 'Edit',
    delete: 'Delete',
    deleteTitle: 'Delete this post?',
    deleteText:
      'It disappears here, and the servers that received it are asked to remove it. It cannot be brought back.',
    deleteConfirm: 'Delete it',
    warning: 'Content warning',
    showText: 'Read it anyway',
    linked: 'Linked page:',
    pinned: 'Pinned',
    filtered: (titles: string) => `Filtered: ${titles}`,
  },
  visibility: {
    public: { name: 'Everybody', hint: 'On your profile, on the front page, and found by tags.' },
    unlisted: { name: 'Everybody, quietly', hint: 'On your profile, but not on the front page or under tags.' },
    followers: { name: 'Followers', hint: 'Only those whom you have approved.' },
    direct: { name: 'Named people', hint: 'Only those whom you mention with @.' },
  },
  compose: {
    title: 'New post',
    editTitle: 'Edit the post',
    postingAs: 'You publish as',
    pictures: 'Pictures',
    choose: 'Choose pictures',
    drop: 'or drop them here, or paste',
    limits: (count: number, megabytes: number) =>
      `Up to ${count}, ${megabytes} MB each. Place and camera details are removed.`,
    picture: (index: number) => `Picture ${index}`,
    another: 'More pictures',
    alt: 'Description',
    altHint: 'What does the picture show? For people who cannot see it.',
    moveUp: (index: number) => `Move picture ${index} forward`,
    moveDown: (index: number) => `Move picture ${index} back`,
    remove: (index: number) => `Remove picture ${index}`,
    removeStored: 'Remove this picture',
    text: 'Text',
    textHint: 'Links, #tags and @people work as usual.',
    audience: 'Who may see it',
    more: 'Content warning, quotes, language',
    warning: 'Content warning',
    warningHint: 'Readers see this line first and open the rest if they wish.',
    sensitive: 'Cover the pictures until the reader opens them',
    language: 'Language of the text',
    submit: (name: string) => `Publish as ${name}`,
    save: 'Save the changes',
    altMissing: 'There is a picture without a description. Add one, or publish once more to go on without.',
    tooMany: (count: number) => `Only the first ${count} pictures were taken.`,
    tooLarge: (megabytes: number) => `Left out, because larger than ${megabytes} MB:`,
    notPicture: 'Left out, not a picture that we can read:',
    unreadable: 'No preview',
  },
}

/** The sentences about posts, which every language must have. */
export type PostMessages = typeof posts
