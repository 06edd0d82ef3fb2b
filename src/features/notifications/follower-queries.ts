import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupModerators, groups } from '#src/db/schema/groups.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { factsOf, type Happening, type Told, tell } from './write-queries.ts'

/**
 * Tells those who were asked, of requests that nobody has answered. For a group those are told who look after it, once for all who wait: nobody
 * reads in the name of a group.
 */
export async function tellOfRequests(tx: Tx, requests: readonly Happening[]): Promise<Told[]> {
  await tx.execute(sql`
    delete from ${notifications} using ${factsOf(requests)}, ${follows} f, ${groupModerators} m
    where f.id = fact.id and f.state = 'pending' and m.group_id = f.followee_id and ${notifications.actorId} = m.actor_id
      and ${notifications.kind} = 'group_request' and ${notifications.fromActorId} = m.group_id
      and ${notifications.createdAt} < fact.at`)
  return tell(tx, [
    {
      kind: 'group_request',
      query: sql`select m.actor_id, f.followee_id as from_actor_id, null::bigint as post_id, fact.at, fact.nth
      from ${factsOf(requests)} join ${follows} f on f.id = fact.id join ${groupModerators} m on m.group_id = f.followee_id
      where f.state = 'pending'`,
    },
    {
      kind: 'follow_request',
      query: sql`select f.followee_id as actor_id, f.follower_id as from_actor_id, null::bigint as post_id, fact.at, fact.nth
      from ${factsOf(requests)} join ${follows} f on f.id = fact.id where f.state = 'pending'`,
    },
  ])
}

/** Tells of followers; the requests that they come of have been answered. */
export async function tellOfFollowers(tx: Tx, accepted: readonly Happening[]): Promise<Told[]> {
  await tx.execute(sql`
    delete from ${notifications} using ${factsOf(accepted)}, ${follows} f
    where f.id = fact.id and f.state = 'accepted' and ${notifications.actorId} = f.followee_id
      and ${notifications.kind} = 'follow_request' and ${notifications.fromActorId} = f.follower_id`)
  await forgetWaitingIn(tx, sql`select f.followee_id from ${factsOf(accepted)} join ${follows} f on f.id = fact.id`)
  return tell(tx, [
    {
      // Of a group, for who had to wait: whoever comes in at once knows it.
      kind: 'group_joined',
      query: sql`select f.follower_id as actor_id, f.followee_id as from_actor_id, null::bigint as post_id, fact.at, fact.nth
      from ${factsOf(accepted)} join ${follows} f on f.id = fact.id join ${groups} g on g.actor_id = f.followee_id
      join ${actors} a on a.id = f.followee_id
      where f.state = 'accepted' and a.is_locked and f.decided_at > f.requested_at`,
    },
    {
      kind: 'follow',
      query: sql`select f.followee_id as actor_id, f.follower_id as from_actor_id, null::bigint as post_id, fact.at, fact.nth
      from ${factsOf(accepted)} join ${follows} f on f.id = fact.id where f.state = 'accepted'`,
    },
  ])
}

/** Where nobody waits for a group any more, those who look after it need not be told that somebody does. */
export function forgetWaiting(tx: Tx, groupId: string): Promise<void> {
  return forgetWaitingIn(tx, sql`select ${groupId}::bigint`)
}

/** @param group a query of ids */
async function forgetWaitingIn(tx: Tx, group: SQL): Promise<void> {
  await tx.execute(sql`
    delete from ${notifications} using ${groupModerators} m
    where m.group_id in (${group}) and ${notifications.actorId} = m.actor_id and ${notifications.kind} = 'group_request'
      and ${notifications.fromActorId} = m.group_id
      and not exists (select from ${follows} f where f.followee_id = m.group_id and f.state = 'pending')`)
}
