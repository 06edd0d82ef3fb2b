import { and, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm'
import type { ActorKeys } from '#src/core/keys.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { type ActorField, actors, localActors, type QuotePolicy, type ReplyChoice } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { instance } from '#src/db/schema/instance.ts'
import { media } from '#src/db/schema/media.ts'
import { registrations } from '#src/db/schema/registrations.ts'
import { memberships } from '#src/db/schema/teams.ts'

/**
 * Whether a handle belongs to a local actor or did, since those of deleted actors are not given away again; or is kept for somebody who
 * has registered.
 */
export async function isHandleTaken(db: Db | Tx, handle: string): Promise<boolean> {
  const wanted = handle.toLowerCase()
  const [owned, kept] = await Promise.all([
    db.$count(actors, and(isNull(actors.host), sql`lower(${actors.handle}) = ${wanted}`)),
    db.$count(registrations, eq(registrations.handle, wanted)),
  ])
  return owned + kept > 0
}

/** Writes the rows of a local actor; null when the handle was taken meanwhile. */
export async function insertLocalRows(
  tx: Tx,
  actor: Pick<typeof actors.$inferInsert, 'type' | 'handle' | 'name' | 'isLocked' | 'isDiscoverable' | 'emojis'>,
  keys: ActorKeys,
): Promise<string | null> {
  const [row] = await tx.insert(actors).values(actor).onConflictDoNothing().returning({ id: actors.id })
  if (!row) return null
  await tx.insert(localActors).values({ actorId: row.id, ...keys })
  return row.id
}

/** Makes somebody an owner of an actor. */
export async function insertOwner(tx: Tx, userId: string, actorId: string): Promise<void> {
  await tx.insert(memberships).values({ userId, actorId, role: 'owner' })
}

/** What only the team of a local actor sees of its profile. */
export type ProfileSource = Readonly<{
  summarySource: string
  fieldsSource: { name: string; value: string }[]
  defaultVisibility: string
  defaultLanguage: string | null
  defaultSensitive: boolean
  defaultQuotePolicy: QuotePolicy
  defaultReplyPolicy: ReplyChoice
  expandsMedia: 'default' | 'show_all' | 'hide_all'
  expandsSpoilers: boolean
  /** How many wait for an answer to their request to follow. */
  followRequestsCount: number
}>

/** Finds what only the team sees; null for a remote actor. */
export async function findProfileSource(db: Db | Tx, actorId: string): Promise<ProfileSource | null> {
  const requests = db.$count(follows, and(eq(follows.followeeId, actorId), eq(follows.state, 'pending')))
  const [row] = await db
    .select({
      summarySource: localActors.summarySource,
      fieldsSource: localActors.fieldsSource,
      defaultVisibility: localActors.defaultVisibility,
      defaultLanguage: localActors.defaultLanguage,
      defaultSensitive: localActors.defaultSensitive,
      defaultQuotePolicy: localActors.defaultQuotePolicy,
      defaultReplyPolicy: localActors.defaultReplyPolicy,
      expandsMedia: localActors.expandsMedia,
      expandsSpoilers: localActors.expandsSpoilers,
      followRequestsCount: requests,
    })
    .from(localActors)
    .where(eq(localActors.actorId, actorId))
  return row ?? null
}

/** How the team of a local actor reads. */
export type ReadingDefaults = Pick<ProfileSource, 'expandsMedia' | 'expandsSpoilers'>

/** Finds how the team of a local actor reads. */
export async function findReadingDefaults(db: Db, actorId: string): Promise<ReadingDefaults> {
  const [row] = await db
    .select({ expandsMedia: localActors.expandsMedia, expandsSpoilers: localActors.expandsSpoilers })
    .from(localActors)
    .where(eq(localActors.actorId, actorId))
  return row ?? { expandsMedia: 'default', expandsSpoilers: false }
}

/** The columns of a profile that its team may change. */
export type ProfileChange = Partial<
  Pick<
    typeof actors.$inferInsert,
    | 'type'
    | 'name'
    | 'summary'
    | 'emojis'
    | 'avatarMediaId'
    | 'headerMediaId'
    | 'isLocked'
    | 'isDiscoverable'
    | 'isIndexable'
    | 'showsMedia'
    | 'showsMediaReplies'
    | 'showsFeatured'
    | 'alsoKnownAs'
    | 'linksDueAt'
    | 'updatedAt'
  >
> & { fields?: ActorField[]; attributionDomains?: string[] }

/** Changes the public part of a local actor's profile. */
export async function updateProfileRow(tx: Tx, actorId: string, change: ProfileChange): Promise<void> {
  await tx
    .update(actors)
    .set(change)
    .where(and(eq(actors.id, actorId), isNull(actors.host)))
}

/** Changes what only the team sees of a profile. */
export async function updateSourceRow(
  tx: Tx,
  actorId: string,
  change: Partial<Omit<ProfileSource, 'followRequestsCount'>>,
): Promise<void> {
  await tx.update(localActors).set(change).where(eq(localActors.actorId, actorId))
}

/** Holds a profile against other changes until the transaction ends. */
export async function lockProfile(tx: Tx, actorId: string): Promise<void> {
  await tx.select({ id: localActors.actorId }).from(localActors).where(eq(localActors.actorId, actorId)).for('update')
}

/** Whether a picture can stand in this actor's profile: its own, not refused, not deleted, and not part of a post. */
export async function isUsablePicture(db: Db | Tx, actorId: string, mediaId: string): Promise<boolean> {
  const rows = await db
    .select({ id: media.id })
    .from(media)
    .where(
      and(
        eq(media.id, mediaId),
        eq(media.actorId, actorId),
        isNull(media.postId),
        isNull(media.deletedAt),
        ne(media.state, 'refused'),
      ),
    )
  return rows.length > 0
}

/** Marks pictures of an actor as deleted, but those that belong to a post. */
export async function retirePictures(tx: Tx, actorId: string, mediaIds: readonly string[], now: Date): Promise<void> {
  if (mediaIds.length === 0) return
  await tx
    .update(media)
    .set({ deletedAt: now })
    .where(and(inArray(media.id, [...mediaIds]), eq(media.actorId, actorId), isNull(media.postId)))
}

/** The local actors in whose profile a picture stands. */
export async function listActorsPictured(db: Db | Tx, mediaId: string): Promise<string[]> {
  const rows = await db
    .select({ id: actors.id })
    .from(actors)
    .where(
      and(
        isNull(actors.host),
        isNull(actors.deletedAt),
        or(eq(actors.avatarMediaId, mediaId), eq(actors.headerMediaId, mediaId)),
      ),
    )
  return rows.map(({ id }) => id)
}

/** The actor of the instance itself; null before the first start is over. */
export async function findInstanceActorId(db: Db | Tx): Promise<string | null> {
  const [row] = await db.select({ actorId: instance.actorId }).from(instance)
  return row?.actorId ?? null
}

/** Whether an actor is the organisation that runs the instance. */
export async function runsInstance(db: Db | Tx, actorId: string): Promise<boolean> {
  const rows = await db.select({ id: instance.id }).from(instance).where(eq(instance.organizationId, actorId))
  return rows.length > 0
}

/** Writes the one row of the instance, or only its actor when the row is there. */
export async function storeInstanceActor(tx: Tx, actorId: string, mediaSecret: string): Promise<void> {
  await tx
    .insert(instance)
    .values({ actorId, mediaSecret })
    .onConflictDoUpdate({ target: instance.id, set: { actorId } })
}
