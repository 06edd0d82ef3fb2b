import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { address, nameOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { icon } from './icon.ts'
import { coveredPicture, type PictureValue, picture, ratioClass } from './picture.ts'
import { boostedBy, inReplyTo, isCovered, lockedLine, type PostValue, postBody, readersOf } from './post.ts'
import { actionBar } from './post-actions.ts'
import { postedList } from './product-card.ts'
import { timeOf } from './time.ts'

/** A post in a conversation or a list: small, whole, and with the way to its page. */
export function postCard(post: PostValue, now: Date, t: Translator): Html {
  return html`<article class="card" id="post-${post.id}">
    ${avatar(post.author, 'm')}
    <div class="card__body">
      <header class="card__head">
        <a class="actor__name" href="${post.author.href}"><bdi>${shownName(post.author)}</bdi></a>
        ${address(post.author)}
        ${audience(post, t)}
        <a class="card__when" href="${post.href}">${timeOf(post.publishedAt, now, t)}</a>
      </header>
      ${post.isPinned && html`<p class="post__parent">${icon('pin')}${t.post.pinned}</p>`}
      ${boostedBy(post, t)}
      ${inReplyTo(post, t)}
      ${lockedLine(post, t)}
      ${postBody(post, now, t)}
      ${strip(post, t)}
      ${!isCovered(post) && postedList(post.products, { isNumbered: false }, t)}
      ${post.actions ? actionBar(post, post.actions, t) : tallies(post, t)}
    </div>
  </article>`
}

/** Whoever passes something on must know that it is not for everybody. */
function audience(post: PostValue, t: Translator): Html | null {
  const { visibility } = post
  if (visibility === 'public' || visibility === 'unlisted') return null
  return html`<span class="card__audience">${icon(visibility)}${readersOf(post, t)}</span>`
}

/** What came before and after a post in its conversation. */
export function conversation(
  parts: Readonly<{ title: string; posts: readonly PostValue[] }>,
  now: Date,
  t: Translator,
): Html {
  return html`<section class="conversation">
    <h2 class="conversation__title">${parts.title}</h2>
    <ol class="conversation__list">${parts.posts.map((post) => html`<li>${postCard(post, now, t)}</li>`)}</ol>
  </section>`
}

function strip(post: PostValue, t: Translator): Html | null {
  if (post.pictures.length === 0) return null
  return html`<div class="strip">${post.pictures.map(
    (value) =>
      html`<a class="strip__link ${ratioClass(value)}" href="${post.href}">${stripPicture(post, value, t)}</a>`,
  )}</div>`
}

function stripPicture(post: PostValue, value: PictureValue, t: Translator): Html {
  if (isCovered(post)) return coveredPicture(value, t)
  return picture(
    value,
    { sizes: '(min-width: 48rem) 300px, 60vw', isCropped: true, alt: value.alt || t.picture.by(nameOf(post.author)) },
    t,
  )
}

function tallies(post: PostValue, t: Translator): Html | null {
  if (post.likesCount + post.boostsCount === 0) return null
  return html`<p class="card__tallies">
    ${post.likesCount > 0 && html`<span class="tally">${icon('like')}${t.post.likes(post.likesCount)}</span>`}
    ${post.boostsCount > 0 && html`<span class="tally">${icon('boost')}${t.post.boosts(post.boostsCount)}</span>`}
  </p>`
}
