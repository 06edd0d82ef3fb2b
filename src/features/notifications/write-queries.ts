import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { ids, moments } from '#src/db/arrays.ts'
import type { Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { orders } from '#src/db/schema/orders.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'
import { pushSubscriptions } from '#src/db/schema/pushes.ts'
import { quotes } from '#src/db/schema/quotes.ts'
import { emojiReactions, likes } from '#src/db/schema/reactions.ts'
import { reports } from '#src/db/schema/reports.ts'
import { isToldOf } from '#src/features/mutes/queries.ts'
import { authorVisibleTo } from '#src/features/posts/queries.ts'
import { requestPushes } from '#src/features/pushes/service.ts'
import { mentionsIn } from './mention-queries.ts'
import { verdictOn } from './policy-queries.ts'
import { staff } from './staff-queries.ts'

/** What a notification says, in the words of the client API. */
export type NotificationKind = (typeof notifications.$inferSelect)['kind']

/** Somebody did something that concerns others. */
export type Story = Readonly<{ kind: NotificationKind; fromActorId: string; postId: string | null; at: Date }>

/** A fact as it is told of: the row that it is about, and when it happened. */
export type Happening = Readonly<{ id: string; at: Date }>

/** A notification that was written now, for whom, and of which post. */
export type Told = Readonly<{ id: string; kind: NotificationKind; actorId: string; postId: string | null }>

/** Facts as a table, in their order. */
export function factsOf(happenings: readonly Happening[]): SQL {
  const [subjects, times] = [ids(happenings.map(({ id }) => id)), moments(happenings.map(({ at }) => at))]
  return sql`unnest(${subjects}, ${times}) with ordinality as fact (id, at, nth)`
}

/**
 * Stories of a kind: a query that yields `actor_id` (who is told), `from_actor_id`, `post_id`, `at` and their order `nth`; with
 * `about`, `report_id` or `order_id` too.
 */
type Stories = Readonly<{ kind: NotificationKind; query: SQL; about?: 'report' | 'order' }>

/**
 * Tells local actors stories, each once, in the order of what happened. Nobody is told of what they did themselves (but that their own poll is over, and what
 * was ordered of them), nor of somebody with whom there is a block, in either direction, nor of somebody whose notifications they have muted. Groups are
 * told nothing: nobody reads as one.
 * @returns who was told for the first time, and not held back
 */
export async function tell(tx: Tx, stories: readonly Stories[]): Promise<Told[]> {
  const all = stories.map(
    ({ kind, query, about }) => sql`select ${kind}::notification_kind as kind, q.actor_id, q.from_actor_id, q.post_id,
      q.at, q.nth, ${about === 'report' ? sql`q.report_id` : sql`null::bigint`} as report_id,
      ${about === 'order' ? sql`q.order_id` : sql`null::bigint`} as order_id from (${query}) as q`,
  )
  const [reader, from, post] = [sql`told.actor_id`, sql`told.from_actor_id`, sql`told.post_id`]
  const judged = verdictOn({ kind: sql`told.kind`, reader, from, post })
  // Planning this takes ten times as long as running it, and every run is like the others. What is told is looked up first, by its ids, and then
  // judged: planned while the tables were small, it judged every follower of somebody to find the one who had just come.
  await tx.execute(sql`set local plan_cache_mode = force_generic_plan`)
  const rows = await tx.execute<Told & { hasDevice: boolean }>(sql`
    with told as materialized (${sql.join(all, sql` union all `)}), written as (
      insert into notifications (actor_id, kind, from_actor_id, post_id, report_id, order_id, created_at, is_filtered)
      select told.actor_id, told.kind, told.from_actor_id, told.post_id, told.report_id, told.order_id, told.at, judged.verdict = 'filter'
      from told join ${actors} on ${actors.id} = told.actor_id
      cross join lateral (select ${judged} as verdict) as judged
      where ${actors.host} is null and ${actors.deletedAt} is null and ${actors.type} <> 'Group'
        and (told.actor_id <> ${from} or told.kind in ('poll', 'order'))
        and judged.verdict <> 'drop' and ${isToldOf(reader, from)} and not ${isMuted(post)} and ${authorVisibleTo(reader, from)}
      order by told.nth
      on conflict do nothing
      returning id, kind, actor_id, from_actor_id, post_id, is_filtered
    ), requested as (
      insert into notification_requests (actor_id, from_actor_id, last_post_id)
      select distinct on (actor_id, from_actor_id) actor_id, from_actor_id, post_id from written where is_filtered
      order by actor_id, from_actor_id, id desc
      on conflict (actor_id, from_actor_id) do update
        set last_post_id = coalesce(excluded.last_post_id, notification_requests.last_post_id), updated_at = now()
    )
    select id::text as id, kind, actor_id::text as "actorId", post_id::text as "postId",
      exists (select from ${pushSubscriptions} where ${pushSubscriptions.actorId} = written.actor_id) as "hasDevice"
    from written where not is_filtered`)
  const pushed = rows.filter(({ hasDevice }) => hasDevice).map(({ id }) => id)
  if (pushed.length > 0) await requestPushes(tx, pushed)
  return rows
}

/** Whoever has muted a conversation hears no more of anything in it. */
function isMuted(post: SQL): SQL {
  return sql`exists (select from muted_conversations m join posts p on coalesce(p.conversation_id, p.id) = m.conversation_id
    where m.actor_id = told.actor_id and p.id = ${post})`
}

/** Tells authors who likes their posts. */
export async function tellOfLikes(tx: Tx, given: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'favourite',
      query: sql`select p.actor_id, l.actor_id as from_actor_id, p.id as post_id, fact.at, fact.nth
      from ${factsOf(given)} join ${likes} l on l.id = fact.id join ${posts} p on p.id = l.post_id
      where p.deleted_at is null`,
    },
  ])
}

