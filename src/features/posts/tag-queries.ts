import { eq, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { posts, postTags, tags } from '#src/db/schema/posts.ts'
import { visibleTo } from './queries.ts'

/** How often a hashtag was used on a day, and by how many. `day` is its first moment in UTC. */
export type TagDay = Readonly<{ day: Date; uses: number; accounts: number }>

/** Finds a hashtag by its folded name. */
export async function findTag(db: Db, name: string): Promise<{ id: string; name: string; label: string } | null> {
  const [tag] = await db
    .select({ id: tags.id, name: tags.name, label: tags.label })
    .from(tags)
    .where(eq(tags.name, name))
  return tag ?? null
}

/** The days since a moment on which a hashtag was used in what everybody may read. */
export async function listTagDays(db: Db, tagId: string, since: Date): Promise<TagDay[]> {
  const rows = await db.execute<{ day: string; uses: string; accounts: string }>(sql`
    select date_trunc('day', ${posts.publishedAt} at time zone 'UTC')::date::text as day,
      count(*) as uses, count(distinct ${posts.actorId}) as accounts
    from ${postTags} join ${posts} on ${posts.id} = ${postTags.postId}
    where ${postTags.tagId} = ${tagId} and ${posts.publishedAt} >= ${since.toISOString()}
      and ${posts.visibility} = 'public' and ${visibleTo(null)}
    group by 1`)
  return rows.map(({ day, uses, accounts }) => ({ day: new Date(day), uses: Number(uses), accounts: Number(accounts) }))
}
