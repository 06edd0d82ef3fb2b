import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { notificationPolicies } from '#src/db/schema/notifications.ts'
import { staffKinds } from './staff-queries.ts'

/** What is done with a notification: shown, held back, or not written. */
export type Verdict = 'accept' | 'filter' | 'drop'

/** By whom an actor wants to be told things. @see https://docs.joinmastodon.org/entities/NotificationPolicy/ */
export type NotificationPolicy = Readonly<{
  forNotFollowing: Verdict
  forNotFollowers: Verdict
  forNewAccounts: Verdict
  forPrivateMentions: Verdict
  forLimitedAccounts: Verdict
}>

/** What holds for an actor that has not said anything: a private word from a stranger waits until it is wanted. */
export const defaultPolicy: NotificationPolicy = {
  forNotFollowing: 'accept',
  forNotFollowers: 'accept',
  forNewAccounts: 'accept',
  forPrivateMentions: 'filter',
  forLimitedAccounts: 'filter',
}

/**
 * What an actor asked for itself: news of whom it follows closely, of what it boosted, of polls in which it took part, of who has moved, of what was ordered.
 * What concerns the instance is nobody's to hold back.
 */
const askedFor = [
  'status',
  'update',
  'poll',
  'move',
  'order',
  'group_request',
  'group_joined',
  'group_removed',
  ...staffKinds,
]

/**
 * The verdict of a local actor's policy on a notification, as an expression. Whoever was let through is never judged again; of several
 * rules that apply the strictest counts.
 * @param story expressions for its kind, who is told, who did it, and the post that it is about (or null)
 */
export function verdictOn({
  kind,
  reader,
  from,
  post,
}: Readonly<Record<'kind' | 'reader' | 'from' | 'post', SQL>>): SQL {
  const follows = (follower: SQL, followee: SQL, more = sql``) => sql`exists (select from follows f
    where f.follower_id = ${follower} and f.followee_id = ${followee} and f.state = 'accepted'${more})`
  const isFollowing = follows(reader, from)
  // Three days, so that nobody gets through by following a moment before.
  const isFollower = follows(from, reader, sql` and coalesce(f.decided_at, f.requested_at) < now() - interval '3 days'`)
  const isNew = sql`exists (select from actors a where a.id = ${from} and a.published_at > now() - interval '30 days')`
  const isLimited = sql`exists (select from actors a where a.id = ${from} and a.standing = 'limit')`
  const isUnasked = sql`exists (select from posts p where p.id = ${post} and p.visibility = 'direct'
    and p.actor_id = ${from} and p.in_reply_to_actor_id is distinct from ${reader})`
  return sql`(case
    when ${kind} in ${askedFor} then 'accept'::notification_verdict
    when exists (select from notification_permissions n where n.actor_id = ${reader} and n.from_actor_id = ${from})
      or ${isFollowing} and not exists (select from notification_policies n
        where n.actor_id = ${reader} and n.for_not_followers <> 'accept') then 'accept'::notification_verdict
    else (select case when 'drop' = any(rules) then 'drop'::notification_verdict
        when 'filter' = any(rules) then 'filter' else 'accept' end
      from (select array[
        case when not ${isFollowing} then n.for_not_following end,
        case when not ${isFollower} then n.for_not_followers end,
        case when not ${isFollowing} and ${isNew} then n.for_new_accounts end,
        case when not ${isFollowing} and ${isLimited} then coalesce(n.for_limited_accounts, 'filter') end,
        case when not ${isFollowing} and ${isUnasked} then coalesce(n.for_private_mentions, 'filter') end
      ]::notification_verdict[] as rules
      from (select 1) as always left join notification_policies n on n.actor_id = ${reader}) as judged)
  end)`
}

/** The policy of an actor. */
export async function getPolicy(db: Db | Tx, actorId: string): Promise<NotificationPolicy> {
  const [row] = await db
    .select({
      forNotFollowing: notificationPolicies.forNotFollowing,
      forNotFollowers: notificationPolicies.forNotFollowers,
      forNewAccounts: notificationPolicies.forNewAccounts,
      forPrivateMentions: notificationPolicies.forPrivateMentions,
      forLimitedAccounts: notificationPolicies.forLimitedAccounts,
    })
    .from(notificationPolicies)
    .where(eq(notificationPolicies.actorId, actorId))
  return row ?? defaultPolicy
}

/** Changes some of the policy of an actor. */
export async function putPolicy(tx: Tx, actorId: string, changes: Partial<NotificationPolicy>): Promise<void> {
  await tx
    .insert(notificationPolicies)
    .values({ ...defaultPolicy, ...changes, actorId })
    .onConflictDoUpdate({ target: notificationPolicies.actorId, set: { ...changes, actorId } })
}
