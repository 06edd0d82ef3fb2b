import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { type ActorValue, address, shownName } from './actor.ts'
import { type EmojiValue, emojiText } from './emoji.ts'
import { icon } from './icon.ts'
import { type PictureValue, picture } from './picture.ts'
import { timeOf } from './time.ts'

/** Why nothing of a quoted post is shown. */
export type QuoteAbsence =
  | 'pending'
  | 'rejected'
  | 'revoked'
  | 'deleted'
  | 'unauthorized'
  | 'blocked_account'
  | 'blocked_domain'
  | 'muted_account'

/** A post as another one quotes it. */
export type QuotedValue = Readonly<{
  href: string
  author: ActorValue
  /** The beginning of its words; of a post with a warning or behind a filter, that. */
  excerpt: string
  /** Those in the excerpt. */
  emojis?: readonly EmojiValue[]
  language: string | null
  /** Its first picture; null where there is none, or the reader is asked first. */
  picture: PictureValue | null
  publishedAt: Date
}>

/** What a post quotes, or why that is not shown. */
export type QuoteValue = Readonly<{ absence: QuoteAbsence } | { quoted: QuotedValue }>

/** What a post quotes, as one quiet link below its words, or a line that says why it is not there. */
export function quoteCard(quote: QuoteValue, now: Date, t: Translator): Html {
  if ('absence' in quote)
    return html`<p class="quote quote--absent">${icon('quote')}${t.quotes.absent[quote.absence]}</p>`
  const { href, author, excerpt, emojis, language, publishedAt } = quote.quoted
  return html`<blockquote class="quote" cite="${href}"><a class="quote__link" href="${href}">
    ${quote.quoted.picture && html`<span class="quote__picture">${picture(quote.quoted.picture, { sizes: '6rem', isCropped: true }, t)}</span>`}
    <span class="quote__words">
      <span class="quote__head"><span class="visually-hidden">${t.quotes.quoted} </span><bdi class="quote__name">${shownName(author)}</bdi> ${address(author)} ${timeOf(publishedAt, now, t)}</span>
      ${excerpt && html`<span class="quote__text"${attributes({ lang: language })}>${emojiText(excerpt, emojis)}</span>`}
    </span>
  </a></blockquote>`
}
