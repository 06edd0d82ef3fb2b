import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { posts } from '#src/db/schema/posts.ts'

/** Links the answers that came before what they answer, and joins their conversations to its own. */
export async function adoptReplies(
  tx: Tx,
  parent: { id: string; actorId: string; iri: string; conversationId: string },
): Promise<void> {
  const orphans = await tx
    .update(posts)
    .set({ inReplyToId: parent.id, inReplyToActorId: parent.actorId, inReplyToIri: null })
    .where(and(eq(posts.inReplyToIri, parent.iri), isNull(posts.inReplyToId)))
    .returning({ conversationId: posts.conversationId })
  const joined = orphans.flatMap(({ conversationId }) => conversationId ?? [])
  if (joined.length === 0) return
  await tx.update(posts).set({ conversationId: parent.conversationId }).where(inArray(posts.conversationId, joined))
}

/** How much of a thread is shown. Mastodon's figures, for people it does not know and for those it knows. */
export type ThreadLimits = Readonly<{ ancestors: number; descendants: number; depth: number }>

/**
 * What a post answers, from the first post of the thread down to its parent. Ids only, whoever may see them: `loadStatuses` leaves out
 * what the reader may not.
 */
export async function listAncestors(db: Db, postId: string, limit: number): Promise<string[]> {
  return (await ancestors(db, limit).execute({ id: postId })).map(({ id }) => String(id))
}

// Ill-willed servers can close a thread to a circle; the depth ends it.
const ancestors = prepared((db, limit: number) =>
  db.select({ id: sql<string>`above.id`.as('id') }).from(sql`(
    with recursive up (id, parent, depth) as (
      select id, in_reply_to_id, 0 from posts where id = ${sql.placeholder('id')}
      union all
      select posts.id, posts.in_reply_to_id, up.depth + 1 from up join posts on posts.id = up.parent where up.depth < ${limit}
    ) cycle id set is_circle using path
    select id from up where depth > 0 and not is_circle order by depth desc) as above`),
)

/**
 * The answers to a post and the answers to those, each followed by its own, oldest first; a thread that the author goes on with comes before
 * what others say. Ids only, whoever may see them, as in `listAncestors`. Of what is said in a group only what the group has taken, and has not
 * taken out again; whoever reads sees their own. Nothing stands below an answer that is not let in.
 */
export async function listDescendants(
  db: Db,
  { postId, readerId }: { postId: string; readerId: string | null },
  limits: ThreadLimits,
): Promise<string[]> {
  const query = descendants(db, limits.depth, limits.descendants)
  return (await query.execute({ id: postId, reader: readerId })).map(({ id }) => String(id))
}

const [post, reader] = [sql.placeholder('id'), sql.placeholder('reader')]
const places = sql`from group_posts place where place.post_id = ${post} and place.removed_at is null`
const said = sql`from group_posts said where said.group_id = place.group_id and said.post_id = down.id`
// What a group of another server has taken we may not have heard; what it has taken out it has told.
const isInGroup = sql`case when exists (select from groups where groups.actor_id = place.group_id)
  then exists (select ${said} and said.removed_at is null) else not exists (select ${said} and said.removed_at is not null) end`

const descendants = prepared((db, depth: number, most: number) =>
  db.select({ id: sql<string>`below.id`.as('id') }).from(sql`(
    with recursive down (id, actor_id, is_closed, place, depth) as (
      select id, actor_id, false, array[]::bigint[], 0 from posts where id = ${post}
      union all
      select posts.id, posts.actor_id, posts.is_held and posts.actor_id is distinct from ${reader} and not exists (
          select from post_recipients named where named.post_id = posts.id and named.actor_id = ${reader}),
        down.place || (case when posts.actor_id = down.actor_id then 0 else 1 end)::bigint || posts.id, down.depth + 1
      from down join posts on posts.in_reply_to_id = down.id where down.depth < ${depth} and not down.is_closed
    ) cycle id set is_circle using path
    select id from down where depth > 0 and not is_circle
      and (not exists (select ${places}) or down.actor_id = ${reader} or exists (select ${places} and ${isInGroup}))
    order by place limit ${most}) as below`),
)
