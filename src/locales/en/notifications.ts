import { formatIn, pluralize } from '#src/core/i18n.ts'

const number = formatIn('en').number

/** What an identity was told. `who` is one name or several, as a list. */
export const notifications = {
  notifications: {
    title: 'Notifications',
    fresh: 'New',
    others: (count: number) => `${number(count)} others`,
    reason: 'Reason given:',
    sentences: {
      mention: (who: string, _count: number, _isOwn: boolean) => `${who} mentioned you`,
      status: (who: string, _count: number, _isOwn: boolean) => `${who} has posted`,
      reblog: (who: string, _count: number, _isOwn: boolean) => `${who} boosted your post`,
      follow: (who: string, count: number, _isOwn: boolean) => `${who} ${count === 1 ? 'follows' : 'follow'} you`,
      follow_request: (who: string, _count: number, _isOwn: boolean) => `${who} asks to follow you`,
      favourite: (who: string, count: number, _isOwn: boolean) => `${who} ${count === 1 ? 'likes' : 'like'} your post`,
      update: (who: string, _count: number, _isOwn: boolean) => `${who} edited a post that you boosted`,
      poll: (who: string, _count: number, isOwn: boolean) =>
        isOwn ? 'Your poll has ended' : `A poll by ${who} has ended`,
      quote: (who: string, _count: number, _isOwn: boolean) => `${who} quoted your post`,
      quoted_update: (who: string, _count: number, _isOwn: boolean) => `${who} edited a post that you quoted`,
      'admin.sign_up': (who: string, count: number, _isOwn: boolean) =>
        `${who} ${count === 1 ? 'has' : 'have'} joined this server`,
      'admin.report': (who: string, _count: number, _isOwn: boolean) => `${who} reports somebody to you`,
      move: (who: string, _count: number, _isOwn: boolean) => `${who} has moved`,
      order: (_who: string, _count: number, _isOwn: boolean) => 'Somebody has ordered from you',
      group_request: (group: string, _count: number, _isOwn: boolean) => `Somebody would like to join ${group}`,
      group_joined: (group: string, _count: number, _isOwn: boolean) => `You are a member of ${group} now`,
      group_removed: (group: string, _count: number, _isOwn: boolean) =>
        `${group} has taken your post out of the group`,
    },
    reactedTo: (who: string, _count: number) => `${who} reacted to your post`,
    movedTo: (who: string, address: string) => `${who} has moved to ${address}`,
    asksToQuote: (who: string) => `${who} asks whether they may quote your post`,
    picture: 'A picture without words',
    waiting: (count: number) =>
      pluralize('en', count, {
        one: '1 sender waits to be let through',
        other: `${number(count)} senders wait to be let through`,
      }),
    policy: {
      title: 'Who may reach you',
      lead: 'What is held back waits until you let its sender through. Whom you have let through is never asked about again.',
      heldBack: 'Nobody waits to be let through',
      rules: {
        for_not_following: { label: 'People whom you do not follow', hint: 'Until you follow them.' },
        for_not_followers: {
          label: 'People who do not follow you',
          hint: 'Those too who have followed you for less than three days.',
        },
        for_new_accounts: { label: 'New accounts', hint: 'Made within the last thirty days.' },
        for_private_mentions: {
          label: 'Private messages that you did not ask for',
          hint: 'Unless they answer you, or you follow who writes.',
        },
      },
      verdicts: { accept: 'Show', filter: 'Hold back', drop: 'Ignore' },
      save: 'Save',
      saved: 'Saved. It holds from now on.',
    },
    emptyTitle: 'Nothing yet',
    emptyText: 'Follows, answers, likes and boosts will appear here.',
    heldBack: {
      title: 'Held back',
      lead: 'Their notifications are kept from you until you decide: private messages by strangers, for one. They learn nothing of it.',
      count: (count: number) =>
        pluralize('en', count, { one: '1 notification', other: `${number(count)} notifications` }),
      accept: 'Let through',
      acceptOf: (name: string) => `Let through ${name}`,
      dismiss: 'Dismiss',
      dismissOf: (name: string) => `Dismiss the notifications by ${name}`,
      accepted: 'Let through, now and from now on.',
      dismissed: 'Dismissed. Later ones will wait again.',
      emptyTitle: 'Nobody is held back',
      emptyText: 'Private messages by people whom you do not follow wait here until you let them through.',
      back: 'See your notifications',
    },
  },
}

/** The sentences about notifications, which every language must have. */
export type NotificationMessages = typeof notifications
