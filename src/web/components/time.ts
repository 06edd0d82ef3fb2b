import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'

/** A moment as people say it ("yesterday"), with the exact one behind it. The exact one is in UTC until the page is enhanced. */
export function timeOf(moment: Date, now: Date, t: Translator): Html {
  return html`<time datetime="${moment.toISOString()}" title="${t.format.dateTime(moment)}">${t.format.relative(moment, now)}</time>`
}
