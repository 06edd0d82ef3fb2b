import { or, type SQL, sql } from 'drizzle-orm'
import { notifications } from '#src/db/schema/notifications.ts'
import type { Reader } from '#src/features/posts/queries.ts'

/** What only those who run the instance are told. */
export const staffKinds = ['admin.sign_up', 'admin.report'] as const

/**
 * Whether nobody but administrators can read what an actor is told, as an expression: notifications belong to the whole team. Disabled
 * logins read nothing.
 */
export function isStaff(actor: Reader): SQL {
  return sql`coalesce((select bool_and(u.is_admin) from memberships m join users u on u.id = m.user_id
    where m.actor_id = ${actor} and u.disabled_at is null), false)`
}

/** Hides what is for administrators from an actor as soon as somebody else reads along, or they are administrators no more. */
export function isFitFor(actor: Reader): SQL | undefined {
  return or(sql`${notifications.kind}::text not in ${staffKinds}`, isStaff(actor))
}

/**
 * Whoever hears of what concerns the instance, as a query of `actor_id`: of each administrator one identity that is read by administrators
 * alone; a person before an organisation, then the one that was there first.
 */
export function staff(): SQL {
  return sql`select distinct actor_id from (
    select distinct on (u.id) a.id as actor_id from users u
    join memberships m on m.user_id = u.id join actors a on a.id = m.actor_id
    where u.is_admin and u.disabled_at is null and a.host is null and a.deleted_at is null and ${isStaff(sql`a.id`)}
    order by u.id, a.type <> 'Person', a.id) as chosen`
}
