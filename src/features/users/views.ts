import type { Translator } from '#src/locales/translator.ts'
import { button, postButton } from '#src/web/components/button.ts'
import { textField } from '#src/web/components/field.ts'
import { settingsNav } from '#src/web/components/settings-nav.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { readUserAgent } from './browser.ts'
import type { KnownSession } from './login-queries.ts'
import { minPasswordCharacters } from './service.ts'

/** What the page about signing in shows. */
export type LoginSettings = Readonly<{
  email: string
  sessions: readonly KnownSession[]
  /** The session of the browser that looks. */
  currentId: string
  now: Date
  /** What was wrong, by field: `current`, `password`. */
  errors: Readonly<Record<string, string | undefined>>
}>

/** With what one signs in, and where one is signed in. */
export function loginSettings(value: LoginSettings, t: Translator): Html {
  const words = t.pages.loginSettings
  const others = value.sessions.filter(({ id }) => id !== value.currentId)
  return html`${settingsNav('login', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead">${words.lead(value.email)}</p>
    ${passwordForm(value, t)}
    <section class="group" aria-labelledby="sessions">
      <h2 class="group__title" id="sessions">${words.sessions}</h2>
      <ul class="lines">${value.sessions.map((session) => sessionLine(session, value, t))}</ul>
      ${others.length > 1 && html`<div>${postButton({ action: `${paths.settingsLogin}/sessions/others/end`, label: words.endOthers })}</div>`}
    </section>`
}

function passwordForm({ email, errors }: LoginSettings, t: Translator): Html {
  const words = t.pages.loginSettings
  return html`<form class="form" method="post" action="${paths.settingsLogin}">
    <fieldset class="group">
      <legend class="group__title">${words.password}</legend>
      <div class="group__body">
        <input type="email" name="email" value="${email}" autocomplete="username" hidden>
        ${textField({
          name: 'current',
          label: words.current,
          type: 'password',
          autocomplete: 'current-password',
          isRequired: true,
          error: errors.current,
        })}
        ${textField({
          name: 'password',
          label: words.next,
          hint: t.setup.passwordHint(minPasswordCharacters),
          type: 'password',
          autocomplete: 'new-password',
          isRequired: true,
          minLength: minPasswordCharacters,
          error: errors.password,
        })}
        <div>${button({ label: words.submit })}</div>
      </div>
    </fieldset>
  </form>`
}

function sessionLine(session: KnownSession, { currentId, now }: LoginSettings, t: Translator): Html {
  const words = t.pages.loginSettings
  const isThis = session.id === currentId
  const name = nameOf(session, t)
  const end = postButton({
    action: `${paths.settingsLogin}/sessions/${session.id}/end`,
    label: words.end,
    accessibleName: words.endOf(name),
  })
  return html`<li class="lines__one">
    <div class="lines__words">
      <strong>${name}</strong>
      <span class="field__hint">${words.since(t.format.date(session.createdAt))} · ${words.lastSeen(t.format.relative(session.lastSeenAt, now))}</span>
    </div>
    ${isThis ? html`<span class="mark-word mark-word--on">${words.thisOne}</span>` : end}
  </li>`
}

function nameOf({ userAgent }: KnownSession, t: Translator): string {
  const words = t.pages.loginSettings
  const found = readUserAgent(userAgent)
  if (!found) return words.unknownBrowser
  return found.system ? words.browserOn(found.browser, found.system) : found.browser
}
