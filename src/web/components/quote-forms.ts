import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { button, postButton } from './button.ts'
import { disclosure } from './disclosure.ts'
import { selectField } from './field.ts'

/** Who may quote a post, in the words of the form. */
export const quoteChoices = ['public', 'asked', 'followers', 'nobody'] as const

/** Who may quote a post: what is chosen, and where another choice is posted to as `quote_policy`. */
export type QuotePolicyValue = Readonly<{ action: string; chosen: (typeof quoteChoices)[number] }>

/** What the author of a quoted post can say: a yes where one is asked for, and a no. */
export type QuoteAnswerValue = Readonly<{
  allowAction: string | null
  refuseAction: string
  /** The place to which one goes back; left out where that is the page of the post. */
  next?: string
}>

/** The field `quote_policy`. */
export function quotePolicyField(
  chosen: QuotePolicyValue['chosen'],
  t: Translator,
  label: string = t.quotes.who,
): Html {
  const choices = quoteChoices.map((value) => ({ value, label: t.quotes.policies[value] }))
  return selectField({ name: 'quote_policy', label, value: chosen, choices })
}

/** The author's choice of who may quote a post that is there. */
export function quotePolicyForm({ action, chosen }: QuotePolicyValue, t: Translator): Html {
  const body = html`<form class="quote-policy" method="post" action="${action}">
    ${quotePolicyField(chosen, t)}
    ${button({ label: t.quotes.save })}
  </form>`
  return disclosure({ name: 'way', summary: t.quotes.who, body })
}

/** The buttons for whoever is quoted. */
export function quoteAnswer({ allowAction, refuseAction, next }: QuoteAnswerValue, t: Translator): Html {
  const words = t.quotes
  const fields: Record<string, string> = next === undefined ? {} : { next }
  return html`<div class="consent">
    ${allowAction && html`<p>${words.asks}</p>${postButton({ action: allowAction, fields, label: words.allow, kind: 'primary' })}`}
    ${postButton({ action: refuseAction, fields, label: allowAction ? words.refuse : words.revoke })}
  </div>`
}
