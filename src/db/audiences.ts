import { eq, type SQL, sql } from 'drizzle-orm'
import { apartFrom, isApart, type Parting } from './apart.ts'
import { ids } from './arrays.ts'
import type { Tx } from './client.ts'
import { deliveries } from './schema/deliveries.ts'

/** Inboxes in one piece of an audience: one job each (a job costs more than a signature). */
export const pieceSize = 100

/** Who gets an activity. */
export type AudienceRows = Readonly<{
  followersOf: string | null
  actorIds: readonly string[]
  /** The named ones get it in their own inboxes. */
  isPersonal: boolean
  /** Inboxes that are nobody's: those of relays. */
  inboxIds: readonly string[]
  isEverybody: boolean
  /** The one host that does not get it: what is passed on comes from there. */
  exceptHost: string | null
  /** Of the named ones those who are apart from an actor do not get it. */
  parting: Parting | null
  /** All who hold a post get it: who was sent it or a boost of it, as long as that is remembered, and who had to do with it. */
  heldPostId: string | null
  /** Each host is told by a digest which of its actors are the followers (FEP-8fcf). */
  isSynchronised: boolean
}>

/**
 * Cuts an audience into pieces, each server's shared inbox once, sorted by host so that a piece meets a host's connections together.
 * Done once for an activity: the second call returns the pieces that are not finished.
 * @returns ids of deliveries
 */
export async function cutAudience(tx: Tx, activityId: string, audience: AudienceRows): Promise<string[]> {
  const existing = await tx
    .select({ id: deliveries.id, finishedAt: deliveries.finishedAt })
    .from(deliveries)
    .where(eq(deliveries.activityId, activityId))
  if (existing.length > 0) return existing.filter((row) => !row.finishedAt).map((row) => row.id)
  if (audience.isPersonal) await insertOwnInboxes(tx, audience.actorIds)
  const parts = partsOf(audience)
  if (parts.length === 0) return []
  const digests = digestsOf(audience)
  const rows = await tx.execute<{ id: string }>(sql`
    with audience as (${sql.join(parts, sql` union `)}), digests as (${digests}), open as (
      select i.id, digests.digest, (row_number() over (order by i.host, i.id) - 1) / ${pieceSize}::int as piece
      from (select distinct inbox_id from audience) audience join inboxes i on i.id = audience.inbox_id
        left join digests on digests.host = i.host
      where i.gone_at is null and i.host is distinct from ${audience.exceptHost}
    )
    insert into deliveries (activity_id, inbox_ids, digests)
    select ${activityId}::bigint, array_agg(id order by id),
      case when count(digest) > 0 then array_agg(digest order by id) end from open group by piece
    returning id`)
  return rows.map((row) => String(row.id))
}

/**
 * Inboxes of single actors have rows only once something goes there: all else goes to the inbox that their server shares. No actor refers to
 * them, so they are held until the transaction ends: those who forget idle ones pass them by.
 */
