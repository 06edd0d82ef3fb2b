import { and, asc, isNull, sql } from 'drizzle-orm'
import { idArray } from '#src/db/arrays.ts'
import type { Db } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { groupPosts } from '#src/db/schema/groups.ts'

/** That a post stands in a group, here or elsewhere; a topic is also boosted by the group. */
export type Placed = Readonly<{ postId: string; groupId: string; isTopic: boolean }>

const places = prepared((db) =>
  db
    .select({
      postId: groupPosts.postId,
      groupId: groupPosts.groupId,
      isTopic: sql<boolean>`${groupPosts.topicId} = ${groupPosts.postId}`.as('is_topic'),
    })
    .from(groupPosts)
    .where(and(sql`${groupPosts.postId} = any(${sql.placeholder('ids')}::bigint[])`, isNull(groupPosts.removedAt)))
    .orderBy(asc(groupPosts.addedAt), asc(groupPosts.groupId)),
)

/** In which groups some posts stand, the first one first; what was taken out of one stands there no longer. */
export async function listPlaced(db: Db, postIds: readonly string[]): Promise<Placed[]> {
  return postIds.length === 0 ? [] : places(db).execute({ ids: idArray(postIds) })
}
