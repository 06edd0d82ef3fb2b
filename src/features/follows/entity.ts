import type { Relation } from './relation-queries.ts'

/** What is between the viewer's actor and another. @see https://docs.joinmastodon.org/entities/Relationship/ */
export type Relationship = {
  id: string
  following: boolean
  showing_reblogs: boolean
  notifying: boolean
  languages: string[] | null
  followed_by: boolean
  blocking: boolean
  blocked_by: boolean
  muting: boolean
  muting_notifications: boolean
  muting_expires_at: string | null
  requested: boolean
  requested_by: boolean
  domain_blocking: boolean
  endorsed: boolean
  note: string
}

/** What is between two actors, as clients read it. There are no mutes, private notes or endorsements here, and no domain is blocked by one actor alone. */
export function toRelationship(relation: Relation): Relationship {
  const { mine, theirs } = relation
  const isAsked = mine?.state === 'accepted' || mine?.state === 'pending'
  return {
    id: relation.actorId,
    following: mine?.state === 'accepted',
    showing_reblogs: isAsked && mine.showsBoosts,
    notifying: isAsked && mine.notifies,
    languages: isAsked ? mine.languages : null,
    followed_by: theirs === 'accepted',
    blocking: relation.isBlocking,
    blocked_by: relation.isBlockedBy,
    muting: false,
    muting_notifications: false,
    muting_expires_at: null,
    requested: mine?.state === 'pending',
    requested_by: theirs === 'pending',
    domain_blocking: false,
    endorsed: false,
    note: '',
  }
}