async function insertOwnInboxes(tx: Tx, actorIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    with there as materialized (
      select url from inboxes where url in (select inbox from actors where id = any(${ids(actorIds)})) order by id for key share
    )
    insert into inboxes (url, host) select a.inbox, shared.host from actors a join inboxes shared on shared.id = a.delivery_inbox_id
    where a.id = any(${ids(actorIds)}) and a.inbox is not null and a.inbox not in (select url from there)
    on conflict do nothing`)
}

/** Only those parts of an audience that there are: planning one that there is not costs as much as planning one that there is. */
function partsOf(audience: AudienceRows): SQL[] {
  const { followersOf, actorIds, isPersonal, inboxIds, isEverybody, parting, heldPostId } = audience
  const followers = sql`select a.delivery_inbox_id as inbox_id from follows f join actors a on a.id = f.follower_id
    where f.followee_id = ${followersOf} and f.state = 'accepted'
      and a.host is not null and a.deleted_at is null and a.suspended_at is null`
  const inbox = isPersonal ? sql`(select i.id from inboxes i where i.url = a.inbox)` : sql`a.delivery_inbox_id`
  const named = sql`select ${inbox} as inbox_id from actors a
    where a.id = any(${ids(actorIds)}) and a.host is not null and a.deleted_at is null and a.standing <> 'block'${unlessApart(parting)}`
  const everybody = sql`select i.id as inbox_id from inboxes i where i.url in (
    select coalesce(a.shared_inbox, a.inbox) from actors a
    where a.host is not null and a.deleted_at is null and a.standing <> 'block')`
  return [
    ...(followersOf === null ? [] : [followers]),
    ...(actorIds.length === 0 ? [] : [named]),
    ...(inboxIds.length === 0 ? [] : [sql`select unnest(${ids(inboxIds)}) as inbox_id`]),
    ...(isEverybody ? [everybody] : []),
    ...(heldPostId === null ? [] : holdersOf(heldPostId, parting)),
  ]
}

const unlessApart = (parting: Parting | null) =>
  parting === null ? sql`` : sql` and not (${isApart(parting, { id: sql`a.id`, host: sql`a.host` })})`

/**
 * Where a post of ours is held besides by followers: wherever it was delivered or one of ours has boosted it to, and with those who have boosted,
 * liked, answered, quoted or reacted to it. Everything is read by an index on the post. A boost taken back has not taken the post back.
 * An inbox that is only known from a former delivery is nobody's for certain: it is held like those in `insertOwnInboxes`.
 */
function holdersOf(postId: string, parting: Parting | null): SQL[] {
  const boosts = (column: SQL) => sql`select ${column} from posts where boost_of_id = ${postId} and deleted_at is null
    union all select ${column} from posts where boost_of_id = ${postId} and deleted_at is not null`
  const isReached = parting === null ? sql`` : sql` and i.id not in (${apartFrom(parting)})`
  const sent = sql`select id as inbox_id from (select i.id from inboxes i where i.id in (
    select unnest(d.inbox_ids) from deliveries d where d.activity_id in (
      select effect_id from posts where id = ${postId} union all ${boosts(sql`effect_id`)}))${isReached}
    order by i.id for key share) as sent`
  const concerned = sql`select a.delivery_inbox_id as inbox_id from actors a where a.id in (
    ${boosts(sql`actor_id`)}
    union all select actor_id from likes where post_id = ${postId}
    union all select actor_id from emoji_reactions where post_id = ${postId}
    union all select actor_id from posts where in_reply_to_id = ${postId}
    union all select p.actor_id from quotes q join posts p on p.id = q.post_id where q.quoted_id = ${postId})
    and a.host is not null and a.deleted_at is null and a.standing <> 'block'${unlessApart(parting)}`
  return [sent, concerned]
}

/**
 * The digest of the followers on each host: the SHA-256 of their ids, each bit of it odd or even. All hosts at once and once for an activity,
 * since it reads every follower.
 * @see https://w3id.org/fep/8fcf
 */
function digestsOf({ followersOf, isSynchronised }: AudienceRows): SQL {
  if (!isSynchronised) return sql`select null::text as host, null::text as digest where false`
  const part = (from: number) =>
    sql`lpad(to_hex(substring(bits from ${sql.raw(String(from))} for 64)::bit(64)::bigint), 16, '0')`
  return sql`select host, ${sql.join([1, 65, 129, 193].map(part), sql` || `)} as digest from (
    select split_part(a.iri, '/', 3) as host,
      bit_xor(('x' || encode(sha256(convert_to(a.iri, 'UTF8')), 'hex'))::bit(256)) as bits
    from follows f join actors a on a.id = f.follower_id
    where f.followee_id = ${followersOf} and f.state = 'accepted' and a.host is not null and a.deleted_at is null
    group by 1) as followers`
}
