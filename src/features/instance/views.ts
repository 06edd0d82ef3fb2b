import type { Translator } from '#src/locales/translator.ts'
import { linkButton } from '#src/web/components/button.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'

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
