import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'
import { pushSubscriptions } from '#src/db/schema/pushes.ts'
import { isToldOf } from '#src/features/mutes/queries.ts'
import { authorVisibleTo } from '#src/features/posts/queries.ts'
import { requestPushes } from '#src/features/pushes/service.ts'
import { verdictOn } from './policy-queries.ts'

/** What a notification says, in the words of the client API. */
export type NotificationKind = (typeof notifications.$inferSelect)['kind']

/** Somebody did something that concerns others. */
export type Story = Readonly<{ kind: NotificationKind; fromActorId: string; postId: string | null; at: Date }>

/** A notification that was written now, and for whom. */
export type Told = Readonly<{ id: string; actorId: string }>

/**
 * Tells local actors a story, each once. `recipients` is a query that yields their ids as `actor_id`. Nobody is told of what they did
 * themselves (but that their own poll is over), nor of somebody with whom there is a block, in either direction, nor of somebody whose
 * notifications they have muted.
 * @returns who was told for the first time, and not held back
 */
async function tell(tx: Tx, { kind, fromActorId, postId, at }: Story, recipients: SQL): Promise<Told[]> {
  const [from, post] = [sql`${fromActorId}::bigint`, sql`${postId}::bigint`]
  const judged = verdictOn(kind, { reader: sql`told.actor_id`, from, post })
  const rows = await tx.execute<{ id: string; actorId: string; hasDevice: boolean }>(sql`
    with written as (
      insert into notifications (actor_id, kind, from_actor_id, post_id, created_at, is_filtered)
      select told.actor_id, ${kind}::notification_kind, ${from}, ${post}, ${at.toISOString()}::timestamptz,
        judged.verdict = 'filter'
      from (${recipients}) as told join ${actors} on ${actors.id} = told.actor_id
      cross join lateral (select ${judged} as verdict) as judged
      where ${actors.host} is null and ${actors.deletedAt} is null and (told.actor_id <> ${from} or ${kind === 'poll'})
        and judged.verdict <> 'drop' and ${isToldOf(sql`told.actor_id`, from)} and not ${isMuted(post)} and ${authorVisibleTo(sql`told.actor_id`, from)}
      on conflict do nothing
      returning id, actor_id, from_actor_id, post_id, is_filtered
    ), requested as (
      insert into notification_requests (actor_id, from_actor_id, last_post_id)
      select actor_id, from_actor_id, post_id from written where is_filtered
      on conflict (actor_id, from_actor_id) do update
        set last_post_id = coalesce(excluded.last_post_id, notification_requests.last_post_id), updated_at = now()
    )
    select id::text as id, actor_id::text as "actorId",
      exists (select from ${pushSubscriptions} where ${pushSubscriptions.actorId} = written.actor_id) as "hasDevice"
    from written where not is_filtered`)
  const pushed = rows.filter(({ hasDevice }) => hasDevice).map(({ id }) => id)
  if (pushed.length > 0) await requestPushes(tx, pushed)
  return rows.map(({ id, actorId }) => ({ id, actorId }))
}

/** Whoever has muted a conversation hears no more of anything in it. */
function isMuted(post: SQL): SQL {
  return sql`exists (select from muted_conversations m join posts p on coalesce(p.conversation_id, p.id) = m.conversation_id
    where m.actor_id = told.actor_id and p.id = ${post})`
}

/** Tells one actor. */
export async function tellActor(tx: Tx, story: Story, actorId: string): Promise<Told[]> {
  return tell(tx, story, sql`select ${actorId}::bigint as actor_id`)
}

/** Tells everybody whom a post names. */
export async function tellMentioned(tx: Tx, story: Story): Promise<Told[]> {
  return tell(
    tx,
    story,
    sql`select ${postRecipients.actorId} as actor_id from ${postRecipients}
      where ${postRecipients.postId} = ${story.postId} and ${postRecipients.isMention}`,
  )
}

/** Tells the accepted followers who asked to be told of every post, but for those whom it names. */
export async function tellFollowers(tx: Tx, story: Story): Promise<Told[]> {
  return tell(
    tx,
    story,
    sql`select ${follows.followerId} as actor_id from ${follows}
      where ${follows.followeeId} = ${story.fromActorId} and ${follows.state} = 'accepted' and ${follows.notifies}
        and not exists (select from ${postRecipients} where ${postRecipients.postId} = ${story.postId}
          and ${postRecipients.actorId} = ${follows.followerId} and ${postRecipients.isMention})`,
  )
}

/** Tells everybody who boosted a post, anew for each edit: the line about an earlier edit goes. */
export async function tellBoosters(tx: Tx, story: Story): Promise<Told[]> {
  await tx.delete(notifications).where(and(isStory(story), lt(notifications.createdAt, story.at)))
  return tell(
    tx,
    story,
    sql`select ${posts.actorId} as actor_id from ${posts} where ${posts.boostOfId} = ${story.postId} and ${posts.deletedAt} is null`,
  )
}

/** Tells the author of a poll and everybody who voted that it is over; the lines about an earlier end go. */
export async function tellVoters(tx: Tx, story: Story): Promise<Told[]> {
  await tx.delete(notifications).where(and(isStory(story), lt(notifications.createdAt, story.at)))
  return tell(
    tx,
    story,
    sql`select ${story.fromActorId}::bigint as actor_id union
      select b.actor_id from poll_ballots b join polls p on p.id = b.poll_id where p.post_id = ${story.postId}`,
  )
}

function isStory({ kind, fromActorId, postId }: Omit<Story, 'at'>): SQL | undefined {
  return and(
    eq(notifications.kind, kind),
    eq(notifications.fromActorId, fromActorId),
    postId === null ? isNull(notifications.postId) : eq(notifications.postId, postId),
  )
}

/** Takes back what an actor was told, because it is no longer so. */
export async function untell(tx: Tx, actorId: string, story: Omit<Story, 'at'>): Promise<void> {
  await tx.delete(notifications).where(and(eq(notifications.actorId, actorId), isStory(story)))
}

/** Takes back everything that was said about a post. */
export async function untellPost(tx: Tx, postId: string): Promise<void> {
  await tx.delete(notifications).where(eq(notifications.postId, postId))
}

/** Marks one line of an actor's list as seen to; false when it is not there. */
export async function dismissOne(tx: Tx, actorId: string, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(notifications)
    .set({ dismissedAt: now })
    .where(and(eq(notifications.id, id), eq(notifications.actorId, actorId), isNull(notifications.dismissedAt)))
    .returning({ id: notifications.id })
  return rows.length > 0
}

/** Marks the whole list of an actor as seen to. */
export async function dismissAll(tx: Tx, actorId: string, now: Date): Promise<void> {
  await tx
    .update(notifications)
    .set({ dismissedAt: now })
    .where(and(eq(notifications.actorId, actorId), isNull(notifications.dismissedAt)))
}
