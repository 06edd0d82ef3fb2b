import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { type PictureValue, picture } from './picture.ts'

/** What is known of the page to which a post links. */
export type LinkCardValue = Readonly<{
  href: string
  /** The name of the site, or its host. */
  site: string
  title: string
  description: string
  author: string
  language: string | null
  /** Our copy of its picture; null where there is none, or where it is not to be shown. */
  picture: PictureValue | null
}>

/** A linked page, as one quiet link below what is said of it. */
export function linkCard(card: LinkCardValue, t: Translator): Html {
  const { href, title, description, author, language } = card
  const byline = [card.site, author].filter(Boolean).join(' · ')
  return html`<a class="link-card" href="${href}" rel="nofollow noopener noreferrer" target="_blank">
    ${card.picture && html`<span class="link-card__picture">${picture(card.picture, { sizes: '(min-width: 48rem) 9rem, 30vw', isCropped: true }, t)}</span>`}
    <span class="link-card__words">
      <span class="visually-hidden">${t.post.linked}</span>
      <span class="link-card__site"><bdi>${byline}</bdi></span>
      <span class="link-card__title"${attributes({ lang: language })}>${title}</span>
      ${description && html`<span class="link-card__about"${attributes({ lang: language })}>${description}</span>`}
    </span>
  </a>`
}
