import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type EmptyValue, emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import type { PostValue } from './post.ts'
import { postCard } from './post-card.ts'
import { type Tab, tabs } from './tabs.ts'

/** Posts one under the other, with what stands around them. */
export type ReadingListValue = Readonly<{
  title: string
  lead: string | undefined
  head: Html | undefined
  views: Readonly<{ label: string; tabs: readonly Tab[] }> | undefined
  posts: readonly PostValue[]
  pager: PagerValue
  empty: EmptyValue
  now: Date
}>

/** A page for reading: one column of posts; or why there are none. */
export function readingList(value: ReadingListValue, t: Translator): Html {
  const { title, lead, head, views, posts, empty } = value
  return html`<h1 class="title reading__title">${title}</h1>
    ${lead && html`<p class="lead">${lead}</p>`}
    ${head}
    ${views && tabs(views.label, views.tabs)}
    ${posts.length > 0 ? cards(posts, value.now, t) : emptyState(empty)}
    ${pager(value.pager, t)}`
}

/** Posts one under the other. */
export function cards(posts: readonly PostValue[], now: Date, t: Translator): Html {
  return html`<ol class="reading__list">${posts.map((post) => html`<li>${postCard(post, now, t)}</li>`)}</ol>`
}
