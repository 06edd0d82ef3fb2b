import { type SQL, sql } from 'drizzle-orm'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'
import { replyConsents } from '#src/db/schema/replies.ts'

/** Of this many mentions by one stranger people are told within an hour: open servers are used to send them by the thousand. */
const mostByStranger = 10

/**
 * Everybody whom new posts name, and those whom posts from elsewhere answer and are addressed to: Mbin and NodeBB name nobody in an answer. An
 * answer tells nobody before it is let in, and then of itself as of a new one, if it was one when it came. As stories: `actor_id`, `from_actor_id`, `post_id`, `at`, `nth`.
 * @param facts the posts as a table `fact (id, at, nth)`
 * @param since posts that are older are no news to anybody
 */
export function mentionsIn(facts: SQL, since: Date): SQL {
  return sql`select named.actor_id, named.from_actor_id, named.post_id, named.at, named.nth
      from (select r.actor_id, p.actor_id as from_actor_id, p.id as post_id, fact.at, fact.nth,
          row_number() over (partition by p.actor_id order by fact.nth, r.actor_id) as nth_by_author
        from ${facts} join ${posts} p on p.id = fact.id join ${postRecipients} r on r.post_id = p.id
        where p.deleted_at is null and not p.is_held
          and (p.published_at >= ${since.toISOString()} or exists (
            select from ${replyConsents} c where c.post_id = p.id and c.created_at < p.published_at + interval '1 day'))
          and (r.is_mention or (p.iri is not null and r.actor_id = p.in_reply_to_actor_id))) as named
      join ${actors} author on author.id = named.from_actor_id
      where author.host is null
        or exists (select from ${follows} f where f.followee_id = author.id and f.state = 'accepted')
        or named.nth_by_author + (select count(*) from ${posts} said join ${notifications} n on n.post_id = said.id
          where said.actor_id = author.id and n.kind = 'mention' and n.created_at > named.at - interval '1 hour') <= ${mostByStranger}`
}
