import type { Ctx, Viewer } from '#src/context.ts'
import { getRelation, type Relation } from './relation-queries.ts'

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

/** What is between two actors, as clients read it. */
export function toRelationship(relation: Relation): Relationship {
  const { mine, theirs, kept } = relation
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
    muting: kept.mute !== null,
    muting_notifications: kept.mute?.hidesNotifications ?? false,
    muting_expires_at: kept.mute?.expiresAt?.toISOString() ?? null,
    requested: mine?.state === 'pending',
    requested_by: theirs === 'pending',
    domain_blocking: kept.isShunningHost,
    endorsed: kept.isEndorsed,
    note: kept.note,
  }
}

/** What is between the viewer's actor and another now. */
export async function loadRelationship(ctx: Pick<Ctx, 'db'>, viewer: Viewer, actorId: string): Promise<Relationship> {
  return toRelationship(await getRelation(ctx.db, viewer.actorId, actorId))
}
