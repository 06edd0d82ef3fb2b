import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, address, addressOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { linkButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type GridItem, pictureMosaic } from './picture-grid.ts'

/** What visitors see first: what this place is, what it looks like, who speaks. */
export type LandingValue = Readonly<{
  instance: Readonly<{
    name: string
    /** Plain text; empty when nobody wrote it. */
    description: string
    identityCount: number
    contactEmail: string | null
  }>
  /** Who speaks here, with a sentence of their introduction as plain text. */
  identities: readonly (ActorValue & Readonly<{ summary: string }>)[]
  /** The latest public pictures. */
  pictures: readonly GridItem[]
  isSignedIn: boolean
  /** Where one makes an account; null where that is not offered, and for those who have one. */
  signUp: string | null
}>

/** The front page. */
export function landingView(value: LandingValue, t: Translator): Html {
  return html`${opening(value, t)}
    ${value.pictures.length > 0 ? gallery(value, t) : nothingYet(value, t)}
    ${value.identities.length > 0 && voices(value, t)}
    ${value.identities.length > 0 && invitation(value, t)}`
}

function opening({ instance, signUp }: LandingValue, t: Translator): Html {
  return html`<header class="opening">
    <h1 class="opening__name">${instance.name}</h1>
    ${instance.description && html`<p class="opening__text">${instance.description}</p>`}
    ${instance.identityCount > 0 && html`<p class="opening__facts">${t.landing.counted(instance.identityCount)}</p>`}
    ${signUp && html`<p>${linkButton({ href: signUp, label: t.signUp.offer, kind: 'primary' })}</p>`}
  </header>`
}

function gallery(value: LandingValue, t: Translator): Html {
  return html`<section class="landing-part" aria-labelledby="latest">
    <h2 class="visually-hidden" id="latest">${t.landing.pictures}</h2>
    ${pictureMosaic(value.pictures, t)}
  </section>`
}

function nothingYet(value: LandingValue, t: Translator): Html {
  const action = value.isSignedIn ? { href: paths.compose, label: t.landing.publish } : undefined
  return emptyState({ icon: 'image', title: t.landing.emptyTitle, text: t.landing.emptyText, action })
}

function voices(value: LandingValue, t: Translator): Html {
  return html`<section class="landing-part" aria-labelledby="voices">
    <h2 class="section-title" id="voices">${t.landing.identities}</h2>
    <ul class="voices">${value.identities.map(
      (identity) => html`<li class="voices__one">
        ${avatar(identity, 'l')}
        <div class="voices__words">
          <h3 class="voices__name"><a href="${identity.href}"><bdi>${shownName(identity)}</bdi></a></h3>
          <p class="voices__address">${address(identity)}</p>
          ${identity.summary && html`<p class="voices__summary">${identity.summary}</p>`}
        </div>
      </li>`,
    )}</ul>
  </section>`
}

function invitation({ identities, instance }: LandingValue, t: Translator): Html | null {
  const [first] = identities
  if (!first) return null
  return html`<section class="landing-part landing-way">
    <h2 class="section-title">${t.landing.followTitle}</h2>
    <p class="landing-way__text">${t.landing.followText(addressOf(first))}</p>
    ${instance.contactEmail && linkButton({ href: `mailto:${instance.contactEmail}`, label: t.landing.contact, icon: 'direct' })}
  </section>`
}
