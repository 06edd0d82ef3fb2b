import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { toneOf } from '../tone.ts'
import { type ActorValue, address, nameOf, shownName } from './actor.ts'
import type { AnnouncementValue } from './announcement.ts'
import { avatar } from './avatar.ts'
import { button, hiddenFields } from './button.ts'
import { type IconName, icon } from './icon.ts'

/** An entry of the navigation. */
export type NavKey = 'home' | 'notifications' | 'create' | 'profile'

/** Who is signed in, as the frame shows it. */
export type LayoutViewer = Readonly<{
  /** As whom this person acts now; null for somebody who may act as nobody yet. */
  actor: ActorValue | null
  pendingFollowRequests: number
  /** Who asks to come into the groups that the identity looks after. */
  groupRequests?: number
  /** Stories that came since the last look at the notifications, up to `mostUnread`. */
  unreadNotifications: number
  /** Planned posts that could not be published and wait for a decision. */
  failedPosts?: number
  /** What they are told and have not read yet. */
  announcements?: readonly AnnouncementValue[]
  /** Runs the instance. */
  isAdmin?: boolean
  /** The other identities as which the person may act. */
  identities: readonly OtherIdentity[]
}>

/** Another identity, with what waits for it. */
export type OtherIdentity = ActorValue &
  Readonly<{ id: string; pendingFollowRequests: number; unreadNotifications: number }>

/** More is not counted: nobody needs to know how much more. */
export const mostUnread = 99

type Entry = Readonly<{ key: NavKey; href: string; icon: IconName; label: string; waiting?: number }>

/** The entries at the top, on wide screens. */
export function topNav(viewer: LayoutViewer, current: NavKey | undefined, t: Translator): Html {
  return html`<nav class="top-nav" aria-label="${t.nav.label}">${entriesOf(viewer, t).map((entry) => link(entry, current, t))}</nav>`
}

/** The same entries at the bottom, within reach of a thumb. */
export function bottomBar(viewer: LayoutViewer, current: NavKey | undefined, t: Translator): Html {
  return html`<nav class="bottom-bar" aria-label="${t.nav.label}">${entriesOf(viewer, t).map((entry) => link(entry, current, t))}</nav>`
}

/** The acting identity, and behind it: the others, and the way out. It opens without a script. */
export function accountMenu(viewer: LayoutViewer, next: string, t: Translator): Html {
  const { actor } = viewer
  const signOut = html`<form class="inline-form" method="post" action="${paths.logout}">${button({ label: t.nav.signOut, icon: 'signOut', kind: 'quiet', class: 'menu__item' })}</form>`
  if (!actor) return html`<div class="account">${signOut}</div>`
  return html`<div class="account">
    <button class="account__button tone-${toneOf(actor.handle)}" type="button" popovertarget="account-menu" aria-label="${t.identity.menu(nameOf(actor))}">${avatar(actor, 's')}${icon('chevron')}</button>
    <div class="menu" id="account-menu" popover>
      <p class="menu__label">${t.identity.actingAs}</p>
      <a class="menu__self" href="${actor.href}">${face(actor)}</a>
      ${viewer.identities.length > 0 && others(viewer, next, t)}
      <div class="menu__end">${places(viewer, t)}</div>
      <div class="menu__end">${viewer.isAdmin && menuLink({ href: paths.reports, icon: 'warning', label: t.moderation.menu })}${menuLink({ href: paths.settings, icon: 'settings', label: t.nav.settings })}${signOut}</div>
    </div>
  </div>`
}

function entriesOf({ actor, unreadNotifications: waiting }: LayoutViewer, t: Translator): readonly Entry[] {
  if (!actor) return []
  return [
    { key: 'home', href: paths.home, icon: 'home', label: t.nav.home },
    { key: 'notifications', href: paths.notifications, icon: 'bell', label: t.nav.notifications, waiting },
    { key: 'create', href: paths.compose, icon: 'create', label: t.nav.create },
    { key: 'profile', href: actor.href, icon: 'profile', label: t.nav.profile },
  ]
}

