import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { postButton } from './button.ts'
import { selectField } from './field.ts'

/** Who may answer, in the words of the form. */
export const replyChoices = ['public', 'asked', 'followers', 'named'] as const

/** The field `reply_policy`. */
export function replyPolicyField(chosen: (typeof replyChoices)[number], t: Translator): Html {
  const words = t.answering
  const choices = replyChoices.map((value) => ({ value, label: words.policies[value] }))
  return selectField({ name: 'reply_policy', label: words.usually, hint: words.usuallyHint, value: chosen, choices })
}

/** What the author of an answered post can say: a yes where one is asked for, and a no. */
export type ReplyAnswerValue = Readonly<{ allowAction: string | null; refuseAction: string }>

/** The buttons for whoever is answered. */
export function replyAnswer({ allowAction, refuseAction }: ReplyAnswerValue, t: Translator): Html {
  const words = t.answering
  return html`<div class="consent">
    ${allowAction && html`<p>${words.asks}</p>${postButton({ action: allowAction, label: words.allow, kind: 'primary' })}`}
    ${postButton({ action: refuseAction, label: allowAction ? words.refuse : words.revoke })}
  </div>`
}
