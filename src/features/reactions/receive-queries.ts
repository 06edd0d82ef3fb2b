import { sql } from 'drizzle-orm'
import { ids, texts } from '#src/db/arrays.ts'
import type { Tx } from '#src/db/client.ts'
import { isWithdrawnBy } from '#src/db/tombstones.ts'
import { readableBy } from '#src/features/posts/queries.ts'

/** A remote actor likes a post that we have. */
export type RemoteLike = Readonly<{ actorId: string; postId: string; activityIri: string }>

/** `refused`: the actor may not see the post, or has taken the like back before it came. */
export type LikeOutcome = 'created' | 'already' | 'refused'

/**
 * Writes likes, each once for its actor and post. Hold the locks of their activities (`lockByNames`).
 * @returns what came of each, and the ids of the new ones
 */
export async function insertRemoteLikes(
  tx: Tx,
  likes: readonly RemoteLike[],
  now: Date,
): Promise<{ outcomes: LikeOutcome[]; created: string[] }> {
  const given = sql`unnest(${ids(likes.map(({ actorId }) => actorId))}, ${ids(likes.map(({ postId }) => postId))},
    ${texts(likes.map(({ activityIri }) => activityIri))}) with ordinality as given (actor_id, post_id, iri, nth)`
  const rows = await tx.execute<{ nth: string; like_id: string | null }>(sql`
    with welcome as (
      select given.* from ${given} join posts on posts.id = given.post_id
      where posts.boost_of_id is null and ${readableBy(sql`given.actor_id`)}
        and not ${isWithdrawnBy(sql`given.iri`, sql`given.actor_id`, now)}
    ), written as (
      insert into likes (actor_id, post_id, activity_iri) select actor_id, post_id, iri from welcome order by nth
      on conflict do nothing returning id, activity_iri, actor_id, post_id
    )
    select welcome.nth::text, written.id::text as like_id from welcome left join written
      on written.activity_iri = welcome.iri and written.actor_id = welcome.actor_id and written.post_id = welcome.post_id
    order by welcome.nth`)
  const outcomes = likes.map((): LikeOutcome => 'refused')
  const created = new Set<string>()
  for (const { nth, like_id: id } of rows) {
    outcomes[Number(nth) - 1] = id && !created.has(id) ? 'created' : 'already'
    if (id) created.add(id)
  }
  return { outcomes, created: [...created] }
}
