import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type EmojiValue, emojiText } from './emoji.ts'

/** An emoji with which others have reacted; `picture` of a `:shortcode:`, if there is one. */
export type ReactionValue = Readonly<{ emoji: string; count: number; picture: EmojiValue | null }>

/** The emojis with which others have reacted to a post, each with how many. */
export function reactionRow(reactions: readonly ReactionValue[], t: Translator): Html | null {
  if (reactions.length === 0) return null
  return html`<ul class="post__reactions" aria-label="${t.post.reactions}">${reactions.map((one) => html`<li class="tally">${reactionEmoji(one)}<span aria-hidden="true">${t.format.number(one.count)}</span><span class="visually-hidden"> – ${t.post.reactedBy(one.count)}</span></li>`)}</ul>`
}

/** One of them by itself. */
export function reactionEmoji({ emoji, picture }: Omit<ReactionValue, 'count'>): Html {
  return picture ? emojiText(emoji, [picture]) : html`${emoji}`
}
