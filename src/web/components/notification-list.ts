import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { avatar } from './avatar.ts'
import { postButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type IconName, icon } from './icon.ts'
import { type PagerValue, pager } from './pager.ts'
import type { PostValue } from './post.ts'
import { postCard } from './post-card.ts'
import { type ReactionValue, reactionEmoji } from './reactions.ts'
import { timeOf } from './time.ts'

/** What a notification is of. */
type Kind =
  | 'mention'
  | 'status'
  | 'reblog'
  | 'follow'
  | 'follow_request'
  | 'favourite'
  | 'update'
  | 'poll'
  | 'quote'
  | 'quoted_update'
  | 'admin.sign_up'
  | 'admin.report'
  | 'move'
  | 'order'
  | 'group_request'
  | 'group_joined'
  | 'group_removed'

/** One story: what happened, who did it, and where it leads. */
export type NotificationValue = Readonly<{
  kind: Kind
  /** Who did it, the last first. */
  people: readonly ActorValue[]
  sentence: string
  /** With what they have reacted. */
  emojis: readonly Omit<ReactionValue, 'count'>[]
  href: string
  at: Date
  /** It came since the last look. */
  isNew: boolean
  /** What was said, for those who may want to answer. */
  post: PostValue | null
  /** The beginning of the post that it is about. */
  excerpt: string | null
  /** Why it was done, as whoever did it has said. */
  reason: string | null
  /** Who waits to be let in as a follower; null for other stories. */
  followerId: string | null
}>

/** The page of what an identity was told. */
export type NotificationsValue = Readonly<{
  notifications: readonly NotificationValue[]
  /** How many wait to be let through. */
  heldBackCount: number
  pager: PagerValue
  now: Date
}>

const icons: Readonly<Record<Kind, IconName>> = {
  mention: 'reply',
  status: 'edit',
  reblog: 'boost',
  follow: 'followers',
  follow_request: 'requests',
  favourite: 'like',
  update: 'edit',
  poll: 'poll',
  quote: 'quote',
  quoted_update: 'edit',
  'admin.sign_up': 'profile',
  'admin.report': 'warning',
  move: 'right',
  order: 'shop',
  group_request: 'requests',
  group_joined: 'followers',
  group_removed: 'close',
}

/** Faces in a row; the rest are in the sentence. */
const mostFaces = 8

/** One line for each story, the newest first. */
export function notificationList(value: NotificationsValue, t: Translator): Html {
  const words = t.notifications
  const { heldBackCount, notifications, now } = value
  const heldBack =
    heldBackCount > 0 && html`<p class="told__held"><a href="${paths.heldBack}">${words.waiting(heldBackCount)}</a></p>`
  const list = html`<ol class="told">${notifications.map((one) => html`<li class="told__one${one.isNew ? ' told__one--new' : ''}">${story(one, now, t)}</li>`)}</ol>`
  const nothing = emptyState({ icon: 'bell', title: words.emptyTitle, text: words.emptyText })
  return html`<h1 class="title">${words.title}</h1>
    ${heldBack}
    <p class="told__held"><a href="${paths.settingsNotifications}">${words.policy.title}</a></p>
    ${notifications.length > 0 ? list : nothing}
    ${pager(value.pager, t)}`
}

function story(value: NotificationValue, now: Date, t: Translator): Html {
  const { people, post, excerpt, reason, followerId } = value
  return html`<div class="told__faces"><span class="told__sign">${icon(icons[value.kind])}</span>${post ? null : people.slice(0, mostFaces).map((person) => avatar(person, 's'))}</div>
    <p class="told__line">${value.isNew && html`<span class="mark-word mark-word--on">${t.notifications.fresh}</span> `}<a class="told__link" href="${value.href}"><bdi>${value.sentence}</bdi></a>${value.emojis.map((one) => html` ${reactionEmoji(one)}`)} <span class="told__when">${timeOf(value.at, now, t)}</span></p>
    ${excerpt && html`<p class="told__excerpt"><bdi>${excerpt}</bdi></p>`}
    ${reason && html`<p class="told__reason">${t.notifications.reason} <bdi>${reason}</bdi></p>`}
    ${post && html`<div class="told__post">${postCard(post, now, t)}</div>`}
    ${followerId && answers(followerId, people, t)}`
}

function answers(followerId: string, [person]: readonly ActorValue[], t: Translator): Html {
  const name = person ? nameOf(person) : ''
  const path = `${paths.requests}/${followerId}`
  const fields = { next: paths.notifications }
  const { approve, approveOf, refuse, refuseOf } = t.requests
  return html`<div class="request__answers">
    ${postButton({ action: `${path}/approve`, fields, label: approve, accessibleName: approveOf(name), icon: 'check' })}
    ${postButton({ action: `${path}/refuse`, fields, label: refuse, accessibleName: refuseOf(name), kind: 'quiet' })}
  </div>`
}

/** Somebody whose notifications are held back. */
export type HeldBackValue = Readonly<{
  actor: ActorValue
  count: number
  at: Date
  /** The beginning of what was last said; null when it is not to be seen. */
  excerpt: string | null
  acceptAction: string
  dismissAction: string
}>

/** Those who wait to be let through, each with a yes and a no. */
export function heldBackList(
  { senders, pager: neighbours, now }: Readonly<{ senders: readonly HeldBackValue[]; pager: PagerValue; now: Date }>,
  t: Translator,
): Html {
  const words = t.notifications.heldBack
  const list = html`<p class="lead">${words.lead}</p>
    <ul class="requests">${senders.map((sender) => html`<li class="request">${heldBack(sender, now, t)}</li>`)}</ul>`
  const action = { href: paths.notifications, label: words.back }
  const nobody = emptyState({ icon: 'bell', title: words.emptyTitle, text: words.emptyText, action })
  return html`<h1 class="title">${words.title}</h1>${senders.length > 0 ? list : nobody}${pager(neighbours, t)}`
}

function heldBack(
  { actor, count, at, excerpt, acceptAction, dismissAction }: HeldBackValue,
  now: Date,
  t: Translator,
): Html {
  const words = t.notifications.heldBack
  const name = nameOf(actor)
  const after = html`<ul class="request__facts"><li>${words.count(count)}</li><li>${timeOf(at, now, t)}</li></ul>`
  return html`<div class="request__who">
      ${actorLine(actor, { size: 'l', after })}
      ${excerpt && html`<blockquote class="request__note"><bdi>${excerpt}</bdi></blockquote>`}
    </div>
    <div class="request__answers">
      ${postButton({ action: acceptAction, label: words.accept, accessibleName: words.acceptOf(name), icon: 'check' })}
      ${postButton({ action: dismissAction, label: words.dismiss, accessibleName: words.dismissOf(name), kind: 'quiet' })}
    </div>`
}
