import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { button, hiddenFields, postButton } from './button.ts'
import { disclosure } from './disclosure.ts'
import { textField } from './field.ts'
import { icon } from './icon.ts'

/** Where a post belongs to a group, and what those who look after that can do there. */
export type GroupPlaceValue = Readonly<{
  id: string
  actor: ActorValue
  href: string
  /** Null for who does not look after the group. */
  acts: Readonly<{
    /** POST to `…/remove`, `…/lock` and so on. */
    path: string
    /** The page to go back to. */
    next: string
    /** Null for what begins no topic: only topics are closed and pinned. */
    topic: Readonly<{ isLocked: boolean; isPinned: boolean }> | null
    /** It was taken out: all that can be done is to put it back. */
    isRemoved: boolean
  }> | null
}>

/** "In …" with the way there, for each group to which a post belongs; null when there is none. */
export function groupPlaces(places: readonly GroupPlaceValue[], t: Translator): Html | null {
  if (places.length === 0) return null
  const line = ({ id, actor, href, acts }: GroupPlaceValue) => {
    const where = acts?.isRemoved ? t.groups.place.outOf(nameOf(actor)) : t.groups.place.in(nameOf(actor))
    return html`<li class="place"><a class="place__name" href="${href}">${icon('followers')}<bdi>${where}</bdi></a>${acts && (acts.isRemoved ? putBack(acts, t) : moderation(id, acts, t))}</li>`
  }
  return html`<ul class="places" aria-label="${t.groups.place.label}">${places.map(line)}</ul>`
}

type Acts = NonNullable<GroupPlaceValue['acts']>

function putBack({ path, next }: Acts, t: Translator): Html {
  return postButton({ action: `${path}/restore`, fields: { next }, label: t.groups.place.restore, kind: 'quiet' })
}

function moderation(id: string, { path, next, topic }: Acts, t: Translator): Html {
  const words = t.groups.place
  const act = (deed: 'lock' | 'unlock' | 'pin' | 'unpin') =>
    postButton({ action: `${path}/${deed}`, fields: { next }, label: words[deed] })
  const body = html`<div class="place__acts">
    ${topic && act(topic.isLocked ? 'unlock' : 'lock')}
    ${topic && act(topic.isPinned ? 'unpin' : 'pin')}
    <form class="place__remove" method="post" action="${path}/remove">
      ${hiddenFields({ next })}
      ${textField({ name: 'reason', id: `reason-${id}`, label: t.groups.moderation.reason, hint: words.removeText, autocomplete: 'off', maxLength: 500, optional: t.actions.optional })}
      <div>${button({ label: words.remove, kind: 'danger' })}</div>
    </form>
  </div>`
  return disclosure({ name: 'more', summary: html`${icon('chevron')}${words.moderate}`, body })
}
