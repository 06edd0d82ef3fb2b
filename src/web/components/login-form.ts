import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { button, hiddenFields } from './button.ts'
import { textField } from './field.ts'
import { flash } from './flash.ts'

/** What the page for signing in is made of. */
export type LoginValue = Readonly<{
  action: string
  /** Where to go afterwards, sent along as `next`. */
  next: string
  /** What was typed before; it is never cleared by an error. */
  email: string
  /** The client program that waits for the sign-in, by name. */
  app: string | null
  /** Where one makes an account; null where that is not offered. */
  signUp: string | null
  /** Where one asks for a new password. */
  forgotten: string
  /** What went wrong, in a sentence. */
  error: string | null
}>

/** Signing in with e-mail address and password. Sends `email`, `password`, `next`. */
export function loginForm(value: LoginValue, t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.login.title}${value.app && html` <span class="title__more">${t.login.continueTo(value.app)}</span>`}</h1>
    ${value.error && flash({ kind: 'problem', text: value.error })}
    <form class="form" method="post" action="${value.action}">
      ${hiddenFields({ next: value.next })}
      ${textField({
        name: 'email',
        label: t.login.email,
        type: 'email',
        value: value.email,
        autocomplete: 'username',
        isRequired: true,
        isVerbatim: true,
        hasFocus: value.email === '',
      })}
      ${textField({
        name: 'password',
        label: t.login.password,
        type: 'password',
        autocomplete: 'current-password',
        isRequired: true,
        hasFocus: value.email !== '',
      })}
      ${button({ label: t.login.submit, kind: 'primary', class: 'button--wide' })}
      <p class="door__small"><a href="${value.forgotten}">${t.reset.forgotten}</a></p>
      ${value.signUp && html`<p class="door__small">${t.signUp.noLogin} <a href="${value.signUp}">${t.signUp.offer}</a></p>`}
    </form>
  </section>`
}
