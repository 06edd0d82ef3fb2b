import { and, eq, inArray, isNotNull, isNull, lte, or, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'

/** Who does not want to read whom, from when on not, and until when. */
export type Mute = Readonly<{ actorId: string; mutedId: string; hidesNotifications: boolean; expiresAt: Date | null }>

/** Writes a mute; one that is there takes the new wishes. Returns whether it is new. */
export async function upsertMute(tx: Tx, mute: Mute & { userId: string }): Promise<boolean> {
  const { hidesNotifications, expiresAt } = mute
  const [row] = await tx
    .insert(mutes)
    .values(mute)
    .onConflictDoUpdate({ target: [mutes.actorId, mutes.mutedId], set: { hidesNotifications, expiresAt } })
    // A row that an insert has made has no version before it.
    .returning({ isNew: sql<boolean>`xmax = 0` })
  return row?.isNew ?? false
}

/** Takes a mute away; false when there was none. */
export async function deleteMute(tx: Tx, mute: { actorId: string; mutedId: string }): Promise<boolean> {
  const rows = await tx
    .delete(mutes)
    .where(and(eq(mutes.actorId, mute.actorId), eq(mutes.mutedId, mute.mutedId)))
    .returning({ id: mutes.id })
  return rows.length > 0
}

const isUnexpired = or(isNull(mutes.expiresAt), sql`${mutes.expiresAt} > now()`)

/** Whether an actor has muted another, as things are now. */
export async function hasMuted(db: Db | Tx, mute: { actorId: string; mutedId: string }): Promise<boolean> {
  const rows = await db
    .select({ id: mutes.id })
    .from(mutes)
    .where(and(eq(mutes.actorId, mute.actorId), eq(mutes.mutedId, mute.mutedId), isUnexpired))
  return rows.length > 0
}

/** Whoever has muted one actor mutes another in the same way, unless it does already. */
export async function copyMutes(db: Db, { fromId, toId }: { fromId: string; toId: string }): Promise<void> {
  await db.execute(sql`
    insert into mutes (actor_id, muted_id, hides_notifications, expires_at, user_id)
    select m.actor_id, ${toId}, m.hides_notifications, m.expires_at, m.user_id from mutes m
    where m.muted_id = ${fromId} and m.actor_id <> ${toId} and (m.expires_at is null or m.expires_at > now())
    on conflict do nothing`)
}

/** A line of the list of mutes. */
export type MuteRow = Readonly<{ id: string; mutedId: string; expiresAt: Date | null }>

/** A page of whom an actor has muted, the last first. */
export async function listMutes(db: Db, actorId: string, page: Page): Promise<MuteRow[]> {
  return db
    .select({ id: mutes.id, mutedId: mutes.mutedId, expiresAt: mutes.expiresAt })
    .from(mutes)
    .where(and(eq(mutes.actorId, actorId), isUnexpired, keyset(mutes.id, page)))
    .orderBy(keysetOrder(mutes.id, page))
    .limit(page.limit)
}

/** Ends the mutes whose time has come; returns how many. */
export async function deleteExpiredMutes(db: Db, now: Date): Promise<number> {
  const rows = await db
    .delete(mutes)
    .where(and(isNotNull(mutes.expiresAt), lte(mutes.expiresAt, now)))
    .returning({ id: mutes.id })
  return rows.length
}

/** For whom something is read: an actor's id, or a placeholder or expression for one. */
export type Listener = string | Placeholder | SQL

/**
 * Whom a reader has muted, as a subquery. It hangs on nothing but the reader, so that PostgreSQL reads it once for a whole query and asks
 * a hash for each row, and only when a row comes up to it.
 */
function mutedBy(reader: Listener, more = sql``): SQL {
  return sql`(select ${mutes.mutedId} from ${mutes} where ${mutes.actorId} = ${reader}
    and (${mutes.expiresAt} is null or ${mutes.expiresAt} > now())${more})`
}

/** Whether a reader wants to hear of an actor: it has not muted it. */
export function isHeard(reader: Listener, actorId: PgColumn | SQL): SQL {
  return sql`${actorId} not in ${mutedBy(reader)}`
}

/** Whether a reader wants to be told of what an actor does: it has not muted its notifications. */
export function isToldOf(reader: Listener, actorId: PgColumn | SQL): SQL {
  return sql`${actorId} not in ${mutedBy(reader, sql` and ${mutes.hidesNotifications}`)}`
}

/**
 * Whether a post belongs into a timeline that a reader has put together itself: neither by somebody it has muted, nor showing such a one's
 * post, nor naming such a one. Its own posts do.
 */
export function isQuiet(reader: Listener): SQL {
  const hasMuted = sql`exists ${mutedBy(reader)}`
  const isOriginalHeard = sql`(select ${isHeard(reader, sql`heard.actor_id`)} from ${posts} heard where heard.id = ${posts.boostOfId})`
  const namesMuted = sql`exists (select from ${postRecipients} where ${postRecipients.postId} in (${posts.id}, ${posts.boostOfId})
    and ${postRecipients.isMention} and ${postRecipients.actorId} in ${mutedBy(reader)})`
  return sql`(not ${hasMuted} or ${posts.actorId} = ${reader} or (${isHeard(reader, posts.actorId)}
    and (${posts.boostOfId} is null or ${isOriginalHeard}) and not ${namesMuted}))`
}

/** Which of these posts are by somebody whom the reader has muted. */
export async function listMutedPosts(db: Db, readerId: string, postIds: readonly string[]): Promise<Set<string>> {
  if (postIds.length === 0) return new Set()
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(and(inArray(posts.id, [...postIds]), sql`${posts.actorId} in ${mutedBy(readerId)}`))
  return new Set(rows.map(({ id }) => id))
}

/** Which of some actors have muted the author of a post. */
export async function listDeaf(db: Db, postId: string, actorIds: readonly string[]): Promise<Set<string>> {
  if (actorIds.length === 0) return new Set()
  const rows = await db
    .select({ id: mutes.actorId })
    .from(mutes)
    .innerJoin(posts, eq(posts.actorId, mutes.mutedId))
    .where(and(eq(posts.id, postId), inArray(mutes.actorId, [...actorIds]), isUnexpired))
  return new Set(rows.map(({ id }) => id))
}
