import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { icon } from './icon.ts'

/** Where the neighbours of a page are; null where it ends. */
export type PagerValue = Readonly<{ newerHref: string | null; olderHref: string | null }>

/** Links to newer and older; nothing when all fits on one page. */
export function pager({ newerHref, olderHref }: PagerValue, t: Translator): Html | null {
  if (!newerHref && !olderHref) return null
  return html`<nav class="pager" aria-label="${t.pager.label}">
    ${newerHref && html`<a class="pager__link" rel="prev" href="${newerHref}">${icon('left')}${t.pager.newer}</a>`}
    ${olderHref && html`<a class="pager__link pager__link--older" rel="next" href="${olderHref}">${t.pager.older}${icon('right')}</a>`}
  </nav>`
}
