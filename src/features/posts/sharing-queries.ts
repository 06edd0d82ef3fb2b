import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import { visibleTo } from './queries.ts'

/** Whether a post was sent to a server: somebody there follows its author and was accepted, or is addressed. */
export async function isSharedWithHost(db: Db, postId: string, host: string): Promise<boolean> {
  const [row] = await db.execute<{ is_shared: boolean }>(sql`
    select (p.visibility = 'followers' and exists (
        select from follows f join actors a on a.id = f.follower_id
        where f.followee_id = p.actor_id and f.state = 'accepted' and a.host = ${host} and a.deleted_at is null)
      or exists (
        select from post_recipients r join actors a on a.id = r.actor_id
        where r.post_id = p.id and a.host = ${host} and a.deleted_at is null)) as is_shared
    from posts p where p.id = ${postId} and p.deleted_at is null`)
  return row?.is_shared ?? false
}

/** A post as a collection names it. */
export type Listed = Readonly<{ id: string; iri: string | null; handle: string }>

const listed = { id: posts.id, iri: posts.iri, handle: actors.handle }

/** The answers to a post that everybody may read, oldest first. */
export async function listPublicReplies(db: Db, postId: string, limit: number): Promise<Listed[]> {
  return db
    .select(listed)
    .from(posts)
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .where(and(eq(posts.inReplyToId, postId), visibleTo(null)))
    .orderBy(asc(posts.id))
    .limit(limit)
}

/** The posts of a conversation that everybody may read, oldest first. */
export async function listPublicConversation(db: Db, conversationId: string, limit: number): Promise<Listed[]> {
  return db
    .select(listed)
    .from(posts)
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .where(and(eq(posts.conversationId, conversationId), visibleTo(null)))
    .orderBy(asc(posts.id))
    .limit(limit)
}

/** The newest posts of an actor of ours that everybody may read, with the effects that made their activities. */
export async function listPublished(
  db: Db,
  actorId: string,
  page: { maxId: string | null; limit: number },
): Promise<{ id: string; effectId: string | null }[]> {
  return db
    .select({ id: posts.id, effectId: posts.effectId })
    .from(posts)
    .where(
      and(
        eq(posts.actorId, actorId),
        isNull(posts.boostOfId),
        inArray(posts.visibility, ['public', 'unlisted']),
        visibleTo(null),
        page.maxId ? sql`${posts.id} < ${page.maxId}` : undefined,
      ),
    )
    .orderBy(desc(posts.id))
    .limit(page.limit)
}