/** Tells authors who reacts to their posts with an emoji: to clients that is a like, and the emoji stands beside it. */
export async function tellOfReactions(tx: Tx, given: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'favourite',
      query: sql`select p.actor_id, r.actor_id as from_actor_id, p.id as post_id, fact.at, fact.nth
      from ${factsOf(given)} join ${emojiReactions} r on r.id = fact.id join ${posts} p on p.id = r.post_id
      where p.deleted_at is null`,
    },
  ])
}

/** Tells authors who boosts their posts. That a group has taken a topic is what its author wanted, and no news. */
export async function tellOfBoosts(tx: Tx, boosts: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'reblog',
      query: sql`select p.actor_id, b.actor_id as from_actor_id, p.id as post_id, fact.at, fact.nth
      from ${factsOf(boosts)} join ${posts} b on b.id = fact.id join ${posts} p on p.id = b.boost_of_id
      join ${actors} by_whom on by_whom.id = b.actor_id
      where b.deleted_at is null and p.deleted_at is null and by_whom.type <> 'Group'`,
    },
  ])
}

/** Tells authors who quotes their posts, or asks whether they may. */
export async function tellOfQuotes(tx: Tx, made: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'quote',
      query: sql`select p.actor_id, own.actor_id as from_actor_id, own.id as post_id, fact.at, fact.nth
      from ${factsOf(made)} join ${posts} own on own.id = fact.id join ${quotes} q on q.post_id = own.id
      join ${posts} p on p.id = q.quoted_id
      where own.deleted_at is null and p.deleted_at is null and q.state in ('pending', 'accepted')`,
    },
  ])
}

/** Tells authors who waits for their yes to an answer. Clients know no better word than that somebody speaks to them. */
export async function tellOfHeldReplies(tx: Tx, made: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'mention',
      query: sql`select p.actor_id, own.actor_id as from_actor_id, own.id as post_id, fact.at, fact.nth
      from ${factsOf(made)} join ${posts} own on own.id = fact.id join ${posts} p on p.id = own.in_reply_to_id
      where own.deleted_at is null and p.deleted_at is null`,
    },
  ])
}

/** Tells everybody who quotes a post with its author's consent, anew for each edit, of their own post that quotes. */
export async function tellQuoting(tx: Tx, edit: Happening): Promise<Told[]> {
  await tx.execute(sql`delete from ${notifications} n using ${quotes} q where n.kind = 'quoted_update'
    and n.post_id = q.post_id and q.quoted_id = ${edit.id} and n.created_at < ${edit.at.toISOString()}`)
  return tell(tx, [
    {
      kind: 'quoted_update',
      query: sql`select own.actor_id, p.actor_id as from_actor_id, own.id as post_id, fact.at, fact.nth
      from ${factsOf([edit])} join ${posts} p on p.id = fact.id join ${quotes} q on q.quoted_id = p.id
      join ${posts} own on own.id = q.post_id
      where own.deleted_at is null and q.state = 'accepted'`,
    },
  ])
}

/** Tells administrators who has come in. */
export async function tellOfNewcomers(tx: Tx, arrived: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'admin.sign_up',
      query: sql`select staff.actor_id, a.id as from_actor_id, null::bigint as post_id, fact.at, fact.nth
      from ${factsOf(arrived)} join ${actors} a on a.id = fact.id cross join (${staff()}) as staff
      where a.deleted_at is null`,
    },
  ])
}

