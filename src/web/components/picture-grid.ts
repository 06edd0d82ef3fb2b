import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type EmojiValue, emojiText } from './emoji.ts'
import { icon } from './icon.ts'
import { coveredPicture, type PictureValue, picture, ratioClass } from './picture.ts'

/** One post in a grid: its first picture, or its words when it has none. */
export type GridItem = Readonly<{
  href: string
  /** Who published it, for the name of the link when nobody described the picture. */
  authorName: string
  picture: PictureValue | null
  pictureCount: number
  /** The beginning of the text, as plain text. */
  excerpt: string
  /** Those in the excerpt. */
  emojis?: readonly EmojiValue[]
  /** The reader is asked before seeing it. */
  isCovered: boolean
  /** It asks something. */
  hasPoll?: boolean
  /** The titles of the reader's filters that ask before it is shown; null when there are none. */
  filteredBy: string | null
  /** It stands before what is newer. */
  isPinned: boolean
}>

// The first row, at every width: fetched at once, since it is what a visitor sees first.
const firstRow = 3

/** Posts as equal tiles, three in a row on a phone and more on wide screens: the rhythm of a profile. */
export function pictureGrid(items: readonly GridItem[], t: Translator): Html {
  return html`<ul class="grid">${items.map((item, index) => html`<li class="grid__tile">${tile(item, index, t)}</li>`)}</ul>`
}

function tile(item: GridItem, index: number, t: Translator): Html {
  if (!item.picture)
    return html`<a class="grid__link grid__link--words" href="${item.href}"><span class="grid__words">${item.filteredBy ? t.post.filtered(item.filteredBy) : emojiText(item.excerpt, item.emojis)}</span>${pinned(item, t)}${item.hasPoll && html`<span class="grid__several">${icon('poll')}<span class="visually-hidden">${t.poll.label}</span></span>`}</a>`
  return html`<a class="grid__link" href="${item.href}">${
    item.isCovered
      ? coveredPicture(item.picture, t)
      : picture(
          item.picture,
          {
            sizes: '(min-width: 64rem) 360px, 33vw',
            isCropped: true,
            isFirst: index < firstRow,
            alt: linkName(item, t),
          },
          t,
        )
  }${pinned(item, t)}${several(item, t)}</a>`
}

/** Pictures in rows of one height, each in its own proportion: the front page. */
export function pictureMosaic(items: readonly GridItem[], t: Translator): Html {
  const shown = items.flatMap((item) => (item.picture && !item.isCovered ? [{ item, value: item.picture }] : []))
  return html`<ul class="mosaic">${shown.map(
    ({ item, value }, index) =>
      html`<li class="mosaic__tile ${ratioClass(value)}"><a class="mosaic__link" href="${item.href}">${picture(
        value,
        { sizes: '(min-width: 48rem) 33vw, 50vw', isCropped: true, isFirst: index < firstRow, alt: linkName(item, t) },
        t,
      )}<span class="mosaic__author" aria-hidden="true">${item.authorName}</span></a></li>`,
  )}</ul>`
}

function pinned(item: GridItem, t: Translator): Html | null {
  if (!item.isPinned) return null
  return html`<span class="grid__pinned">${icon('pin')}<span class="visually-hidden">${t.post.pinned}</span></span>`
}

function several(item: GridItem, t: Translator): Html | null {
  if (item.pictureCount < 2) return null
  return html`<span class="grid__several">${icon('images')}<span class="visually-hidden">${t.picture.more(item.pictureCount)}</span></span>`
}

function linkName(item: GridItem, t: Translator): string {
  return item.picture?.alt || item.excerpt || t.picture.by(item.authorName)
}
