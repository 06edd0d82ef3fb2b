import { and, eq, inArray, or, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { blocks, shunnedHosts } from '#src/db/schema/blocks.ts'
import { endorsements } from '#src/db/schema/endorsements.ts'
import { follows } from '#src/db/schema/follows.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { accountNotes } from '#src/db/schema/notes.ts'
import type { Follow } from './queries.ts'
import type { FollowState } from './states.ts'

/** Everything between one actor and another, seen from the first. */
export type Relation = Readonly<{
  actorId: string
  /** How the first follows the other. */
  mine: Pick<Follow, 'state' | 'showsBoosts' | 'notifies' | 'languages'> | null
  /** How the other follows the first. */
  theirs: FollowState | null
  isBlocking: boolean
  isBlockedBy: boolean
  /** What the first keeps about the other for itself. */
  kept: Kept
}>

/** What an actor keeps about another, which never learns of it. */
export type Kept = Readonly<{
  mute: Readonly<{ hidesNotifications: boolean; expiresAt: Date | null }> | null
  /** Whether it shuns the other's server. */
  isShunningHost: boolean
  isEndorsed: boolean
  note: string
}>

/**
 * What is between an actor and others: one answer for each id, in the order of the list. An id that belongs to nobody is answered like a
 * stranger's, so that the answer does not tell who exists.
 */
export async function listRelations(db: Db | Tx, viewerActorId: string, ids: readonly string[]): Promise<Relation[]> {
  const others = [...new Set(ids.filter(isId))]
  if (others.length === 0) return ids.map(stranger)
  const [following, followers, blocked, kept] = await Promise.all([
    listFollowing(db, viewerActorId, others),
    listFollowers(db, viewerActorId, others),
    listBlocksBetween(db, viewerActorId, others),
    listKept(db, viewerActorId, others),
  ])
  const isThere = (actorId: string, blockedId: string) =>
    blocked.some((block) => block.actorId === actorId && block.blockedId === blockedId)
  return ids.map((actorId) => ({
    actorId,
    mine: following.get(actorId) ?? null,
    theirs: followers.get(actorId) ?? null,
    isBlocking: isThere(viewerActorId, actorId),
    isBlockedBy: isThere(actorId, viewerActorId),
    kept: kept.get(actorId) ?? nothingKept,
  }))
}

/** What is between an actor and one other. */
export async function getRelation(db: Db | Tx, viewerActorId: string, actorId: string): Promise<Relation> {
  const [relation] = await listRelations(db, viewerActorId, [actorId])
  return relation ?? stranger(actorId)
}

function stranger(actorId: string): Relation {
  return { actorId, mine: null, theirs: null, isBlocking: false, isBlockedBy: false, kept: nothingKept }
}

/** Of somebody whom an actor does not think of. */
export const nothingKept: Kept = { mute: null, isShunningHost: false, isEndorsed: false, note: '' }

async function listFollowing(db: Db | Tx, followerId: string, ids: string[]) {
  const rows = await db
    .select({
      actorId: follows.followeeId,
      state: follows.state,
      showsBoosts: follows.showsBoosts,
      notifies: follows.notifies,
      languages: follows.languages,
    })
    .from(follows)
    .where(and(eq(follows.followerId, followerId), inArray(follows.followeeId, ids)))
  return new Map(rows.map((row) => [row.actorId, row]))
}

async function listFollowers(db: Db | Tx, followeeId: string, ids: string[]) {
  const rows = await db
    .select({ actorId: follows.followerId, state: follows.state })
    .from(follows)
    .where(and(eq(follows.followeeId, followeeId), inArray(follows.followerId, ids)))
  return new Map(rows.map(({ actorId, state }) => [actorId, state]))
}

function listBlocksBetween(db: Db | Tx, actorId: string, ids: string[]) {
  return db
    .select({ actorId: blocks.actorId, blockedId: blocks.blockedId })
    .from(blocks)
    .where(
      or(
        and(eq(blocks.actorId, actorId), inArray(blocks.blockedId, ids)),
        and(eq(blocks.blockedId, actorId), inArray(blocks.actorId, ids)),
      ),
    )
}

/** One query for four small tables, since programs ask for relations all day. */
async function listKept(db: Db | Tx, viewerActorId: string, ids: string[]): Promise<Map<string, Kept>> {
  const isOf = (table: { actorId: PgColumn }) => eq(table.actorId, viewerActorId)
  const isMuted = sql`(${mutes.expiresAt} is null or ${mutes.expiresAt} > now())`
  const rows = await db
    .select({
      actorId: actors.id,
      mutedId: mutes.mutedId,
      hidesNotifications: mutes.hidesNotifications,
      expiresAt: mutes.expiresAt,
      note: accountNotes.comment,
      shunId: shunnedHosts.id,
      endorsementId: endorsements.id,
    })
    .from(actors)
    .leftJoin(mutes, and(isOf(mutes), eq(mutes.mutedId, actors.id), isMuted))
    .leftJoin(accountNotes, and(isOf(accountNotes), eq(accountNotes.aboutId, actors.id)))
    .leftJoin(shunnedHosts, and(isOf(shunnedHosts), eq(shunnedHosts.host, actors.host)))
    .leftJoin(endorsements, and(isOf(endorsements), eq(endorsements.endorsedId, actors.id)))
    .where(inArray(actors.id, ids))
  return new Map(
    rows.map(({ actorId, mutedId, hidesNotifications, expiresAt, note, shunId, endorsementId }) => [
      actorId,
      {
        mute: mutedId === null ? null : { hidesNotifications: hidesNotifications ?? false, expiresAt },
        isShunningHost: shunId !== null,
        isEndorsed: endorsementId !== null,
        note: note ?? '',
      },
    ]),
  )
}
