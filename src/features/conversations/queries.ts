import { and, eq, gte, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { directConversationPosts, directConversations } from '#src/db/schema/conversations.ts'
import { posts } from '#src/db/schema/posts.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, visibleTo } from '#src/features/posts/queries.ts'

/** A line of an actor's list of conversations. */
export type ConversationRow = Readonly<{
  id: string
  isUnread: boolean
  /** By which the list is paged. */
  lastPostId: string
  /** The others, but for those whom a block or a mute hides. */
  participantIds: readonly string[]
  /** The last post of it that the actor may see, and wants to. */
  shownPostId: string
}>

/** A page of the conversations in which there is something for an actor to see, the last spoken in first. */
export async function listConversations(db: Db, actorId: string, page: Page): Promise<ConversationRow[]> {
  const rows = await read(db, actorId, keyset(directConversations.lastPostId, page))
    .orderBy(keysetOrder(directConversations.lastPostId, page), keysetOrder(directConversations.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** Finds a conversation on an actor's list. */
export async function findConversation(db: Db, actorId: string, id: string): Promise<ConversationRow | null> {
  const [row] = await read(db, actorId, eq(directConversations.id, id)).limit(1)
  return row ?? null
}

function read(db: Db, actorId: string, condition: SQL | undefined) {
  const newest = sql<string>`(select ${posts.id} from ${directConversationPosts}
    join ${posts} on ${posts.id} = ${directConversationPosts.postId}
    where ${directConversationPosts.conversationId} = ${directConversations.id} and ${visibleTo(actorId)}
      and (${posts.actorId} = ${actorId} or ${isHeard(actorId, posts.actorId)})
    order by ${posts.id} desc limit 1)`
  const others = sql<string[]>`array(select ${actors.id}::text from ${actors}
    where ${actors.id} = any(${directConversations.participantIds}) and ${authorVisibleTo(actorId, actors.id)}
      and ${isHeard(actorId, actors.id)}
    order by ${actors.id})`
  return db
    .select({
      id: directConversations.id,
      isUnread: directConversations.isUnread,
      lastPostId: directConversations.lastPostId,
      participantIds: others,
      shownPostId: sql<string>`${newest}::text`,
    })
    .from(directConversations)
    .where(
      and(
        eq(directConversations.actorId, actorId),
        condition,
        sql`${newest} is not null`,
        // A note to oneself has no others; one to somebody who is hidden is hidden with them.
        sql`(cardinality(${directConversations.participantIds}) = 0 or cardinality(${others}) > 0)`,
      ),
    )
    .$dynamic()
}

/** Which of some posts are direct and living, with their authors. @param since those published before are left out */
export async function listDirect(
  tx: Tx,
  postIds: readonly string[],
  since: Date,
): Promise<Readonly<{ id: string; actorId: string }>[]> {
  return tx
    .select({ id: posts.id, actorId: posts.actorId })
    .from(posts)
    .where(
      and(
        inArray(posts.id, [...postIds]),
        eq(posts.visibility, 'direct'),
        eq(posts.isHeld, false),
        isNull(posts.deletedAt),
        gte(posts.publishedAt, since),
      ),
    )
}
