import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { toneOf } from '../tone.ts'
import { type ActorValue, address, nameOf } from './actor.ts'
import type { AnnouncementValue } from './announcement.ts'
import { avatar } from './avatar.ts'
import { button, hiddenFields } from './button.ts'
import { type IconName, icon } from './icon.ts'

/** An entry of the navigation. */
export type NavKey = 'profile' | 'create' | 'requests' | 'settings'

/** Who is signed in, as the frame shows it. */
export type LayoutViewer = Readonly<{
  /** As whom this person acts now; null for somebody who may act as nobody yet. */
  actor: ActorValue | null
  pendingFollowRequests: number
  /** Planned posts that could not be published and wait for a decision. */
  failedPosts?: number
  /** What they are told and have not read yet. */
  announcements?: readonly AnnouncementValue[]
  /** The other identities as which the person may act. */
  identities: readonly (ActorValue & Readonly<{ id: string }>)[]
}>

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
      <div class="menu__end"><a class="button button--quiet menu__item" href="${paths.scheduled}">${icon('clock')}<span class="button__label">${t.schedule.title}</span></a></div>
      <div class="menu__end"><a class="button button--quiet menu__item" href="${paths.interaction}">${icon('find')}<span class="button__label">${t.pages.find.menu}</span></a></div>
      <div class="menu__end">${signOut}</div>
    </div>
  </div>`
}

function entriesOf({ actor, pendingFollowRequests }: LayoutViewer, t: Translator): readonly Entry[] {
  if (!actor) return []
  return [
    { key: 'profile', href: actor.href, icon: 'profile', label: t.nav.profile },
    { key: 'create', href: paths.compose, icon: 'create', label: t.nav.create },
    { key: 'requests', href: paths.requests, icon: 'requests', label: t.nav.requests, waiting: pendingFollowRequests },
    { key: 'settings', href: paths.settings, icon: 'settings', label: t.nav.settings },
  ]
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
    html`<span class="nav-link__waiting"><span aria-hidden="true">${t.format.number(entry.waiting)}</span><span class="visually-hidden">${t.nav.waiting(entry.waiting)}</span></span>`
  return html`<a${rest}><span class="nav-link__sign">${icon(entry.icon)}${waiting}</span><span class="nav-link__label">${entry.label}</span></a>`
}

function others(viewer: LayoutViewer, next: string, t: Translator): Html {
  return html`<form method="post" action="${paths.identity}">
    ${hiddenFields({ next })}
    <p class="menu__label" id="other-identities">${t.identity.others}</p>
    <ul class="menu__list" aria-labelledby="other-identities">${viewer.identities.map(
      (identity) =>
        html`<li><button class="menu__identity" type="submit" name="actor" value="${identity.id}">${face(identity)}</button></li>`,
    )}</ul>
  </form>`
}

function face(actor: ActorValue): Html {
  return html`${avatar(actor, 'm')}<span class="menu__words"><bdi class="menu__name">${nameOf(actor)}</bdi>${address(actor)}</span>`
}
