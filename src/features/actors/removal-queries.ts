import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { ids } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors, localActors } from '#src/db/schema/actors.ts'
import { blocks, shunnedHosts } from '#src/db/schema/blocks.ts'
import { directConversations } from '#src/db/schema/conversations.ts'
import { filters } from '#src/db/schema/filters.ts'
import { follows } from '#src/db/schema/follows.ts'
import { lists } from '#src/db/schema/lists.ts'
import { media } from '#src/db/schema/media.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { accountNotes } from '#src/db/schema/notes.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { products, shops } from '#src/db/schema/products.ts'
import { featuredTags, tagFollows } from '#src/db/schema/tags.ts'
import { memberships } from '#src/db/schema/teams.ts'

/**
 * Empties an actor's row and marks it deleted; the handle stays taken and the address answers that it is gone.
 * @returns false when it had been deleted before
 */
export async function markActorDeleted(tx: Tx, actorId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(actors)
    .set({
      name: '',
      summary: '',
      fields: [],
      avatarMediaId: null,
      headerMediaId: null,
      avatarRemoteUrl: null,
      headerRemoteUrl: null,
      isDiscoverable: false,
      isIndexable: false,
      alsoKnownAs: [],
      updatedAt: now,
      deletedAt: now,
    })
    .where(and(eq(actors.id, actorId), isNull(actors.deletedAt)))
    .returning({ id: actors.id })
  // The keys stay: the news of the deletion is still to be signed.
  await tx.update(localActors).set({ summarySource: '', fieldsSource: [] }).where(eq(localActors.actorId, actorId))
  return rows.length > 0
}

/** What an actor keeps about others, and others about it: the columns of both ends. What it lists and features goes with the follows. */
const kept: readonly (readonly [PgColumn, PgColumn | null])[] = [
  [mutes.actorId, mutes.mutedId],
  [accountNotes.actorId, accountNotes.aboutId],
  [shunnedHosts.actorId, null],
  [lists.actorId, null],
  [tagFollows.actorId, null],
  [featuredTags.actorId, null],
  [shops.actorId, null],
]

/** Ends everything between an actor and others, and everybody's right to act as it. */
export async function removeRelations(tx: Tx, actorId: string): Promise<void> {
  await tx.delete(follows).where(or(eq(follows.followerId, actorId), eq(follows.followeeId, actorId)))
  await tx.delete(blocks).where(or(eq(blocks.actorId, actorId), eq(blocks.blockedId, actorId)))
  for (const [mine, theirs] of kept) {
    await tx.delete(mine.table).where(theirs ? or(eq(mine, actorId), eq(theirs, actorId)) : eq(mine, actorId))
  }
  await tx.delete(notifications).where(or(eq(notifications.actorId, actorId), eq(notifications.fromActorId, actorId)))
  await tx.delete(directConversations).where(eq(directConversations.actorId, actorId))
  await tx.delete(filters).where(eq(filters.actorId, actorId))
  await tx.delete(memberships).where(eq(memberships.actorId, actorId))
  // Orders keep what they say of them.
  const gone = { state: 'gone', description: '', source: null, sku: '', shopUrl: null, tellDueAt: null } as const
  await tx.update(products).set(gone).where(eq(products.actorId, actorId))
}

/** Marks all pictures of an actor as deleted, so that their files are swept. */
export async function retireAllPictures(tx: Tx, actorId: string, now: Date): Promise<void> {
  await tx
    .update(media)
    .set({ deletedAt: now })
    .where(and(eq(media.actorId, actorId), isNull(media.deletedAt)))
}

/** Deletes up to `limit` likes of deleted actors, and as many of their reactions with emojis, which takes them out of the counts; returns how many. */
export async function purgeLikes(db: Db, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from likes where id in (
      select l.id from likes l join actors a on a.id = l.actor_id where a.deleted_at is not null limit ${limit})
    returning id`)
  const reactions = await db.execute(sql`
    delete from emoji_reactions where id in (
      select r.id from actors a join emoji_reactions r on r.actor_id = a.id where a.deleted_at is not null limit ${limit})
    returning id`)
  // As long as one of the two is full there may be more.
  return Math.max(rows.length, reactions.length)
}

/**
 * Empties up to `limit` posts of deleted actors; returns how many. The rows stay, since replies of others refer to them and a server that
 * asks is told that they are gone.
 */
export async function purgePosts(db: Db, limit: number, now: Date): Promise<number> {
  const rows = await db.execute(sql`
    with emptied as (
      update posts set deleted_at = ${now.toISOString()}, content = '', source = null, spoiler_text = '', raw = null,
        card_id = null
      where id in (
        select p.id from actors a join posts p on p.actor_id = a.id and p.deleted_at is null
        where a.deleted_at is not null limit ${limit})
      returning id
    ), forgotten as (
      delete from post_edits where post_id in (select id from emptied)
    ) select id from emptied`)
  return rows.length
}

/** Notes that no copy is stored of what remote actors show; returns the folders of the copies. */
export async function clearCopiesOf(db: Db, actorIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .update(media)
    .set({ cachedAt: null })
    .where(and(sql`${media.actorId} = any(${ids(actorIds)})`, isNotNull(media.remoteUrl), isNotNull(media.cachedAt)))
    .returning({ key: media.key })
  return rows.map(({ key }) => key)
}
