import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { postButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import { type PictureValue, picture } from './picture.ts'
import { timeOf } from './time.ts'

/** Somebody who asks to follow, with what helps to decide. */
export type FollowRequestValue = Readonly<{
  actor: ActorValue
  requestedAt: Date
  /** A sentence that was sent along. */
  note: string | null
  accountSince: Date | null
  postsCount: number
  /** How many of those whom we follow already follow this person. */
  mutualsCount: number
  /** Nobody of that server has asked before. */
  isFirstFromHost: boolean
  /** The last public pictures, three at most. */
  latestPictures: readonly PictureValue[]
  approveAction: string
  refuseAction: string
}>

/** The page of those who wait. */
export type FollowRequestsValue = Readonly<{
  /** Whose followers they would be. */
  actor: ActorValue
  requests: readonly FollowRequestValue[]
  pager: PagerValue
  now: Date
}>

/** Those who wait, each with a yes and a no; or the calm of nobody waiting. */
export function followRequestList(value: FollowRequestsValue, t: Translator): Html {
  const { actor, requests, now } = value
  const list = html`<p class="lead">${t.requests.lead(nameOf(actor))}</p>
    <ul class="requests">${requests.map((request) => html`<li class="request">${requestRow(request, now, t)}</li>`)}</ul>
    ${pager(value.pager, t)}`
  const nobody = emptyState({
    icon: 'requests',
    title: t.requests.emptyTitle,
    text: t.requests.emptyText,
    action: { href: actor.href, label: t.requests.emptyAction },
  })
  return html`<h1 class="title">${t.requests.title}</h1>${requests.length > 0 ? list : nobody}`
}

function requestRow(request: FollowRequestValue, now: Date, t: Translator): Html {
  const name = nameOf(request.actor)
  return html`<div class="request__who">
      ${actorLine(request.actor, { size: 'l', after: known(request, now, t) })}
      ${request.note && html`<blockquote class="request__note">${request.note}</blockquote>`}
      ${latest(request, t)}
    </div>
    <div class="request__answers">
      ${postButton({ action: request.approveAction, label: t.requests.approve, accessibleName: t.requests.approveOf(name), kind: 'primary', icon: 'check' })}
      ${postButton({ action: request.refuseAction, label: t.requests.refuse, accessibleName: t.requests.refuseOf(name) })}
    </div>`
}

function known(request: FollowRequestValue, now: Date, t: Translator): Html {
  return html`<ul class="request__facts">
    <li>${timeOf(request.requestedAt, now, t)}</li>
    ${request.mutualsCount > 0 && html`<li class="request__fact--good">${t.requests.mutuals(request.mutualsCount)}</li>`}
    ${request.accountSince && html`<li>${t.requests.since(t.format.date(request.accountSince))}</li>`}
    <li>${t.requests.posts(request.postsCount)}</li>
    ${request.isFirstFromHost && html`<li>${t.requests.newServer}</li>`}
  </ul>`
}

function latest(request: FollowRequestValue, t: Translator): Html | null {
  if (request.latestPictures.length === 0) return null
  const alt = t.picture.by(nameOf(request.actor))
  return html`<ul class="request__pictures">${request.latestPictures
    .slice(0, 3)
    .map(
      (value) => html`<li>${picture(value, { sizes: '120px', isCropped: true, alt: value.alt || alt }, t)}</li>`,
    )}</ul>`
}
