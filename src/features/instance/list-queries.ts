import { sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'

/** Servers that this one has met: of actors who are here and of inboxes that it delivers to. Blocked ones are left out. */
export async function listPeers(db: Db): Promise<string[]> {
  const rows = await db.execute<{ host: string }>(sql`
    select distinct a.host from actors a where a.host is not null and a.deleted_at is null
      and a.standing <> 'block'
    order by a.host limit 20000`)
  return rows.map(({ host }) => host)
}

/** What happened in a week: `week` is its first moment. */
export type Week = Readonly<{ week: Date; statuses: number; logins: number; registrations: number }>

/**
 * The last twelve weeks (from Monday, UTC), newest first. A login counts in the weeks in which one of its sessions or tokens began or was
 * last used: how often somebody comes in between is not kept.
 */
export async function listWeeks(db: Db, now: Date): Promise<Week[]> {
  const rows = await db.execute<{ week: string; statuses: string; logins: string; registrations: string }>(sql`
    with weeks as (
      select date_trunc('week', ${now.toISOString()}::timestamptz at time zone 'UTC') - n * interval '1 week' as week
      from generate_series(0, 11) n
    ), visits as (
      select user_id, created_at as at from sessions union all select user_id, last_seen_at from sessions
      union all select user_id, created_at from oauth_tokens where user_id is not null
      union all select user_id, last_used_at from oauth_tokens where user_id is not null
    )
    select to_char(week, 'YYYY-MM-DD') as week,
      (select count(*) from posts p where p.iri is null and p.boost_of_id is null and p.deleted_at is null
        and p.published_at at time zone 'UTC' >= week and p.published_at at time zone 'UTC' < week + interval '1 week')
        as statuses,
      (select count(distinct user_id) from visits
        where at at time zone 'UTC' >= week and at at time zone 'UTC' < week + interval '1 week') as logins,
      (select count(*) from users u
        where u.created_at at time zone 'UTC' >= week and u.created_at at time zone 'UTC' < week + interval '1 week')
        as registrations
    from weeks order by week desc`)
  return rows.map(({ week, statuses, logins, registrations }) => ({
    week: new Date(`${week}T00:00:00Z`),
    statuses: Number(statuses),
    logins: Number(logins),
    registrations: Number(registrations),
  }))
}
