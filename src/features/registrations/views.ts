import type { Translator } from '#src/locales/translator.ts'
import { button, hiddenFields, linkButton } from '#src/web/components/button.ts'
import { checkbox, textArea, textField } from '#src/web/components/field.ts'
import { flash } from '#src/web/components/flash.ts'
import { icon } from '#src/web/components/icon.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import type { FieldSentences } from '#src/web/problems.ts'

/** What the form for making an account is made of. */
export type SignUpValue = Readonly<{
  instanceName: string
  /** The host of the handles. */
  host: string
  /** Whether administrators decide, who want to know why. */
  needsApproval: boolean
  rules: readonly Readonly<{ id: string; text: string; hint: string }>[]
  /** Null when nobody wrote any. */
  termsHtml: Html | null
  minPasswordCharacters: number
  longestReason: number
  /** What was typed before; all but the password is kept. */
  typed: Readonly<{ handle: string; email: string; reason: string; agreement: boolean }>
  errors: FieldSentences
}>

/** The form for making an account. Sends `handle`, `email`, `password`, `reason`, `agreement`. */
export function signUpForm(value: SignUpValue, t: Translator): Html {
  const words = t.signUp
  const wrong = Object.keys(value.errors).length
  return html`<section class="door">
    <h1 class="title">${words.title(value.instanceName)}</h1>
    <p class="lead">${value.needsApproval ? words.approvalLead : words.lead}</p>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${paths.signUp}">
      ${loginFields(value, t)}
      ${value.needsApproval && reasonField(value, t)}
      ${agreement(value, t)}
      ${button({ label: value.needsApproval ? words.approvalSubmit : words.submit, kind: 'primary', class: 'button--wide' })}
      <p class="door__small">${words.haveLogin} <a href="${paths.login}">${words.signIn}</a></p>
    </form>
  </section>`
}

function loginFields({ host, typed, errors, minPasswordCharacters }: SignUpValue, t: Translator): Html {
  return html`${textField({
    name: 'handle',
    label: t.signUp.handle,
    hint: t.setup.handleHint(host),
    value: typed.handle,
    autocomplete: 'off',
    isRequired: true,
    isVerbatim: true,
    maxLength: 30,
    pattern: '[A-Za-z0-9_]+',
    prefix: '@',
    suffix: `@${host}`,
    error: errors.handle,
  })}${textField({
    name: 'email',
    label: t.setup.email,
    hint: t.setup.emailHint,
    type: 'email',
    value: typed.email,
    autocomplete: 'username',
    isRequired: true,
    isVerbatim: true,
    error: errors.email,
  })}${textField({
    name: 'password',
    label: t.setup.password,
    hint: t.setup.passwordHint(minPasswordCharacters),
    type: 'password',
    autocomplete: 'new-password',
    isRequired: true,
    minLength: minPasswordCharacters,
    error: errors.password,
  })}`
}

function reasonField({ typed, errors, longestReason }: SignUpValue, t: Translator): Html {
  return textArea({
    name: 'reason',
    label: t.signUp.reason,
    hint: t.signUp.reasonHint,
    value: typed.reason,
    isRequired: true,
    maxLength: longestReason,
    error: errors.reason,
  })
}

/** Where nothing is written down there is nothing to agree to. */
function agreement({ rules, termsHtml, typed, errors }: SignUpValue, t: Translator): Html {
  if (rules.length === 0 && !termsHtml) return html`${hiddenFields({ agreement: 'true' })}`
  const { agreement: error } = errors
  return html`<fieldset class="group">
    <legend class="group__title">${rules.length > 0 ? t.signUp.rules : t.signUp.terms}</legend>
    <div class="group__body">
      ${rules.length > 0 && html`<ol class="prose">${rules.map(ruleLine)}</ol>`}
      ${termsHtml && terms(termsHtml, t)}
      ${checkbox({ name: 'agreement', label: t.signUp.agree, isOn: typed.agreement, error })}
    </div>
  </fieldset>`
}

function ruleLine({ text, hint }: SignUpValue['rules'][number]): Html {
  return html`<li>${text}${hint && html`<br><span class="field__hint">${hint}</span>`}</li>`
}

function terms(termsHtml: Html, t: Translator): Html {
  return html`<details class="more">
    <summary class="more__summary">${icon('chevron')}${t.signUp.terms}</summary>
    <div class="more__body prose">${termsHtml}</div>
  </details>`
}

/** What is said where nobody can make an account. @param messageHtml what those who run the instance say of it */
export function signUpClosed(messageHtml: Html | null, t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.signUp.closedTitle}</h1>
    <div class="lead">${messageHtml ?? html`<p>${t.signUp.closedText}</p>`}</div>
    ${linkButton({ href: paths.login, label: t.nav.signIn, kind: 'primary' })}
  </section>`
}

/** Who waits: the address to which mail goes, and the whole address of the identity that will come of it. */
export type WaitingValue = Readonly<{ sentTo: string; handle: string }>

/** What is said until the address is confirmed. Sends `email`. */
export function confirmationWaiting(
  { sentTo, handle, email, error }: WaitingValue & Readonly<{ email: string; error: string | undefined }>,
  t: Translator,
): Html {
  const words = t.signUpWaiting
  return html`<section class="door">
    <h1 class="title">${words.confirmTitle}</h1>
    <p class="lead">${words.confirmText(sentTo)}</p>
    <p>${words.handle(handle)}</p>
    <form class="form" method="post" action="${paths.signUpWaiting}">
      <p class="door__small">${words.notThere}</p>
      ${textField({
        name: 'email',
        label: words.email,
        type: 'email',
        value: email,
        autocomplete: 'email',
        isRequired: true,
        isVerbatim: true,
        error,
      })}
      ${button({ label: words.again, class: 'button--wide' })}
    </form>
  </section>`
}

/** What is said until an administrator has decided. */
export function approvalWaiting({ sentTo, handle }: WaitingValue, t: Translator): Html {
  const words = t.signUpWaiting
  return html`<section class="door">
    <h1 class="title">${words.approvalTitle}</h1>
    <p class="lead">${words.approvalText(sentTo)}</p>
    <p>${words.handle(handle)}</p>
  </section>`
}

/** What the page has to ask to which the mail leads. */
export type ConfirmationValue = Readonly<{ action: string; email: string; handle: string }>

/** The page to which the mail leads: one button. Sends `confirm`. */
export function confirmationForm({ action, email, handle }: ConfirmationValue, t: Translator): Html {
  const words = t.signUpConfirm
  return html`<section class="door">
    <h1 class="title">${words.title}</h1>
    <p class="lead">${words.text(email, handle)}</p>
    <form class="form" method="post" action="${action}">
      ${button({ label: words.submit, kind: 'primary', name: 'confirm', value: 'true', class: 'button--wide' })}
      <p class="door__small">${words.notYou}</p>
    </form>
  </section>`
}

/** What is said of a link that leads nowhere, or to an address or handle that is somebody's by now. */
export function confirmationOver(reason: 'over' | 'taken', t: Translator): Html {
  const words = t.signUpConfirm
  return html`<section class="door">
    <h1 class="title">${words.overTitle}</h1>
    <p class="lead">${reason === 'over' ? words.overText : words.taken}</p>
    ${linkButton({ href: paths.login, label: t.nav.signIn, kind: 'primary' })}
  </section>`
}
