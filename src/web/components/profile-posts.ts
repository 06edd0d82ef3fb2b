import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { nameOf } from './actor.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import { type GridItem, pictureGrid } from './picture-grid.ts'
import type { ProfileRelation, ProfileValue } from './profile-header.ts'

/** What stands under the head of a profile. */
export type ProfilePostsValue = Readonly<{
  profile: ProfileValue
  relation: ProfileRelation
  items: readonly GridItem[]
  pager: PagerValue
}>

/** The posts of a profile as a grid; or why there are none to see, and what to do about it. */
export function profilePosts(value: ProfilePostsValue, t: Translator): Html {
  if (value.items.length === 0) return nothing(value, t)
  return html`<section aria-labelledby="posts">
    <h2 class="visually-hidden" id="posts">${t.profile.pictures}</h2>
    ${pictureGrid(value.items, t)}
    ${pager(value.pager, t)}
  </section>`
}

function nothing({ profile, relation }: ProfilePostsValue, t: Translator): Html {
  if (relation.kind === 'own') {
    const action = { href: relation.createHref, label: t.profile.emptyOwnAction }
    return emptyState({ icon: 'image', title: t.profile.emptyOwnTitle, text: t.profile.emptyOwnText, action })
  }
  const name = nameOf(profile)
  const isFollowing = relation.kind === 'other' && relation.state === 'following'
  const text = profile.isLocked && !isFollowing ? t.profile.emptyLocked(name) : t.profile.emptyText(name)
  return emptyState({ icon: 'image', title: t.profile.emptyTitle, text })
}
