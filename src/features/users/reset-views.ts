import type { Translator } from '#src/locales/translator.ts'
import { button, linkButton } from '#src/web/components/button.ts'
import { textField } from '#src/web/components/field.ts'
import { flash } from '#src/web/components/flash.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { minPasswordCharacters } from './service.ts'

/** Whether the instance can send mail; where it cannot, only an operator helps. */
type Post = Readonly<{ isMailed: boolean }>

/** Asking for a link. Sends `email`. */
export function forgottenForm({ isMailed }: Post, t: Translator): Html {
  const words = t.reset
  if (!isMailed) return door(words.title, words.noMail, html`${linkButton({ href: paths.login, label: words.back })}`)
  return door(
    words.title,
    words.lead,
    html`<form class="form" method="post" action="${paths.forgotten}">
      ${textField({
        name: 'email',
        label: t.login.email,
        type: 'email',
        autocomplete: 'username',
        isRequired: true,
        isVerbatim: true,
        hasFocus: true,
      })}
      ${button({ label: words.submit, kind: 'primary', class: 'button--wide' })}
      <p class="door__small"><a href="${paths.login}">${words.back}</a></p>
    </form>`,
  )
}

/** The same whether there is such a login or not. */
export function forgottenSent(email: string, t: Translator): Html {
  return door(t.reset.sentTitle, t.reset.sent(email), linkButton({ href: paths.login, label: t.reset.back }))
}

/** Choosing a new password. Sends `password`. */
export function resetForm(
  { action, email, error }: Readonly<{ action: string; email: string; error?: string | undefined }>,
  t: Translator,
): Html {
  const words = t.reset
  return door(
    words.newTitle,
    words.newLead(email),
    html`${error && flash({ kind: 'problem', text: t.formProblems(1) })}
    <form class="form" method="post" action="${action}">
      <input type="email" name="email" value="${email}" autocomplete="username" hidden>
      ${textField({
        name: 'password',
        label: t.pages.loginSettings.next,
        hint: t.setup.passwordHint(minPasswordCharacters),
        type: 'password',
        autocomplete: 'new-password',
        isRequired: true,
        minLength: minPasswordCharacters,
        hasFocus: true,
        error,
      })}
      ${button({ label: words.newSubmit, kind: 'primary', class: 'button--wide' })}
    </form>`,
  )
}

/** A link that was used, has expired or was not copied whole. */
export function resetOver({ isMailed }: Post, t: Translator): Html {
  const words = t.reset
  const again = isMailed ? { href: paths.forgotten, label: words.again } : { href: paths.login, label: words.back }
  return door(words.overTitle, isMailed ? words.over : words.noMail, linkButton(again))
}

function door(title: string, lead: string, rest: Html): Html {
  return html`<section class="door">
    <h1 class="title">${title}</h1>
    <p class="lead">${lead}</p>
    ${rest}
  </section>`
}
