import { and, asc, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { groupPosts } from '#src/db/schema/groups.ts'

/** That a post stands in a group, here or elsewhere; a topic is also boosted by the group. */
export type Placed = Readonly<{ postId: string; groupId: string; isTopic: boolean }>

/** In which groups some posts stand, the first one first; what was taken out of one stands there no longer. */
export async function listPlaced(db: Db, postIds: readonly string[]): Promise<Placed[]> {
  if (postIds.length === 0) return []
  return db
    .select({
      postId: groupPosts.postId,
      groupId: groupPosts.groupId,
      isTopic: sql<boolean>`${groupPosts.topicId} = ${groupPosts.postId}`,
    })
    .from(groupPosts)
    .where(and(inArray(groupPosts.postId, [...postIds]), isNull(groupPosts.removedAt)))
    .orderBy(asc(groupPosts.addedAt), asc(groupPosts.groupId))
}
