import { and, eq, inArray, notExists, sql } from 'drizzle-orm'
import type { StreamEvent } from '#src/core/streams.ts'
import type { Tx } from '#src/db/client.ts'
import { directConversationPosts, directConversations } from '#src/db/schema/conversations.ts'

/**
 * Puts a direct post into the conversations of local actors, which its author has read and the others have not. Posts that are not
 * direct are in no conversation.
 * @param actorIds who wrote it or was told of it, never all who are named: what somebody is not told of must not appear in their list
 * @returns what their streams are to say of it
 */
export async function filePost(tx: Tx, postId: string, actorIds: readonly string[]): Promise<StreamEvent[]> {
  if (actorIds.length === 0) return []
  await joinThreads(tx, postId)
  const rows = await tx.execute<{ id: string; actorId: string }>(sql`
    with filed as (
      insert into direct_conversations (actor_id, thread_id, participant_ids, last_post_id, is_unread)
      select told.actor_id, coalesce(p.conversation_id, p.id), array(
          select named.id from (
            select p.actor_id as id union
            select r.actor_id from post_recipients r where r.post_id = p.id and r.is_mention) as named
          where named.id <> told.actor_id order by named.id),
        p.id, told.actor_id <> p.actor_id
      from posts p cross join unnest(${`{${actorIds.join(',')}}`}::bigint[]) as told(actor_id)
      join actors a on a.id = told.actor_id and a.host is null and a.type <> 'Group' and a.deleted_at is null
      where p.id = ${postId} and p.visibility = 'direct' and not p.is_held and p.deleted_at is null
      order by told.actor_id
      on conflict (actor_id, thread_id, participant_ids) do update set
        is_unread = case when excluded.last_post_id >= direct_conversations.last_post_id then excluded.is_unread
          else direct_conversations.is_unread or excluded.is_unread end,
        last_post_id = greatest(direct_conversations.last_post_id, excluded.last_post_id)
      returning id, actor_id
    ), linked as (
      insert into direct_conversation_posts (conversation_id, post_id) select id, ${postId}::bigint from filed
      on conflict do nothing
    )
    select id::text as id, actor_id::text as "actorId" from filed`)
  return rows.map(({ id, actorId }) => ({ event: 'conversation', id, actorId }))
}

/** An answer that came before what it answers was a thread of its own until now. */
async function joinThreads(tx: Tx, postId: string): Promise<void> {
  await tx.execute(sql`
    update direct_conversations c set thread_id = coalesce(p.conversation_id, p.id)
    from posts p join posts other on other.conversation_id = p.conversation_id and other.id <> p.id
      join direct_conversation_posts cp on cp.post_id = other.id
    where p.id = ${postId} and c.id = cp.conversation_id and c.thread_id <> p.conversation_id
      and not exists (select from direct_conversations same where same.actor_id = c.actor_id
        and same.thread_id = p.conversation_id and same.participant_ids = c.participant_ids)`)
}

/** Takes a deleted post out of all conversations; those that had no other are gone. */
export async function unfilePost(tx: Tx, postId: string): Promise<void> {
  const rows = await tx
    .delete(directConversationPosts)
    .where(eq(directConversationPosts.postId, postId))
    .returning({ id: directConversationPosts.conversationId })
  if (rows.length === 0) return
  const isOne = inArray(
    directConversations.id,
    rows.map(({ id }) => id),
  )
  const rest = tx
    .select({ id: directConversationPosts.postId })
    .from(directConversationPosts)
    .where(eq(directConversationPosts.conversationId, directConversations.id))
  await tx.delete(directConversations).where(and(isOne, notExists(rest)))
  await tx
    .update(directConversations)
    .set({
      lastPostId: sql`(select max(${directConversationPosts.postId}) from ${directConversationPosts}
        where ${directConversationPosts.conversationId} = ${directConversations.id})`,
    })
    .where(isOne)
}

/** Notes that a conversation of an actor was read; false when it is not on its list. */
export async function markRead(tx: Tx, actorId: string, id: string): Promise<boolean> {
  const rows = await tx
    .update(directConversations)
    .set({ isUnread: false })
    .where(and(eq(directConversations.actorId, actorId), eq(directConversations.id, id)))
    .returning({ id: directConversations.id })
  return rows.length > 0
}

/** Takes a conversation off an actor's list, with its posts left where they are; false when it is not on it. */
export async function deleteConversation(tx: Tx, actorId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(directConversations)
    .where(and(eq(directConversations.actorId, actorId), eq(directConversations.id, id)))
    .returning({ id: directConversations.id })
  return rows.length > 0
}