/** What an identity has put aside, and what waits for it: places to which one goes now and then. */
function places({ pendingFollowRequests: waiting, groupRequests = 0 }: LayoutViewer, t: Translator): Html {
  const { menu } = t.reading
  return html`${menuLink({ href: paths.requests, icon: 'requests', label: t.nav.requests, waiting }, t)}
    ${menuLink({ href: paths.groups, icon: 'followers', label: t.groups.title, waiting: groupRequests }, t)}
    ${menuLink({ href: paths.conversations, icon: 'direct', label: menu.conversations })}
    ${menuLink({ href: paths.lists, icon: 'list', label: menu.lists })}
    ${menuLink({ href: paths.bookmarks, icon: 'bookmark', label: menu.bookmarks })}
    ${menuLink({ href: paths.favourites, icon: 'like', label: menu.favourites })}
    ${menuLink({ href: paths.scheduled, icon: 'clock', label: t.schedule.title })}
    ${menuLink({ href: paths.products, icon: 'shop', label: t.products.nav.label })}
    ${menuLink({ href: paths.purchases, icon: 'list', label: t.orders.bought })}`
}

function menuLink({ href, icon: name, label, waiting = 0 }: Omit<Entry, 'key'>, t?: Translator): Html {
  const count = waiting > 0 && t && html`<span class="menu__waiting">${t.nav.waiting(waiting)}</span>`
  return html`<a class="button button--quiet menu__item" href="${href}">${icon(name)}<span class="button__label">${label}</span>${count}</a>`
}

/** The search that stands on every page: a field where there is room, and the way to one where there is not. */
export function searchField(t: Translator): Html {
  const { label, placeholder } = t.reading.search
  return html`<form class="find" role="search" method="get" action="${paths.search}">
    <input class="find__input input" type="search" name="q" aria-label="${label}" placeholder="${placeholder}" autocomplete="off" autocapitalize="none" spellcheck="false">
  </form>
  <a class="find-link" href="${paths.search}">${icon('find')}<span class="visually-hidden">${label}</span></a>`
}

function link(entry: Entry, current: NavKey | undefined, t: Translator): Html {
  const rest = attributes({
    class: `nav-link nav-link--${entry.key}`,
    href: entry.href,
    'aria-current': entry.key === current && 'page',
  })
  const waiting =
    entry.waiting !== undefined &&
    entry.waiting > 0 &&
    html`<span class="nav-link__waiting"><span aria-hidden="true">${entry.waiting > mostUnread ? `${mostUnread}+` : entry.waiting}</span><span class="visually-hidden">${t.nav.unread(entry.waiting)}</span></span>`
  return html`<a${rest}><span class="nav-link__sign">${icon(entry.icon)}${waiting}</span><span class="nav-link__label">${entry.label}</span></a>`
}

function others(viewer: LayoutViewer, next: string, t: Translator): Html {
  return html`<form method="post" action="${paths.identity}">
    ${hiddenFields({ next })}
    <p class="menu__label" id="other-identities">${t.identity.others}</p>
    <ul class="menu__list" aria-labelledby="other-identities">${viewer.identities.map(
      (identity) =>
        html`<li><button class="menu__identity" type="submit" name="actor" value="${identity.id}">${face(identity, waitingFor(identity, t))}</button></li>`,
    )}</ul>
  </form>`
}

/** What one would find there: `2 requests · 5 new`. */
function waitingFor(
  { pendingFollowRequests: requests, unreadNotifications: unread }: OtherIdentity,
  t: Translator,
): string {
  return [requests > 0 && t.identity.requests(requests), unread > 0 && t.nav.unread(unread)].filter(Boolean).join(' · ')
}

function face(actor: ActorValue, waiting = ''): Html {
  return html`${avatar(actor, 'm')}<span class="menu__words"><bdi class="menu__name">${shownName(actor)}</bdi>${address(actor)}${waiting !== '' && html`<span class="menu__waiting">${waiting}</span>`}</span>`
}
