import { eq, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { follows } from '#src/db/schema/follows.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import type { PostFacts } from './names.ts'

/** What of a post decides in which open streams it stands; null for one that is not for everybody, and for boosts. */
export async function findPostFacts(db: Db, postId: string): Promise<PostFacts | null> {
  const [row] = await db
    .select({
      isLocal: sql<boolean>`${posts.iri} is null`,
      hasMedia: posts.hasMedia,
      isListed: sql<boolean>`((${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
        or ${posts.inReplyToActorId} = ${posts.actorId})`,
      isOpen: sql<boolean>`(${posts.visibility} = 'public' and ${posts.boostOfId} is null)`,
      tags: sql<string[] | null>`(select array_agg(t.name) from ${postTags} pt join ${tags} t on t.id = pt.tag_id
        where pt.post_id = ${postId})`,
    })
    .from(posts)
    .where(eq(posts.id, postId))
  if (!row?.isOpen) return null
  return { isLocal: row.isLocal, hasMedia: row.hasMedia, isListed: row.isListed, tags: row.tags ?? [] }
}

/** Which of some actors had a post in front of them that is deleted now: who follows its author, was named, or wrote it. */
export async function listFormerReaders(db: Db, postId: string, actorIds: readonly string[]): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select r.id::text as id from ${posts} cross join unnest(${`{${actorIds.join(',')}}`}::bigint[]) as r(id)
    where ${posts.id} = ${postId} and (${posts.actorId} = r.id
      or (${posts.visibility} <> 'direct' and exists (select from ${follows} f
        where f.follower_id = r.id and f.followee_id = ${posts.actorId} and f.state = 'accepted'))
      or exists (select from ${postRecipients} pr where pr.post_id = ${posts.id} and pr.actor_id = r.id))`)
  return rows.map(({ id }) => id)
}
