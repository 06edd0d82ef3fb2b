import { sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { pageBounds, pageSize } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { follows } from '#src/db/schema/follows.ts'
import { posts } from '#src/db/schema/posts.ts'
import { authorVisibleTo, visibleTo } from '#src/features/posts/queries.ts'
import { toPage } from './queries.ts'

const reader = sql.placeholder('reader')

/**
 * Whom a reader follows, with what they want of each, and the reader. What can be asked once for each of them is asked here and not at
 * each of their posts.
 */
const followed = sql`
  select ${follows.followeeId} as actor_id, ${follows.showsBoosts} as shows_boosts, ${follows.languages} as languages
  from ${follows}
  where ${follows.followerId} = ${reader} and ${follows.state} = 'accepted' and ${authorVisibleTo(reader, follows.followeeId)}
  union all select ${reader}::bigint, true, null`

/**
 * An answer is shown to those who follow both sides, to the one who is answered, and when somebody goes on with what they said; one whose
 * parent we do not have is not. As Mastodon decides; one's own posts are all there.
 */
const isForHome = sql`(
  ${posts.actorId} = ${reader}
  or (${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
  or ${posts.inReplyToActorId} in (${posts.actorId}, ${reader})
  or exists (select from ${follows} where ${follows.followerId} = ${reader}
    and ${follows.followeeId} = ${posts.inReplyToActorId} and ${follows.state} = 'accepted'))`

/**
 * The newest posts of each actor that is followed, by its index, merged: nothing is copied when a post is published, and who may see it is
 * decided now. Posts to named people are among them when the reader is named, as in Mastodon.
 */
const home = prepared((db, size: number, isUpward: boolean) => {
  const order = sql.raw(isUpward ? 'asc' : 'desc')
  return db
    .select({ id: sql<string>`merged.id`.as('id') })
    .from(sql`(
      select newest.id from (${followed}) as followed cross join lateral (
        select ${posts.id} from ${posts}
        where ${posts.actorId} = followed.actor_id and ${posts.deletedAt} is null
          and ${posts.id} < ${sql.placeholder('before')} and ${posts.id} > ${sql.placeholder('after')}
          and (followed.shows_boosts or ${posts.boostOfId} is null)
          and (followed.languages is null or ${posts.language} is null or ${posts.language} = any(followed.languages))
          and ${isForHome} and ${visibleTo(reader)}
        order by ${posts.id} ${order} limit ${sql.raw(String(size))}
      ) as newest
      order by newest.id ${order} limit ${sql.raw(String(size))}
    ) as merged`)
    .prepare(`home_${size}_${isUpward}`)
})

/** A page of the home timeline of an actor, newest first. */
export async function listHome(db: Db, actorId: string, page: Page): Promise<string[]> {
  const rows = await home(db, pageSize(page), page.minId !== undefined).execute({
    ...pageBounds(page),
    reader: actorId,
  })
  return toPage(
    rows.map(({ id }) => ({ id: String(id) })),
    page,
  )
}
