import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { button } from './button.ts'
import { type EmojiValue, emojiText } from './emoji.ts'
import { icon } from './icon.ts'
import { timeOf } from './time.ts'

/** A poll as pages show it. */
export type PollValue = Readonly<{
  /** Tells the fields of several polls on one page apart. */
  id: string
  /** Where a vote is posted to, as `choice` with the number of an option; null for whoever cannot vote, or has done so. */
  voteAction: string | null
  isMultiple: boolean
  isExpired: boolean
  endsAt: Date | null
  votes: number
  /** People who voted, where that is known. */
  voters: number | null
  /** `votes` is null as long as it is hidden. */
  options: readonly Readonly<{ title: string; votes: number | null; isMine: boolean }>[]
  /** Those in the options. */
  emojis?: readonly EmojiValue[]
}>

/** A poll: a form for who may vote, else what was voted, as bars with their numbers beside them. */
export function pollBox(poll: PollValue, now: Date, t: Translator): Html {
  const body = poll.voteAction === null ? results(poll, t) : ballot(poll, poll.voteAction, t)
  return html`<section class="poll" aria-label="${t.poll.label}">${body}${facts(poll, now, t)}</section>`
}

function ballot(poll: PollValue, action: string, t: Translator): Html {
  const type = poll.isMultiple ? 'checkbox' : 'radio'
  const choices = poll.options.map(({ title }, index) => {
    const id = `poll-${poll.id}-${index}`
    const input = attributes({ type, name: 'choice', value: String(index), id, required: type === 'radio' })
    return html`<label class="choice poll__choice" for="${id}"><input class="choice__input"${input}><span class="choice__name"><bdi>${emojiText(title, poll.emojis)}</bdi></span></label>`
  })
  return html`<form class="poll__form" method="post" action="${action}">
    <fieldset class="choices"><legend class="field__label">${poll.isMultiple ? t.poll.chooseSeveral : t.poll.chooseOne}</legend>${choices}</fieldset>
    ${button({ label: t.poll.vote })}
  </form>`
}

function results(poll: PollValue, t: Translator): Html {
  const whole = poll.isMultiple ? (poll.voters ?? poll.votes) : poll.votes
  const most = Math.max(...poll.options.map(({ votes }) => votes ?? 0))
  const rows = poll.options.map(({ title, votes, isMine }) => {
    const percent = votes === null || whole === 0 ? 0 : Math.min(100, Math.round((100 * votes) / whole))
    const share = votes !== null && html`<span class="poll__share">${t.poll.share(percent, votes)}</span>`
    const mine = isMine && html` <span class="poll__mine">${icon('check')}${t.poll.yourChoice}</span>`
    const isAhead = poll.isExpired && votes !== null && votes > 0 && votes === most
    return html`<li class="poll__result${isAhead ? ' poll__result--ahead' : ''}">
      <span class="poll__line"><span class="poll__title"><bdi>${emojiText(title, poll.emojis)}</bdi>${mine}</span>${share}</span>
      ${votes !== null && bar(percent)}
    </li>`
  })
  return html`<ul class="poll__results">${rows}</ul>`
}

// A drawing, since no inline style may say how wide it is; the number beside it says the same.
function bar(percent: number): Html {
  return html`<svg class="poll__bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="poll__whole" width="100" height="1"/><rect class="poll__part" width="${String(percent)}" height="1"/></svg>`
}

function facts(poll: PollValue, now: Date, t: Translator): Html {
  const isHidden = poll.options.some(({ votes }) => votes === null)
  const count = poll.voters === null ? t.poll.votes(poll.votes) : t.poll.voters(poll.voters)
  const end = poll.isExpired ? t.poll.ended : t.poll.ends
  return html`<p class="poll__facts">
    <span>${count}</span>
    ${poll.endsAt && html`<span>${end} ${timeOf(poll.endsAt, now, t)}</span>`}
    ${isHidden && html`<span>${t.poll.hidden}</span>`}
  </p>`
}
