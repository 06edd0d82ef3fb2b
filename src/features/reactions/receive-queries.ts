import { sql } from 'drizzle-orm'
import { ids, texts } from '#src/db/arrays.ts'
import type { Tx } from '#src/db/client.ts'
import { isWithdrawnBy } from '#src/db/tombstones.ts'
import { readableBy } from '#src/features/posts/queries.ts'

/** A remote actor likes a post that we have. */
export type RemoteLike = Readonly<{
  actorId: string
  postId: string
  activityIri: string
  /** The group that alone has witnessed it; left out for what the actor said itself. */
  attestedById?: string | null
}>

/** `refused`: the actor may not see the post, or has taken the like back before it came. */
export type LikeOutcome = 'created' | 'already' | 'refused'

/**
 * Writes likes, each once for its actor and post; what an actor says itself takes the place of what a group has said of it. Hold the locks of
 * their activities (`lockByNames`).
 * @returns what came of each, and the ids of the new ones of which people may be told
 */
export async function insertRemoteLikes(
  tx: Tx,
  likes: readonly RemoteLike[],
  now: Date,
): Promise<{ outcomes: LikeOutcome[]; created: string[] }> {
  const given = sql`unnest(${ids(likes.map(({ actorId }) => actorId))}, ${ids(likes.map(({ postId }) => postId))},
    ${texts(likes.map(({ activityIri }) => activityIri))}, ${ids(likes.map(({ attestedById }) => attestedById ?? 'null'))})
    with ordinality as given (actor_id, post_id, iri, attested_by_id, nth)`
  const rows = await tx.execute<{ nth: string; like_id: string | null; is_attested: boolean }>(sql`
    with welcome as (
      select given.* from ${given} join posts on posts.id = given.post_id
      where posts.boost_of_id is null and ${readableBy(sql`given.actor_id`)}
        and not ${isWithdrawnBy(sql`given.iri`, sql`given.actor_id`, now)}
    ), confirmed as (
      update likes set attested_by_id = null, activity_iri = welcome.iri from welcome
      where welcome.attested_by_id is null and likes.attested_by_id is not null
        and likes.actor_id = welcome.actor_id and likes.post_id = welcome.post_id
      returning likes.id, likes.activity_iri, likes.actor_id, likes.post_id
    ), inserted as (
      insert into likes (actor_id, post_id, activity_iri, attested_by_id)
      select actor_id, post_id, iri, attested_by_id from welcome order by nth
      on conflict do nothing returning id, activity_iri, actor_id, post_id
    ), written as (select * from inserted union all select * from confirmed)
    select welcome.nth::text, written.id::text as like_id, welcome.attested_by_id is not null as is_attested
    from welcome left join written
      on written.activity_iri = welcome.iri and written.actor_id = welcome.actor_id and written.post_id = welcome.post_id
    order by welcome.nth`)
  const outcomes = likes.map((): LikeOutcome => 'refused')
  const [seen, created] = [new Set<string>(), new Set<string>()]
  for (const { nth, like_id: id, is_attested: isAttested } of rows) {
    outcomes[Number(nth) - 1] = id && !seen.has(id) ? 'created' : 'already'
    if (id) seen.add(id)
    if (id && !isAttested) created.add(id)
  }
  return { outcomes, created: [...created] }
}
