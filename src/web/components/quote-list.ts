import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import type { PostValue } from './post.ts'
import { postCard } from './post-card.ts'
import { type QuoteAnswerValue, quoteAnswer } from './quote-forms.ts'
import { tabs } from './tabs.ts'

/** The posts that quote one post. */
export type QuoteListValue = Readonly<{
  /** The page of the quoted post. */
  postHref: string
  quotes: readonly Readonly<{ post: PostValue; answer: QuoteAnswerValue | null }>[]
  /** Whether those are shown that ask; null for whoever has not to answer them. */
  isWaiting: boolean | null
  /** Of those that ask; 0 where nobody may answer. */
  waitingCount: number
  listHref: string
  pager: PagerValue
  now: Date
}>

/** Each quote as a card, with what the author of the quoted post can say to it. */
export function quoteList(value: QuoteListValue, t: Translator): Html {
  const words = t.quotes.list
  const { quotes, isWaiting, listHref } = value
  const views =
    isWaiting !== null &&
    tabs(words.views, [
      { href: listHref, label: words.shown, isCurrent: !isWaiting },
      { href: `${listHref}?waiting=true`, label: words.waiting(value.waitingCount), isCurrent: isWaiting },
    ])
  const items = quotes.map(
    ({ post, answer }) => html`<li>${postCard(post, value.now, t)}${answer && quoteAnswer(answer, t)}</li>`,
  )
  const empty = isWaiting ? words.emptyWaiting : words.empty
  const nobody = emptyState({ icon: 'quote', title: empty.title, text: empty.text })
  return html`<h1 class="title reading__title">${words.title}</h1>
    <p class="lead"><a href="${value.postHref}">${words.back}</a></p>
    ${views}
    ${items.length > 0 ? html`<ol class="reading__list">${items}</ol>` : nobody}
    ${pager(value.pager, t)}`
}
