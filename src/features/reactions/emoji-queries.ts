import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '#src/db/client.ts'
import { emojiReactions, likes } from '#src/db/schema/reactions.ts'
import { isWithdrawnBy } from '#src/db/tombstones.ts'
import { readableBy } from '#src/features/posts/queries.ts'
import type { LikeOutcome, RemoteLike } from './receive-queries.ts'

/** A remote actor reacts to a post with an emoji. `isLike`: by a Like, which counts as one as well. */
export type RemoteReaction = RemoteLike & Readonly<{ isLike: boolean; emoji: string; pictureUrl: string | null }>

/** A reaction as much as is needed to take it back. */
export type Reaction = Readonly<{ actorId: string; postId: string }>

/** So many emojis one actor can leave at a post. */
const mostByOne = 20

/**
 * Writes a reaction, once for its actor, post and emoji; what the actor says itself takes the place of what a group has said. Hold the lock of
 * its activity (`lockByName`).
 * @returns what came of it, and the id of a new one
 */
export async function insertReaction(
  tx: Tx,
  reaction: RemoteReaction,
  now: Date,
): Promise<Readonly<{ outcome: LikeOutcome; id: string | null }>> {
  const { actorId, postId, activityIri, attestedById = null, isLike, emoji, pictureUrl } = reaction
  const rows = await tx.execute<{ id: string | null }>(sql`
    with welcome as (
      select id from posts where posts.id = ${postId} and posts.boost_of_id is null and ${readableBy(actorId)}
        and not ${isWithdrawnBy(sql`${activityIri}`, sql`${actorId}::bigint`, now)}
    ), written as (
      insert into emoji_reactions (actor_id, post_id, activity_iri, is_like, emoji, picture_url, attested_by_id)
      select ${actorId}::bigint, welcome.id, ${activityIri}, ${isLike}, ${emoji}, ${pictureUrl}, ${attestedById}::bigint from welcome
      where (select count(*) from emoji_reactions where post_id = ${postId} and actor_id = ${actorId}) < ${mostByOne}
      on conflict (post_id, actor_id, emoji) do update
        set attested_by_id = null, activity_iri = excluded.activity_iri, is_like = excluded.is_like
        where emoji_reactions.attested_by_id is not null and excluded.attested_by_id is null
      returning id
    )
    select (select id::text from written) as id from welcome`)
  const [row] = rows
  return { outcome: row ? (row.id ? 'created' : 'already') : 'refused', id: row?.id ?? null }
}

/** Finds a reaction by the id of its activity. */
export async function findReactionByActivity(
  db: Db | Tx,
  actorId: string,
  activityIri: string,
): Promise<Reaction | null> {
  const [row] = await db
    .select({ actorId: emojiReactions.actorId, postId: emojiReactions.postId })
    .from(emojiReactions)
    .where(and(eq(emojiReactions.actorId, actorId), eq(emojiReactions.activityIri, activityIri)))
  return row ?? null
}

/** Takes a reaction away that came under the id of an activity; what it was, or null. */
export async function deleteReactionByActivity(tx: Tx, actorId: string, activityIri: string): Promise<Reaction | null> {
  const [row] = await tx
    .delete(emojiReactions)
    .where(and(eq(emojiReactions.actorId, actorId), eq(emojiReactions.activityIri, activityIri)))
    .returning({ actorId: emojiReactions.actorId, postId: emojiReactions.postId })
  return row ?? null
}

/** What is kept of a reaction to decide what an Undo takes back. */
export type KeptReaction = Readonly<{ id: string; activityIri: string; isLike: boolean; attestedById: string | null }>

/** An actor's reactions to a post, the first first. */
export async function listReactions(tx: Tx, { actorId, postId }: Reaction): Promise<KeptReaction[]> {
  const { id, activityIri, isLike, attestedById } = emojiReactions
  return tx
    .select({ id, activityIri, isLike, attestedById })
    .from(emojiReactions)
    .where(and(eq(emojiReactions.postId, postId), eq(emojiReactions.actorId, actorId)))
    .orderBy(id)
}

/** Takes reactions away. */
export async function deleteReactions(tx: Tx, reactions: readonly KeptReaction[]): Promise<void> {
  if (reactions.length === 0) return
  const gone = reactions.map(({ id }) => id)
  await tx.delete(emojiReactions).where(inArray(emojiReactions.id, gone))
}

/** Takes an actor's reaction with one emoji away; what it was, or null. */
export async function deleteReaction(tx: Tx, reaction: Reaction & { emoji: string }): Promise<Reaction | null> {
  const [row] = await tx
    .delete(emojiReactions)
    .where(
      and(
        eq(emojiReactions.postId, reaction.postId),
        eq(emojiReactions.actorId, reaction.actorId),
        eq(emojiReactions.emoji, reaction.emoji),
      ),
    )
    .returning({ actorId: emojiReactions.actorId, postId: emojiReactions.postId })
  return row ?? null
}

/** Takes a reaction away that a group alone has witnessed, found by the id of its activity, else by its post and emoji; false when there is none. */
export async function deleteAttestedReaction(
  tx: Tx,
  reaction: Readonly<{
    actorId: string
    attestedById: string
    activityIri: string | null
    postId: string | null
    emoji: string | null
  }>,
): Promise<boolean> {
  const { actorId, attestedById, activityIri, postId, emoji } = reaction
  const isIt = [
    activityIri ? eq(emojiReactions.activityIri, activityIri) : [],
    postId && emoji ? and(eq(emojiReactions.postId, postId), eq(emojiReactions.emoji, emoji)) : [],
  ].flat()
  if (isIt.length === 0) return false
  const isWitnessed = eq(emojiReactions.attestedById, attestedById)
  const rows = await tx
    .delete(emojiReactions)
    .where(and(eq(emojiReactions.actorId, actorId), isWitnessed, or(...isIt)))
    .returning({ id: emojiReactions.id })
  return rows.length > 0
}

/** Whether an actor still likes a post, or reacts to it with an emoji. What only a group says is told to nobody, and is none here. */
export async function hasReacted(db: Db | Tx, { actorId, postId }: Reaction): Promise<boolean> {
  const [row] = await db.execute<{ has: boolean }>(sql`
    select exists (select from ${likes}
        where ${likes.postId} = ${postId} and ${likes.actorId} = ${actorId} and ${likes.attestedById} is null)
      or exists (select from ${emojiReactions} where ${emojiReactions.postId} = ${postId}
        and ${emojiReactions.actorId} = ${actorId} and ${emojiReactions.attestedById} is null) as has`)
  return row?.has === true
}

/** An emoji with which somebody has reacted; `pictureUrl` is where the picture of a `:shortcode:` is elsewhere. */
export type GivenReaction = Readonly<{ emoji: string; pictureUrl: string | null }>

/** With what an actor has reacted to a post, the first first; null when with nothing. Without what only a group says. */
export function reactionsBy(actorId: PgColumn, postId: PgColumn): SQL<GivenReaction[] | null> {
  // In a query of its own: else PostgreSQL would walk through all reactions in the order that is wanted, as looks cheap on the day when there are few.
  return sql<GivenReaction[] | null>`(
    select json_agg(json_build_object('emoji', given.emoji, 'pictureUrl', given.picture_url) order by given.id)
    from (select id, emoji, picture_url from ${emojiReactions} where ${emojiReactions.postId} = ${postId}
      and ${emojiReactions.actorId} = ${actorId} and ${emojiReactions.attestedById} is null offset 0) as given)`
}
