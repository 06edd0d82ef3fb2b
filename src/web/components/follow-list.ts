import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { actorList } from './actor-list.ts'
import { postButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import { tabs } from './tabs.ts'

/** Those who follow, or those who are followed. */
export type FollowEnd = 'followers' | 'following'

/** A list of follows of an identity. */
export type FollowListValue = Readonly<{
  end: FollowEnd
  title: string
  owner: ActorValue
  count: number
  people: readonly ActorValue[]
  /** Whether whoever looks may know who it is. */
  isShown: boolean
  /** Whether whoever looks may end follows. */
  mayChange: boolean
  next: string
  pager: PagerValue
}>

/** How many, and for the team of the identity, who. */
export function followList(value: FollowListValue, t: Translator): Html {
  const { end, owner, isShown, people } = value
  const words = t.reading.follows
  const views = (['followers', 'following'] as const).map((one) => ({
    href: `${owner.href}/${one}`,
    label: words[one],
    isCurrent: one === end,
  }))
  const hidden = { title: words.hiddenTitle, text: words.hiddenText }
  const empty = isShown ? { title: words.emptyTitle, text: words.emptyText } : hidden
  return html`${actorLine(owner)}
    <h1 class="title">${value.title}</h1>
    <p class="lead">${end === 'followers' ? words.followersLead(value.count) : words.followingLead(value.count)}</p>
    ${tabs(t.pages.profileViews.label, views)}
    ${people.length > 0 ? actorList(people.map((actor) => ({ actor, actions: value.mayChange ? ending(actor, value, t) : undefined }))) : emptyState({ icon: 'followers', ...empty })}
    ${pager(value.pager, t)}`
}

function ending(actor: ActorValue, { end, next }: FollowListValue, t: Translator): Html {
  const words = t.reading.follows
  const name = nameOf(actor)
  const fields = { next }
  return end === 'followers'
    ? postButton({
        action: `${actor.href}/remove-follower`,
        fields,
        label: words.remove,
        accessibleName: words.removeOf(name),
        kind: 'quiet',
      })
    : postButton({
        action: `${actor.href}/unfollow`,
        fields,
        label: t.profile.unfollow,
        accessibleName: words.unfollowOf(name),
        kind: 'quiet',
      })
}
