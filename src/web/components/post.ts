import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { postButton } from './button.ts'
import { copyable, dialog, disclosure } from './disclosure.ts'
import { type EmojiValue, emojiText } from './emoji.ts'
import { icon } from './icon.ts'
import { type LinkCardValue, linkCard } from './link-card.ts'
import { coveredPicture, type PictureValue, picture, ratioClass } from './picture.ts'
import { type PollValue, pollBox } from './poll.ts'
import { actionBar, type PostActions } from './post-actions.ts'
import { type PostedValue, postedList, spotsOn } from './product-card.ts'
import { type QuoteValue, quoteCard } from './quote-card.ts'
import { quoteAnswer, quotePolicyForm } from './quote-forms.ts'
import { type ReactionValue, reactionRow } from './reactions.ts'
import { replyAnswer } from './reply-forms.ts'
import { timeOf } from './time.ts'

/** Who may read a post. */
export type Visibility = 'public' | 'unlisted' | 'followers' | 'direct'

/** A post as pages show it. */
export type PostValue = Readonly<{
  id: string
  /** Its page here. */
  href: string
  author: ActorValue
  /** The text, sanitised. */
  contentHtml: Html
  language: string | null
  spoilerText: string
  isSensitive: boolean
  /** The titles of the reader's filters that ask before it is shown; null when there are none. */
  filteredBy: string | null
  /** It stands first on its author's profile, before what is newer. */
  isPinned: boolean
  pictures: readonly PictureValue[]
  poll: PollValue | null
  /** The page to which it links. */
  card: LinkCardValue | null
  /** What it shows for sale. */
  products: readonly PostedValue[]
  /** What it quotes; null when it quotes nothing. */
  quote: QuoteValue | null
  /** Those in its warning. */
  emojis?: readonly EmojiValue[]
  visibility: Visibility
  publishedAt: Date
  editedAt: Date | null
  likesCount: number
  boostsCount: number
  /** With which emojis others have reacted. */
  reactions: readonly ReactionValue[]
  inReplyTo: Readonly<{ name: string; href: string }> | null
  /** Who passed it on, where it stands because of that; a group does not pass on, it is where the post was written. */
  boostedBy: Readonly<{ name: string; href: string; isGroup: boolean }> | null
  /** The group whose members alone read it; null for what is not said in a private group. */
  readers: string | null
  /** Nothing may be answered any more where it belongs. */
  isLocked: boolean
  /** Where the post is at home, for posts of other servers. */
  original: Readonly<{ href: string; host: string }> | null
  /** What can be done with it where it stands in a list; null where that is left to its page. */
  actions: PostActions | null
}>

/** Where and when a post is shown. */
export type PostScene = Readonly<{ now: Date; actions: PostActions }>

/** The page of one post: the pictures first and large, beside them who, what and when. */
export function postArticle(post: PostValue, scene: PostScene, t: Translator): Html {
  const isWordsOnly = post.pictures.length === 0
  return html`<article class="post${isWordsOnly ? ' post--words' : ''}">
    <h1 class="visually-hidden">${t.post.by(nameOf(post.author))}</h1>
    ${!isWordsOnly && plates(post, t)}
    <div class="post__side">
      ${actorLine(post.author, { size: 'm' })}
      ${inReplyTo(post, t)}
      ${lockedLine(post, t)}
      ${postBody(post, scene.now, t)}
      ${postedList(post.products, { isNumbered: true }, t)}
      ${facts(post, scene.now, t)}
      ${reactionRow(post.reactions, t)}
      ${scene.actions.quoteAnswer && quoteAnswer(scene.actions.quoteAnswer, t)}
      ${scene.actions.replyAnswer && replyAnswer(scene.actions.replyAnswer, t)}
      ${actionBar(post, scene.actions, t)}
      ${ways(post, scene.actions, t)}
    </div>
  </article>`
}

/** What a post says and asks: the words behind its warning when it has one, everything behind the filter that found it. */
export function postBody(post: PostValue, now: Date, t: Translator): Html | null {
  const poll = post.poll && pollBox(post.poll, now, t)
  if (!post.filteredBy) return html`${postText(post, now, t)}${poll}`
  const spoiler = post.spoilerText && html`<p class="post__spoiler">${spoilerOf(post)}</p>`
  const line = html`${t.post.filtered(post.filteredBy)}`
  const words = saidBy(post, now, t)
  if (!words && !spoiler && !poll) return html`<p class="post__spoiler">${line}</p>`
  return behind(line, html`${spoiler}${words}${poll}`, t)
}

function postText(post: PostValue, now: Date, t: Translator): Html | null {
  const words = saidBy(post, now, t)
  if (!words) return post.spoilerText ? html`<p class="post__spoiler">${spoilerOf(post)}</p>` : null
  if (!post.spoilerText) return words
  return behind(html`<span class="visually-hidden">${t.post.warning} – </span>${spoilerOf(post)}`, words, t)
}

function spoilerOf({ spoilerText, emojis }: PostValue): Html {
  return emojiText(spoilerText, emojis)
}

/** The words, the page to which they lead, and what they quote. */
function saidBy(post: PostValue, now: Date, t: Translator): Html | null {
  const words = wordsOf(post)
  const quote = post.quote && quoteCard(post.quote, now, t)
  return words || quote ? html`${words}${post.card && linkCard(post.card, t)}${quote}` : null
}

