import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** The public face, follow requests and the settings of a profile. */
export const actors = {
  landing: {
    identities: 'Who speaks here',
    pictures: 'Latest pictures',
    counted: (count: number) => pluralize('en', count, { one: '1 identity', other: `${number(count)} identities` }),
    followTitle: 'Follow from where you are',
    followText: (example: string) =>
      `You need no account here. In Mastodon, Pixelfed or any other app of the fediverse, search for an address such as ${example} and ask to follow it.`,
    emptyTitle: 'No pictures yet',
    emptyText: 'What an identity publishes for everybody will appear here.',
    publish: 'Publish the first one',
    contact: 'Write to the people who run it',
  },
  profile: {
    locked: 'Approves each follower',
    followsYou: 'Follows you',
    posts: (count: number) => pluralize('en', count, { one: 'post', other: 'posts' }),
    followers: (count: number) => pluralize('en', count, { one: 'follower', other: 'followers' }),
    following: (_count: number): string => 'following',
    counts: 'In numbers',
    fields: 'Details',
    verified: (date: string) => `Checked on ${date}: that page links back here`,
    edit: 'Edit profile',
    create: 'New post',
    follow: 'Follow',
    askToFollow: 'Ask to follow',
    requested: 'Requested',
    withdraw: 'Withdraw the request',
    followingNow: 'Following',
    unfollow: 'Unfollow',
    elsewhereText: 'Search for this address in the app that you use, wherever your account is:',
    original: (host: string) => `See the profile on ${host}`,
    pictures: 'Pictures and posts',
    emptyOwnTitle: 'Begin with a picture',
    emptyOwnText: 'People at work, a detail, a step in the making: what you would show a visitor first.',
    emptyOwnAction: 'Publish a picture',
    emptyTitle: 'Nothing to see yet',
    emptyText: (name: string) => `${name} has published nothing that you can see so far.`,
    emptyLocked: (name: string) => `Some posts of ${name} may be for approved followers only.`,
  },
  requests: {
    title: 'Follow requests',
    lead: (name: string) =>
      `They would like to follow ${name}. Until you approve, they see only what everybody sees. Refusing is quiet: nobody is notified.`,
    approve: 'Approve',
    refuse: 'Refuse',
    approveOf: (name: string) => `Approve ${name}`,
    refuseOf: (name: string) => `Refuse ${name}`,
    since: (date: string) => `Account since ${date}`,
    posts: (count: number) =>
      pluralize('en', count, { zero: 'No posts yet', one: '1 post', other: `${number(count)} posts` }),
    mutuals: (count: number) =>
      pluralize('en', count, {
        one: 'Followed by 1 person you follow',
        other: `Followed by ${number(count)} people you follow`,
      }),
    newServer: 'First request from this server',
    approved: (name: string) => `${name} now follows you.`,
    refused: (name: string) => `You have refused ${name}.`,
    emptyTitle: 'Nobody is waiting',
    emptyText: 'When somebody asks to follow, you decide here.',
    emptyAction: 'See your profile',
  },
  settings: {
    title: 'Profile',
    lead: (name: string) => `How ${name} appears, here and on other servers.`,
    looks: 'Appearance',
    avatar: 'Profile picture',
    avatarHint: 'Square, 400 pixels or more.',
    header: 'Header picture',
    headerHint: 'Wide, 1500 × 500 pixels or more.',
    words: 'In words',
    name: 'Display name',
    summary: 'Introduction',
    summaryHint: 'Who speaks here, and about what.',
    fields: 'Details',
    fieldsHint: 'Up to six lines, such as opening hours, a place or a website.',
    fieldName: (index: number) => `Label ${index}`,
    fieldValue: (index: number) => `Content ${index}`,
    reach: 'Who may find and follow',
    locked: 'Approve each follower',
    lockedHint:
      'Whoever asks waits under Follow requests. Only approved followers receive what you publish for followers.',
    discoverable: 'May be suggested',
    discoverableHint: 'Other servers may list this profile in their directories and recommend it.',
    indexable: 'Public posts may be searched',
    indexableHint: 'Other servers may find your public posts by their words.',
    submit: 'Save',
    saved: 'Saved. Other servers are being told.',
  },
}

/** The sentences about actors, which every language must have. */
export type ActorMessages = typeof actors
