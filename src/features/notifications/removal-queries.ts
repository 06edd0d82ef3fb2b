import { and, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'
import { type Told, tell } from './write-queries.ts'

/** A post that was taken out of a group, by whom, if that is known. */
export type Removal = Readonly<{ groupId: string; postId: string; byId: string | null; at: Date }>

/** Tells the person who wrote it what was taken out of a group, unless they did so themselves. */
export async function tellOfRemoval(tx: Tx, { groupId, postId, byId, at }: Removal): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'group_removed',
      query: sql`select p.actor_id, ${groupId}::bigint as from_actor_id, p.id as post_id,
      ${at.toISOString()}::timestamptz as at, 1 as nth from ${posts} p
      where p.id = ${postId} and p.deleted_at is null and p.actor_id is distinct from ${byId}::bigint`,
    },
  ])
}

/** Why posts were taken out of groups, by the ids of group and post with a space between. */
export async function listRemovalReasons(db: Db, postIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (postIds.length === 0) return new Map()
  const rows = await db
    .select({ groupId: groupPosts.groupId, postId: groupPosts.postId, reason: groupPosts.removalReason })
    .from(groupPosts)
    .where(and(inArray(groupPosts.postId, [...postIds]), isNotNull(groupPosts.removedAt)))
  return new Map(rows.map(({ groupId, postId, reason }) => [`${groupId} ${postId}`, reason]))
}
