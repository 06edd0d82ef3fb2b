import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { button, linkButton, postButton } from './button.ts'
import { icon } from './icon.ts'
import { type MenuItem, moreMenu } from './more-menu.ts'
import type { QuoteAnswerValue, QuotePolicyValue } from './quote-forms.ts'
import type { ReplyAnswerValue } from './reply-forms.ts'

/** A switch that posts to `action`; pressing it again takes it back. */
export type ToggleValue = Readonly<{ action: string; isOn: boolean }>

/** What the viewer may do with a post; what is left out is not offered. */
export type PostActions = Readonly<{
  /** Where an answer is written. */
  answerHref?: string
  like?: ToggleValue
  boost?: ToggleValue
  bookmark?: ToggleValue
  /** Shows the post first on the viewer's profile. */
  pin?: ToggleValue
  /** Tells nothing more of the conversation. */
  mute?: ToggleValue
  editHref?: string
  /** Where the deletion is posted to; the reader is asked first. */
  deleteAction?: string
  /** Where a post that quotes this one is written. */
  quoteHref?: string
  /** The posts that quote it. */
  quotesHref?: string
  /** Who may quote it, and where another choice is posted to. */
  quotePolicy?: QuotePolicyValue
  /** What the author of what it quotes can answer. */
  quoteAnswer?: QuoteAnswerValue
  /** What the author of what it answers can say to it. */
  replyAnswer?: ReplyAnswerValue
  /** What can be done about the author. */
  authorHref?: string
  reportHref?: string
  /** The address to paste into one's own app: for visitors, so that no page is a dead end. */
  answerFrom?: string
  /** The place to which one goes back; left out where that is the page of the post. */
  next?: string
}>

type Counted = Readonly<{ likesCount: number; boostsCount: number }>

/** What is done often, beside the post; null where nothing is offered and nothing was counted. */
export function actionBar(post: Counted, actions: PostActions, t: Translator): Html | null {
  const { answerHref, next } = actions
  const parts = [
    // In a list there is little room, and the same four signs stand under each post.
    answerHref &&
      linkButton({
        href: answerHref,
        label: t.pages.answer,
        icon: 'reply',
        kind: 'quiet',
        isIconOnly: next !== undefined,
      }),
    counted({ name: 'like', count: post.likesCount, toggle: actions.like, next }, t),
    counted({ name: 'boost', count: post.boostsCount, toggle: actions.boost, next }, t),
    actions.bookmark && kept(actions.bookmark, next, t),
    manage(actions, t),
    moreMenu(t.reading.more, rareActions(actions, t)),
  ].filter(Boolean)
  return parts.length > 0 ? html`<div class="post__actions">${parts}</div>` : null
}

function manage({ editHref, deleteAction }: PostActions, t: Translator): Html | null {
  if (!editHref && !deleteAction) return null
  return html`<div class="post__manage">
    ${editHref && linkButton({ href: editHref, label: t.post.edit, icon: 'edit', kind: 'quiet' })}
    ${deleteAction && button({ label: t.post.delete, icon: 'trash', kind: 'quiet', popover: 'delete-post' })}
  </div>`
}

type Tallied = Readonly<{
  name: 'like' | 'boost'
  count: number
  toggle: ToggleValue | undefined
  next: string | undefined
}>

function counted({ name, count, toggle, next }: Tallied, t: Translator): Html | null {
  const words = {
    like: { on: t.post.unlike, off: t.post.like, count: t.post.likes },
    boost: { on: t.post.unboost, off: t.post.boost, count: t.post.boosts },
  }[name]
  if (!toggle) return count > 0 ? html`<span class="tally">${icon(name)}${words.count(count)}</span>` : null
  const label = toggle.isOn ? words.on : words.off
  return postButton({
    action: toggle.action,
    fields: back(next),
    label: count > 0 ? words.count(count) : label,
    accessibleName: count > 0 ? `${label}, ${words.count(count)}` : label,
    icon: name,
    kind: 'quiet',
    class: toggle.isOn ? 'button--on' : '',
  })
}

function kept({ action, isOn }: ToggleValue, next: string | undefined, t: Translator): Html {
  const label = isOn ? t.reading.unbookmark : t.reading.bookmark
  const look = { label, icon: 'bookmark', kind: 'quiet', isIconOnly: true, class: isOn ? 'button--on' : '' } as const
  return postButton({ action, fields: back(next), ...look })
}

function back(next: string | undefined): Record<string, string> {
  return next === undefined ? {} : { next }
}

function rareActions(
  { quoteHref, quotesHref, pin, mute, authorHref, reportHref }: PostActions,
  t: Translator,
): MenuItem[] {
  const words = t.reading
  return [
    ...(quoteHref ? [{ label: t.quotes.quote, icon: 'quote', href: quoteHref } as const] : []),
    ...(quotesHref ? [{ label: t.quotes.list.link, icon: 'list', href: quotesHref } as const] : []),
    ...(pin ? [{ label: pin.isOn ? words.unpin : words.pin, icon: 'pin', action: pin.action } as const] : []),
    ...(mute
      ? [{ label: mute.isOn ? words.unmuteThread : words.muteThread, icon: 'bell', action: mute.action } as const]
      : []),
    ...(authorHref ? [{ label: words.author, icon: 'profile', href: authorHref } as const] : []),
    ...(reportHref ? [{ label: words.report, icon: 'warning', href: reportHref } as const] : []),
  ]
}