/** Tells administrators who reports somebody. */
export async function tellOfReports(tx: Tx, made: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'admin.report',
      query: sql`select staff.actor_id, r.actor_id as from_actor_id, null::bigint as post_id, r.id as report_id, fact.at, fact.nth
      from ${factsOf(made)} join ${reports} r on r.id = fact.id cross join (${staff()}) as staff`,
      about: 'report',
    },
  ])
}

/**
 * Tells sellers of ours what was ordered. It stands as their own story: guests are nobody here, and no mute or block of a buyer may keep an order
 * from who has to send it.
 */
export async function tellOfOrders(tx: Tx, placed: readonly Happening[]): Promise<Told[]> {
  return tell(tx, [
    {
      kind: 'order',
      query: sql`select o.seller_id as actor_id, o.seller_id as from_actor_id, null::bigint as post_id, o.id as order_id, fact.at, fact.nth
      from ${factsOf(placed)} join ${orders} o on o.id = fact.id`,
      about: 'order',
    },
  ])
}

/** Tells everybody whom posts name. @param since posts that are older are no news to anybody */
export async function tellMentioned(tx: Tx, published: readonly Happening[], since: Date): Promise<Told[]> {
  return tell(tx, [{ kind: 'mention', query: mentionsIn(factsOf(published), since) }])
}

/** Tells of new posts, post by post: everybody whom one names, and the followers who asked to be told. @param since as `tellMentioned` */
export async function tellOfNewPosts(tx: Tx, published: readonly Happening[], since: Date): Promise<Told[]> {
  return tell(tx, [{ kind: 'mention', query: mentionsIn(factsOf(published), since) }, postsOf(published, since)])
}

/** For accepted followers who asked to be told of every post, but for those whom it names, and of answers to others. */
function postsOf(published: readonly Happening[], since: Date): Stories {
  const query = sql`select f.follower_id as actor_id, p.actor_id as from_actor_id, p.id as post_id, fact.at, fact.nth
      from ${factsOf(published)} join ${posts} p on p.id = fact.id join ${follows} f on f.followee_id = p.actor_id
      where p.deleted_at is null and p.published_at >= ${since.toISOString()} and p.visibility <> 'direct'
        and ((p.in_reply_to_id is null and p.in_reply_to_iri is null) or p.in_reply_to_actor_id is not distinct from p.actor_id)
        and f.state = 'accepted' and f.notifies
        and not exists (select from ${postRecipients} r where r.post_id = p.id and r.actor_id = f.follower_id and r.is_mention)`
  return { kind: 'status', query }
}

/** Tells everybody who boosted a post, anew for each edit: the line about an earlier edit goes. */
export async function tellBoosters(tx: Tx, story: Story): Promise<Told[]> {
  return tellAnew(
    tx,
    story,
    sql`select ${posts.actorId} as actor_id from ${posts} where ${posts.boostOfId} = ${story.postId} and ${posts.deletedAt} is null`,
  )
}

/** Tells the author of a poll and everybody who voted that it is over; the lines about an earlier end go. */
export async function tellVoters(tx: Tx, story: Story): Promise<Told[]> {
  return tellAnew(
    tx,
    story,
    sql`select ${story.fromActorId}::bigint as actor_id union
      select b.actor_id from poll_ballots b join polls p on p.id = b.poll_id where p.post_id = ${story.postId}`,
  )
}

/** Tells the followers of an actor that it has moved. */
export async function tellOfMove(tx: Tx, move: Readonly<{ actorId: string; at: Date }>): Promise<Told[]> {
  const { actorId, at } = move
  return tellAnew(
    tx,
    { kind: 'move', fromActorId: actorId, postId: null, at },
    sql`select f.follower_id as actor_id from ${follows} f where f.followee_id = ${actorId} and f.state = 'accepted'`,
  )
}

async function tellAnew(tx: Tx, story: Story, recipients: SQL): Promise<Told[]> {
  const { kind, fromActorId, postId, at } = story
  await tx.delete(notifications).where(and(isStory(story), lt(notifications.createdAt, at)))
  return tell(tx, [
    {
      kind: kind,
      query: sql`select r.actor_id, ${fromActorId}::bigint as from_actor_id, ${postId}::bigint as post_id,
      ${at.toISOString()}::timestamptz as at, 1 as nth from (${recipients}) as r`,
    },
  ])
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
