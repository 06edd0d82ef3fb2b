import type { Translator } from '#src/locales/translator.ts'
import { button } from '#src/web/components/button.ts'
import { textField } from '#src/web/components/field.ts'
import { flash } from '#src/web/components/flash.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import type { FieldSentences } from '#src/web/problems.ts'
import type { MemberRole } from './policy.ts'

/** What an invitation leads to, in words. */
export type InvitationValue = Readonly<{
  /** The path of the page, to which its forms post. */
  action: string
  /** The identity whose team one joins; null for an identity of one's own. */
  team: Readonly<{ name: string; role: MemberRole }> | null
  instanceName: string
  /** The host of the handles. */
  host: string
}>

/** What was typed before, and what was wrong with it. */
export type InvitationInput = Readonly<{ name: string; handle: string; email: string; errors: FieldSentences }>

/** The page for somebody without a login. Sends `email`, `password` and, for an identity of one's own, `name` and `handle`. */
export function invitationForm(
  value: InvitationValue,
  input: InvitationInput,
  minPasswordCharacters: number,
  t: Translator,
): Html {
  const wrong = Object.keys(input.errors).length
  return html`<section class="door">
    ${invitationHead(value, t)}
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${value.action}">
      ${value.team === null && personFields(value, input, t)}
      ${loginFields(input, minPasswordCharacters, t)}
      ${button({ label: t.invitation.submit, kind: 'primary', class: 'button--wide' })}
      ${value.team && html`<p class="door__small">${t.invitation.haveLogin} <a href="${signInPath(value.action)}">${t.invitation.signIn}</a></p>`}
    </form>
  </section>`
}

/** The page for somebody who is signed in: one button, which says with which login. Sends `join`. */
export function invitationButton(value: InvitationValue, email: string, t: Translator): Html {
  return html`<section class="door">
    ${invitationHead(value, t)}
    <form class="form" method="post" action="${value.action}">
      ${button({ label: t.invitation.join(email), kind: 'primary', name: 'join', value: 'true', class: 'button--wide' })}
    </form>
    ${signOut(t.invitation.notYou, t)}
  </section>`
}

/** What is said to somebody who is signed in and was invited to a login. */
export function invitationElsewhere(value: InvitationValue, t: Translator): Html {
  return html`<section class="door">${invitationHead(value, t)}${signOut(t.invitation.alreadyIn, t)}</section>`
}

/** What is said about an invitation that is not open. */
export function invitationOver(t: Translator): Html {
  return html`<section class="door"><h1 class="title">${t.invitation.overTitle}</h1><p class="lead">${t.invitation.overText}</p></section>`
}

function invitationHead({ team, instanceName }: InvitationValue, t: Translator): Html {
  const lead = team ? t.invitation.toTeam(team.name) : t.invitation.toInstance(instanceName)
  return html`<h1 class="title">${t.invitation.title}</h1>
    <p class="lead">${lead} ${team && t.invitation.roles[team.role]}</p>`
}

function signInPath(action: string): string {
  return `${paths.login}?${new URLSearchParams({ next: action })}`
}

function signOut(reason: string, t: Translator): Html {
  return html`<form class="form" method="post" action="${paths.logout}">
    <p class="door__small">${reason}</p>
    ${button({ label: t.nav.signOut, icon: 'signOut', class: 'button--wide' })}
  </form>`
}

function personFields({ host }: InvitationValue, { name, handle, errors }: InvitationInput, t: Translator): Html {
  return html`${textField({
    name: 'name',
    label: t.invitation.name,
    value: name,
    autocomplete: 'name',
    maxLength: 100,
    error: errors.name,
  })}${textField({
    name: 'handle',
    label: t.invitation.handle,
    hint: t.setup.handleHint(host),
    value: handle,
    autocomplete: 'off',
    isRequired: true,
    isVerbatim: true,
    maxLength: 30,
    pattern: '[A-Za-z0-9_]+',
    prefix: '@',
    suffix: `@${host}`,
    error: errors.handle,
  })}`
}

function loginFields({ email, errors }: InvitationInput, minPasswordCharacters: number, t: Translator): Html {
  return html`${textField({
    name: 'email',
    label: t.invitation.email,
    hint: t.setup.emailHint,
    type: 'email',
    value: email,
    autocomplete: 'username',
    isRequired: true,
    isVerbatim: true,
    error: errors.email,
  })}${textField({
    name: 'password',
    label: t.invitation.password,
    hint: t.setup.passwordHint(minPasswordCharacters),
    type: 'password',
    autocomplete: 'new-password',
    isRequired: true,
    minLength: minPasswordCharacters,
    error: errors.password,
  })}`
}
