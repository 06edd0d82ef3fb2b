import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { isApart } from '#src/db/apart.ts'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'
import { readableBy, visibleTo } from './queries.ts'

/**
 * Whether a post was sent to a server: somebody there follows its author and was accepted, is addressed, or is a
 * member of the group to which it was said, and is not apart from its author. Not once its author is gone.
 */
export async function isSharedWithHost(db: Db, postId: string, host: string): Promise<boolean> {
  const isTogether = sql`not (${isApart({ actorId: sql`p.actor_id`, before: null }, { id: sql`a.id`, host: sql`a.host` })})`
  const [row] = await db.execute<{ is_shared: boolean }>(sql`
    select (p.visibility = 'followers' and exists (
        select from follows f join actors a on a.id = f.follower_id
        where f.followee_id = p.actor_id and f.state = 'accepted' and a.host = ${host} and a.deleted_at is null and ${isTogether})
      or exists (
        select from post_recipients r join actors a on a.id = r.actor_id
        where r.post_id = p.id and a.host = ${host} and a.deleted_at is null and ${isTogether})
      or exists (
        select from group_posts g join post_recipients r on r.post_id = g.post_id and r.actor_id = g.group_id
          join follows f on f.followee_id = g.group_id join actors a on a.id = f.follower_id
        where g.post_id = p.id and g.removed_at is null and f.state = 'accepted' and a.host = ${host}
          and a.deleted_at is null and ${isTogether})) as is_shared
    from posts p join actors author on author.id = p.actor_id
    where p.id = ${postId} and p.deleted_at is null and author.deleted_at is null and author.suspended_at is null`)
  return row?.is_shared ?? false
}

/** Whether a reader and the author of a post have nothing to do with each other. */
export async function isApartFromAuthor(db: Db, postId: string, readerId: string): Promise<boolean> {
  const isSo = isApart({ actorId: sql`p.actor_id`, before: null }, { id: sql`a.id`, host: sql`a.host` })
  const rows = await db.execute(sql`
    select from posts p join actors a on a.id = ${readerId} where p.id = ${postId} and (${isSo})`)
  return rows.length > 0
}

/** A post as a collection names it. */
export type Listed = Readonly<{ id: string; iri: string | null; handle: string }>

const listed = { id: posts.id, iri: posts.iri, handle: actors.handle }

/** What a collection is about: the answers to a post, a conversation by its first post, or a topic of a group, which says what is in it. */
export type Discussion = Readonly<{ repliesTo: string } | { conversation: string } | { topic: string; groupId: string }>

/** Posts that everybody may read, and a reader elsewhere too, whom their authors may have blocked; of a group, what its members may. */
function openIn(reader: string | null, about: Discussion): SQL | undefined {
  const isOpen = inArray(posts.visibility, ['public', 'unlisted'])
  if ('repliesTo' in about) return and(eq(posts.inReplyToId, about.repliesTo), isOpen, readableBy(reader))
  if ('conversation' in about) return and(eq(posts.conversationId, about.conversation), isOpen, readableBy(reader))
  const isThere = sql`exists (select from ${groupPosts} where ${groupPosts.postId} = ${posts.id}
    and ${groupPosts.groupId} = ${about.groupId} and ${groupPosts.topicId} = ${about.topic} and ${groupPosts.removedAt} is null)`
  return and(eq(posts.conversationId, about.topic), isThere, readableBy(reader))
}

/** Open posts of a discussion, oldest first. */
export async function listListed(
  db: Db,
  reader: string | null,
  { about, minId, limit }: Readonly<{ about: Discussion; minId: string | null; limit: number }>,
): Promise<Listed[]> {
  return db
    .select(listed)
    .from(posts)
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .where(and(openIn(reader, about), minId ? sql`${posts.id} > ${minId}` : undefined))
    .orderBy(asc(posts.id))
    .limit(limit)
}

/** How many there are. */
export async function countListed(db: Db, reader: string | null, about: Discussion): Promise<number> {
  return db.$count(posts, openIn(reader, about))
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
        inArray(posts.visibility, ['public', 'unlisted']),
        visibleTo(null),
        page.maxId ? sql`${posts.id} < ${page.maxId}` : undefined,
      ),
    )
    .orderBy(desc(posts.id))
    .limit(page.limit)
}
