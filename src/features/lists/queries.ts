import { and, asc, eq, inArray, or, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { follows } from '#src/db/schema/follows.ts'
import { listMembers, lists } from '#src/db/schema/lists.ts'

/** A list, as its owner knows it. */
export type List = Readonly<Omit<typeof lists.$inferSelect, 'createdAt'>>

const columns = {
  id: lists.id,
  actorId: lists.actorId,
  title: lists.title,
  repliesPolicy: lists.repliesPolicy,
  isExclusive: lists.isExclusive,
}

/** The lists of an actor, the oldest first. */
export async function listLists(db: Db, actorId: string): Promise<List[]> {
  return db.select(columns).from(lists).where(eq(lists.actorId, actorId)).orderBy(asc(lists.id))
}

/** The lists of an actor in which another stands. */
export async function listListsWith(db: Db, actorId: string, memberId: string): Promise<List[]> {
  const isIn = and(eq(listMembers.listId, lists.id), eq(listMembers.memberId, memberId))
  return db
    .select(columns)
    .from(lists)
    .innerJoin(listMembers, isIn)
    .where(eq(lists.actorId, actorId))
    .orderBy(asc(lists.id))
}

/** Finds a list of an actor; those of others are not there. */
export async function findList(db: Db | Tx, actorId: string, id: string): Promise<List | null> {
  if (!isId(id)) return null
  const [row] = await db
    .select(columns)
    .from(lists)
    .where(and(eq(lists.id, id), eq(lists.actorId, actorId)))
  return row ?? null
}

/** How many lists an actor has. */
export async function countLists(tx: Tx, actorId: string): Promise<number> {
  return tx.$count(lists, eq(lists.actorId, actorId))
}

/** What may be said of a list. */
export type ListValues = Pick<List, 'title' | 'repliesPolicy' | 'isExclusive'>

/** Writes a list. */
export async function insertList(tx: Tx, row: ListValues & { actorId: string }): Promise<List> {
  const [list] = await tx.insert(lists).values(row).returning(columns)
  if (!list) throw new Error('a list was not stored')
  return list
}

/** Changes a list of an actor; null when it is not there. */
export async function updateList(
  tx: Tx,
  { actorId, id }: { actorId: string; id: string },
  change: Partial<ListValues> & { title: string },
): Promise<List | null> {
  const [list] = await tx
    .update(lists)
    .set(change)
    .where(and(eq(lists.id, id), eq(lists.actorId, actorId)))
    .returning(columns)
  return list ?? null
}

/** Deletes a list of an actor; false when it was not there. */
export async function deleteList(tx: Tx, actorId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(lists)
    .where(and(eq(lists.id, id), eq(lists.actorId, actorId)))
    .returning({ id: lists.id })
  return rows.length > 0
}

/** A line of the members of a list: the id by which they are paged, and who it is. */
export type ListMember = Readonly<{ id: string; memberId: string }>

/** Who is in a list, the last first. */
export async function listListed(db: Db, listId: string, page: Page): Promise<ListMember[]> {
  return db
    .select({ id: listMembers.id, memberId: listMembers.memberId })
    .from(listMembers)
    .where(and(eq(listMembers.listId, listId), keyset(listMembers.id, page)))
    .orderBy(keysetOrder(listMembers.id, page))
    .limit(page.limit)
}

/** Which of these actors an actor follows, or asks to: the follow of each. Held until the transaction ends. */
export async function lockFollows(tx: Tx, followerId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: follows.id, followeeId: follows.followeeId })
    .from(follows)
    .where(
      and(
        eq(follows.followerId, followerId),
        inArray(follows.followeeId, [...ids]),
        or(eq(follows.state, 'accepted'), eq(follows.state, 'pending')),
      ),
    )
    .for('share')
  return new Map(rows.map(({ id, followeeId }) => [followeeId, id]))
}

/** Puts actors into a list; returns those who were not in it. */
export async function insertMembers(
  tx: Tx,
  listId: string,
  members: readonly { memberId: string; followId: string | null }[],
): Promise<string[]> {
  const rows = await tx
    .insert(listMembers)
    .values(members.map((member) => ({ listId, ...member })))
    .onConflictDoNothing()
    .returning({ memberId: listMembers.memberId })
  return rows.map(({ memberId }) => memberId)
}

/** Puts whom an actor follows now in the places of whom it followed before, but in lists in which they stand already. */
export async function replaceMembers(
  tx: Tx,
  { formerId, followId, memberId }: { formerId: string; followId: string; memberId: string },
): Promise<void> {
  const isThere = sql`exists (select from list_members o where o.list_id = ${listMembers.listId} and o.member_id = ${memberId})`
  await tx
    .update(listMembers)
    .set({ memberId, followId })
    .where(and(eq(listMembers.followId, formerId), sql`not ${isThere}`))
}

/** How many are in a list. */
export async function countMembers(tx: Tx, listId: string): Promise<number> {
  return tx.$count(listMembers, eq(listMembers.listId, listId))
}

/** Takes actors out of a list. */
export async function deleteMembers(tx: Tx, listId: string, memberIds: readonly string[]): Promise<void> {
  await tx
    .delete(listMembers)
    .where(
      and(eq(listMembers.listId, listId), sql`${listMembers.memberId} = any(${`{${memberIds.join(',')}}`}::bigint[])`),
    )
}
