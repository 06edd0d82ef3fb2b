import { sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { posts, postTags, tags } from '#src/db/schema/posts.ts'
import { likes } from '#src/db/schema/reactions.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'

/** A part of a list that is in order of weight. */
export type Slice = Readonly<{ limit: number; offset: number; since: Date }>

/**
 * Hashtags that several people used since a moment in what everybody may read; those that more people used come first. One person alone
 * makes no trend, however often they say it.
 */
export async function listTrendingTags(db: Db, { limit, offset, since }: Slice): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select ${tags.name} as name from ${postTags}
    join ${posts} on ${posts.id} = ${postTags.postId} join ${tags} on ${tags.id} = ${postTags.tagId}
    where ${posts.publishedAt} >= ${since.toISOString()} and ${posts.visibility} = 'public'
      and ${isListedFor(null, posts.actorId)} and ${visibleTo(null)}
    group by ${tags.id}, ${tags.name} having count(distinct ${posts.actorId}) > 1
    order by count(distinct ${posts.actorId}) desc, count(*) desc, ${tags.id}
    limit ${limit} offset ${offset}`)
  return rows.map(({ name }) => name)
}

/**
 * Posts for everybody, of authors who agreed to be found, that several others liked or passed on since a moment. A day halves what a
 * reaction weighs, so that what was loved yesterday makes room.
 */
export async function listTrendingPosts(
  db: Db,
  readerId: string | null,
  { limit, offset, since, now }: Slice & { now: Date },
): Promise<string[]> {
  const moment = now.toISOString()
  const rows = await db.execute<{ id: string }>(sql`
    with reactions as (
      select ${likes.postId} as post_id, ${likes.actorId} as actor_id, ${likes.createdAt} as at from ${likes}
      where ${likes.createdAt} >= ${since.toISOString()} and ${likes.attestedById} is null
      union all
      select b.boost_of_id, b.actor_id, b.published_at from posts b
      where b.boost_of_id is not null and b.deleted_at is null and b.published_at >= ${since.toISOString()}
    ), weighed as (
      select post_id, count(distinct r.actor_id) as people,
        sum(power(0.5, extract(epoch from ${moment}::timestamptz - r.at) / 86400)) as weight
      from reactions r join posts p on p.id = r.post_id and p.actor_id <> r.actor_id group by post_id
    )
    select ${posts.id} as id from weighed join ${posts} on ${posts.id} = weighed.post_id
    where weighed.people > 1 and ${posts.visibility} = 'public' and ${posts.boostOfId} is null
      and ${posts.inReplyToId} is null and ${posts.inReplyToIri} is null and not ${posts.isSensitive}
      and exists (select from actors a where a.id = ${posts.actorId} and a.is_discoverable)
      and ${readerId === null ? sql`true` : isHeard(readerId, posts.actorId)} and ${isListedFor(readerId, posts.actorId)} and ${visibleTo(readerId)}
    order by weighed.weight desc, ${posts.id} desc limit ${limit} offset ${offset}`)
  return rows.map(({ id }) => String(id))
}
