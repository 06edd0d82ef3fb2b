import type { Actor } from '#src/features/actors/queries.ts'
import { summaryOf, toActorValue } from '#src/features/actors/views.ts'
import type { ShownPost } from '#src/features/posts/shown.ts'
import { type PostScenery, toGridItem } from '#src/features/posts/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import { linkButton } from '#src/web/components/button.ts'
import { landingView } from '#src/web/components/landing.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import type { Instance } from './queries.ts'

/** What the front page shows. */
export type LandingPage = Readonly<{
  instance: Instance
  identityCount: number
  actors: readonly Actor[]
  posts: readonly ShownPost[]
}>

/** The front page of an instance that is set up. */
export function landingPage(scenery: PostScenery, page: LandingPage, t: Translator): Html {
  const { name, description, contactEmail, registrationMode } = page.instance
  const isSignedIn = scenery.readerId !== null
  const value = {
    instance: { name, description, identityCount: page.identityCount, contactEmail },
    identities: page.actors.map((actor) => ({ ...toActorValue(scenery.ctx, actor), summary: summaryOf(actor) })),
    pictures: page.posts.map((post) => toGridItem(scenery, post)),
    isSignedIn,
    signUp: isSignedIn || registrationMode === 'closed' ? null : paths.signUp,
  }
  return landingView(value, t)
}

/** What is said where nobody has set the instance up yet. The link for it is told to whoever started it, and to nobody else. */
export function setupWaiting(t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.pages.landing.waitingTitle}</h1>
    <p class="lead">${t.pages.landing.waitingText}</p>
  </section>`
}

/** What is said about a set-up that is over. */
export function setupClosed(t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.setupClosed.title}</h1>
    <p class="lead">${t.setupClosed.text}</p>
    ${linkButton({ href: paths.login, label: t.nav.signIn, kind: 'primary' })}
  </section>`
}

/** What is said about a set-up link that is not the right one. */
export function setupWrong(t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.setupClosed.wrongTitle}</h1>
    <p class="lead">${t.setupClosed.wrongText}</p>
  </section>`
}