/** The link to what is quoted is for programs that do not show that. */
function wordsOf({ contentHtml, language, quote }: PostValue): Html | null {
  if (contentHtml.toString() === '') return null
  const isShown = quote !== null && 'quoted' in quote
  return html`<div class="prose${isShown ? ' prose--quoting' : ''}"${attributes({ lang: language })}>${contentHtml}</div>`
}

function behind(line: Html, body: Html, t: Translator): Html {
  const summary = html`<span class="warning__line">${icon('warning')}<span>${line}</span></span><span class="warning__read">${t.post.showText}</span>`
  return disclosure({ name: 'warning', summary, body })
}

/** "In answer to …", with the way there. */
export function inReplyTo(post: PostValue, t: Translator): Html | null {
  if (!post.inReplyTo) return null
  return html`<p class="post__parent">${icon('reply')}<a href="${post.inReplyTo.href}">${t.post.inAnswerTo(post.inReplyTo.name)}</a></p>`
}

/** "Boosted by …", with the way to who did it; or "in …", when that is a group. */
export function boostedBy({ boostedBy: booster }: PostValue, t: Translator): Html | null {
  if (!booster) return null
  const { name, href, isGroup } = booster
  const words = isGroup ? t.reading.inGroup(name) : t.reading.boostedBy(name)
  return html`<p class="post__parent">${!isGroup && icon('boost')}<a href="${href}">${words}</a></p>`
}

/** That nothing may be answered any more. */
export function lockedLine({ isLocked }: PostValue, t: Translator): Html | null {
  return isLocked ? html`<p class="post__parent">${icon('lock')}${t.reading.locked}</p>` : null
}

/** Whether the reader is asked before the pictures are shown. */
export function isCovered(post: Pick<PostValue, 'isSensitive' | 'spoilerText' | 'filteredBy'>): boolean {
  return post.isSensitive || post.spoilerText !== '' || post.filteredBy !== null
}

function plates(post: PostValue, t: Translator): Html {
  const total = post.pictures.length
  const all = post.pictures.map((value, index) =>
    plate(value, { index, total, spots: spotsOn(post.products, index, t) }, t),
  )
  const [first] = post.pictures
  if (!first || !isCovered(post)) return html`<div class="post__pictures">${all}</div>`
  const cover = html`<span class="veil__cover">${coveredPicture(first, t)}<span class="veil__open">${t.picture.show}</span></span><span class="veil__close">${t.picture.hide}</span>`
  return html`<div class="post__pictures">${disclosure({ name: 'veil', class: ratioClass(first), summary: cover, body: html`<div class="veil__body">${all}</div>` })}</div>`
}

function plate(value: PictureValue, place: { index: number; total: number; spots: Html | null }, t: Translator): Html {
  const sizes = '(min-width: 64rem) 62vw, 100vw'
  const shown = picture(value, { sizes, isFirst: place.index === 0 }, t)
  const name =
    place.total > 1 ? `${t.picture.enlarge} – ${t.picture.position(place.index + 1, place.total)}` : t.picture.enlarge
  const link = value.src
    ? html`<a class="plate__link" href="${value.src}">${shown}<span class="visually-hidden">${name}</span></a>`
    : shown
  return html`<figure class="plate ${ratioClass(value)}">
    ${place.spots ? html`<div class="plate__spotted">${link}${place.spots}</div>` : link}
    ${value.alt && disclosure({ name: 'alt', summary: t.picture.description, body: html`<p>${value.alt}</p>` })}
  </figure>`
}

/** Who reads it. */
export function readersOf({ visibility, readers }: PostValue, t: Translator): string {
  return readers === null ? t.visibility[visibility].name : t.reading.membersOf(readers)
}

function facts(post: PostValue, now: Date, t: Translator): Html {
  return html`<p class="post__facts">
    <a class="post__when" href="${post.href}">${timeOf(post.publishedAt, now, t)}</a>
    <span class="post__who">${icon(post.visibility)}${readersOf(post, t)}</span>
    ${post.editedAt && html`<span title="${t.format.dateTime(post.editedAt)}">${t.post.edited(t.format.relative(post.editedAt, now))}</span>`}
  </p>`
}

function ways(post: PostValue, actions: PostActions, t: Translator): Html {
  const elsewhere = actions.answerFrom && html`<p>${t.post.elsewhereText}</p>${copyable(actions.answerFrom, t)}`
  return html`${elsewhere && disclosure({ name: 'way', summary: t.post.elsewhereTitle, body: elsewhere })}
    ${post.original && html`<p class="post__original"><a href="${post.original.href}" rel="noopener">${t.post.original(post.original.host)}${icon('external')}</a></p>`}
    ${actions.quotePolicy && quotePolicyForm(actions.quotePolicy, t)}
    ${actions.deleteAction && deletion(actions.deleteAction, t)}`
}

function deletion(action: string, t: Translator): Html {
  const confirm = postButton({ action, label: t.post.deleteConfirm, kind: 'danger' })
  return dialog(
    { id: 'delete-post', title: t.post.deleteTitle, body: html`<p>${t.post.deleteText}</p>`, actions: confirm },
    t,
  )
}
