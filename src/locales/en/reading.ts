import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** Timelines, what one has put aside, search, and what can be done with posts in them. */
export const reading = {
  reading: {
    more: 'More',
    boostedBy: (name: string) => `Boosted by ${name}`,
    inGroup: (name: string) => `in ${name}`,
    membersOf: (group: string) => `Members of ${group}`,
    locked: 'This topic is closed to new answers.',
    bookmark: 'Bookmark',
    unbookmark: 'Remove the bookmark',
    pin: 'Show first on your profile',
    unpin: 'No longer show first',
    pinned: 'The post is now shown first on your profile.',
    unpinned: 'The post is back in its place.',
    tooManyPins: (max: number) => `${number(max)} posts are shown first already. Take one of them down before.`,
    muteThread: 'Mute this conversation',
    unmuteThread: 'Unmute this conversation',
    author: 'About the author',
    report: 'Report',
    menu: {
      conversations: 'Messages',
      lists: 'Lists',
      bookmarks: 'Bookmarks',
      favourites: 'Likes',
    },
    views: { label: 'Timelines', home: 'Following', here: 'Here', everywhere: 'Everywhere' },
    home: {
      title: 'Home',
      emptyTitle: 'Quiet so far',
      emptyText: 'Your posts and those of the people you follow appear here. Search for somebody to follow.',
      write: 'Write a post',
    },
    public: {
      here: 'Public posts from here',
      everywhere: 'Public posts from everywhere',
      emptyTitle: 'Nothing public yet',
      emptyText: 'What is published here for everybody will appear on this page.',
    },
    bookmarks: {
      title: 'Bookmarks',
      lead: 'Only you and your team know of them.',
      emptyTitle: 'Nothing kept yet',
      emptyText: 'Bookmark a post to find it here again. Its author is not told.',
    },
    favourites: {
      title: 'Likes',
      lead: 'The posts that you have liked, latest first.',
      emptyTitle: 'Nothing liked yet',
      emptyText: 'The posts that you like are collected here.',
    },
    conversations: {
      title: 'Messages',
      lead: 'Posts for named people only. They are not encrypted: those who run the servers could read them.',
      unread: 'Unread',
      withSelf: 'A note to yourself',
      read: 'Open',
      readOf: (who: string) => `Open the conversation with ${who}`,
      remove: 'Remove',
      removeOf: (who: string) => `Remove the conversation with ${who} from the list`,
      removed: 'The conversation is off the list. The next message brings it back.',
      picture: 'A picture without words',
      write: 'Write a message',
      emptyTitle: 'No messages yet',
      emptyText: 'Write a post for named people, or wait for one.',
    },
    search: {
      title: 'Search',
      label: 'Search',
      placeholder: 'Search',
      field: 'Name, words, #tag, address or link',
      hint: 'Finds posts that are open to search, and those that concern you.',
      submit: 'Search',
      views: 'Kinds of results',
      all: 'All',
      people: 'People',
      posts: 'Posts',
      tags: 'Hashtags',
      more: { people: 'More people', posts: 'More posts', tags: 'More hashtags' },
      emptyTitle: 'Nothing found',
      emptyText: 'Check the spelling, or give a whole address such as @name@example.org: its server is asked then.',
      signIn: 'Sign in to search posts, and people on other servers.',
    },
    follows: {
      followers: 'Followers',
      following: 'Following',
      followersOf: (name: string) => `Followers of ${name}`,
      followingOf: (name: string) => `Whom ${name} follows`,
      followersLead: (count: number) =>
        pluralize('en', count, {
          zero: 'Nobody follows yet.',
          one: '1 follower.',
          other: `${number(count)} followers.`,
        }),
      followingLead: (count: number) =>
        pluralize('en', count, { zero: 'Follows nobody yet.', one: 'Follows 1.', other: `Follows ${number(count)}.` }),
      hiddenTitle: 'This list is not shown',
      hiddenText: 'The number is public; only the identity and its team see the list.',
      emptyTitle: 'Nobody yet',
      emptyText: 'The list will fill up in time.',
      remove: 'Remove',
      removeOf: (name: string) => `Remove ${name} from your followers`,
      removed: (name: string) => `${name} no longer follows you, and is not told why.`,
      unfollowOf: (name: string) => `Unfollow ${name}`,
    },
  },
}

/** The sentences about reading, which every language must have. */
export type ReadingMessages = typeof reading
