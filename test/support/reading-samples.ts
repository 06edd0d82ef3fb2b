import { type Translator, translatorFor } from '#src/locales/translator.ts'
import type { ActorValue } from '#src/web/components/actor.ts'
import { conversationList } from '#src/web/components/conversation-list.ts'
import { filterForm, filterList } from '#src/web/components/filter-forms.ts'
import { followList } from '#src/web/components/follow-list.ts'
import { listEditor, listIndex } from '#src/web/components/list-forms.ts'
import { blockedList, mutedList } from '#src/web/components/muted-list.ts'
import { heldBackList, type NotificationValue, notificationList } from '#src/web/components/notification-list.ts'
import type { PostValue } from '#src/web/components/post.ts'
import { readingList } from '#src/web/components/reading-list.ts'
import { relationForms } from '#src/web/components/relation-forms.ts'
import { reportForm } from '#src/web/components/report-form.ts'
import { searchResults } from '#src/web/components/search-results.ts'
import type { Html } from '#src/web/html.ts'

type Samples = Readonly<{ actor: ActorValue & { id: string }; post: PostValue; now: Date }>

const pager = { newerHref: '?min_id=1', olderHref: '?max_id=1' }
const kinds = ['mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update', 'poll'] as const

function reading({ actor, post, now }: Samples, t: Translator): Record<string, Html> {
  const toggle = { action: '/like', isOn: false }
  const shown = { ...post, id: '7', actions: { like: toggle, boost: toggle, bookmark: toggle, next: '/#post-7' } }
  const views = { label: t.reading.views.label, tabs: [{ href: '/', label: 'Home', isCurrent: true }] }
  const empty = { icon: 'home', title: 'Nothing', text: 'Nothing at all' } as const
  const list = { title: 'Home', lead: 'For reading', head: undefined, views, pager, empty, now }
  const told = (kind: NotificationValue['kind'], index: number): NotificationValue => ({
    kind,
    people: [actor],
    reason: null,
    sentence: t.notifications.sentences[kind](actor.name, 1, false),
    emojis:
      kind === 'favourite'
        ? [
            { emoji: '🎉', picture: null },
            { emoji: ':kiln:', picture: { shortcode: 'kiln', url: '/emojis/kiln/remote' } },
          ]
        : [],
    href: '/@maison/1',
    at: now,
    isNew: index === 0,
    post: index === 0 ? post : null,
    excerpt: index === 0 ? null : 'Fresh bread',
    followerId: kind === 'follow_request' ? '1' : null,
  })
  const held = { actor, count: 2, at: now, excerpt: 'Hello', acceptAction: '/accept', dismissAction: '/dismiss' }
  const talk = { id: '1', isUnread: true, people: [actor], excerpt: 'Hello', at: now }
  const found = { people: [actor], tags: [{ label: 'bread', href: '/tags/bread' }], posts: [shown] }
  const search = { typed: 'bread', kind: null, more: ['posts'], pager, isVisitor: true, now } as const
  return {
    reading: readingList(
      { ...list, posts: [shown, { ...post, boostedBy: { name: 'Léa', href: '/@lea', isGroup: false } }] },
      t,
    ),
    nothingToRead: readingList({ ...list, posts: [] }, t),
    notifications: notificationList({ notifications: kinds.map(told), heldBackCount: 1, pager, now }, t),
    noNotifications: notificationList({ notifications: [], heldBackCount: 0, pager, now }, t),
    heldBack: heldBackList({ senders: [held], pager, now }, t),
    conversations: conversationList(
      { conversations: [talk, { ...talk, people: [] }], mayRemove: true, mayWrite: true, pager, now },
      t,
    ),
    search: searchResults({ ...search, ...found }, t),
    nothingFound: searchResults({ ...search, people: [], tags: [], posts: [] }, t),
  }
}

function relating({ actor, now }: Samples, t: Translator): Record<string, Html> {
  const between = {
    actor,
    note: 'Met at the market',
    maxNoteCharacters: 2_000,
    mayRelate: true,
    lists: [{ id: '1', title: 'Bakers', isIn: true }],
    mute: null,
    isFollower: true,
    isBlocked: false,
    host: { name: 'far.example', isShunned: false },
    reportHref: '/report?account=1',
  }
  const form = { action: '/lists', title: '', replies: 'list', isExclusive: false, maxTitleCharacters: 256 } as const
  const filter = {
    id: '1',
    title: 'Fruit',
    contexts: ['home'],
    action: 'warn',
    expiresAt: now,
    keywords: [{ id: '2', keyword: 'quince', isWholeWord: true }],
    maxTitleCharacters: 256,
    maxKeywordCharacters: 512,
    errors: { title: 'x', context: 'y', keyword: 'z', other: 'w' },
  }
  const list = { id: '1', title: 'Bakers' }
  const follows = { title: 'Followers', owner: actor, count: 1, people: [actor], isShown: true, mayChange: true, pager }
  return {
    relation: relationForms(between, t),
    relationMuted: relationForms({ ...between, mute: { endsAt: now }, isBlocked: true, lists: null }, t),
    lists: listIndex({ lists: [list], form: { ...form, error: 'Blank' } }, t),
    listEditor: listEditor({ list, form: { ...form, error: undefined }, members: [actor], pager }, t),
    filters: filterList(
      [{ id: '1', title: 'Fruit', keywords: ['quince'], postsCount: 1, expiresAt: now, isExpired: false }],
      t,
    ),
    filter: filterForm(filter, t),
    followers: followList({ ...follows, end: 'followers', next: '/' }, t),
    muted: mutedList({ people: [{ actor, endsAt: now }], pager, next: '/' }, t),
    blocked: blockedList(
      { people: [actor], hosts: ['far.example'], pager, hostPager: pager, next: '/', typed: 'x', error: 'No' },
      t,
    ),
    report: reportForm(
      {
        actor,
        actorId: '1',
        post: { id: '1', excerpt: 'Rude words' },
        rules: [{ id: '1', text: 'Be kind', isChosen: true }],
        category: 'violation',
        comment: 'Look',
        maxCommentCharacters: 1_000,
        host: 'far.example',
        isForwarded: true,
        error: 'Too long',
      },
      t,
    ),
  }
}

/** The pages for reading and for what is between people, by name, in a language. */
export function readingSamples(locale: 'en' | 'fr', samples: Samples): Readonly<Record<string, Html>> {
  const t = translatorFor(locale)
  return { ...reading(samples, t), ...relating(samples, t) }
}
