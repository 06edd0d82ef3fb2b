import { and, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { sessions, users } from '#src/db/schema/users.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'

/** A person's login, without its password. */
export type User = Readonly<{
  id: string
  email: string
  locale: string | null
  timeZone: string | null
  isAdmin: boolean
  createdAt: Date
  lastLoginAt: Date | null
  disabledAt: Date | null
}>

const userColumns = {
  id: users.id,
  email: users.email,
  locale: users.locale,
  timeZone: users.timeZone,
  isAdmin: users.isAdmin,
  createdAt: users.createdAt,
  lastLoginAt: users.lastLoginAt,
  disabledAt: users.disabledAt,
}

/** Finds a login by its id. */
export async function findUser(db: Db | Tx, id: string): Promise<User | null> {
  const [row] = await db.select(userColumns).from(users).where(eq(users.id, id))
  return row ?? null
}

/** Finds a login by its e-mail address, however its letters are cased. */
export async function findUserByEmail(db: Db | Tx, email: string): Promise<(User & { passwordHash: string }) | null> {
  const columns = { ...userColumns, passwordHash: users.passwordHash }
  const [row] = await db
    .select(columns)
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()))
  return row ?? null
}

/** A login as it is written. */
export type NewUser = Readonly<{ email: string; passwordHash: string; isAdmin: boolean; locale: string | null }>

/** Writes a login; null when the e-mail address has one already. */
export async function insertUser(tx: Tx, user: NewUser): Promise<User | null> {
  const [row] = await tx.insert(users).values(user).onConflictDoNothing().returning(userColumns)
  return row ?? null
}

/** Whether anybody administers this instance. */
export async function hasAdmin(db: Db | Tx): Promise<boolean> {
  const [row] = await db.select({ id: users.id }).from(users).where(eq(users.isAdmin, true)).limit(1)
  return row !== undefined
}

/** Whether anybody but one administers this instance and can sign in. */
export async function hasOtherAdmin(tx: Tx, userId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.isAdmin, true), ne(users.id, userId), isNull(users.disabledAt)))
    .limit(1)
  return rows.length > 0
}

/** Gives or takes the right to run the instance; false when nothing changed. */
export async function setUserAdmin(tx: Tx, userId: string, isAdmin: boolean): Promise<boolean> {
  const rows = await tx
    .update(users)
    .set({ isAdmin })
    .where(and(eq(users.id, userId), ne(users.isAdmin, isAdmin)))
    .returning({ id: users.id })
  return rows.length > 0
}

/** Keeps the time zone in which somebody reads and writes times. */
export async function setTimeZone(tx: Tx, userId: string, timeZone: string): Promise<void> {
  await tx.update(users).set({ timeZone }).where(eq(users.id, userId))
}

/** Notes that somebody signed in. */
export async function markLogin(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.update(users).set({ lastLoginAt: now }).where(eq(users.id, userId))
}

/** A browser that is signed in, as it is written. */
export type NewSession = Readonly<{
  tokenHash: string
  userId: string
  actorId: string | null
  userAgent: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
}>

/** Writes a session. */
export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.insert(sessions).values(session)
}

/** A session with its user, and the actor as which it acts at this moment. */
export type SessionRow = Readonly<{
  id: string
  userId: string
  locale: string | null
  isAdmin: boolean
  actorId: string | null
  role: MemberRole | null
  isFresh: boolean
}>

/**
 * Finds a session that has not expired and whose user may sign in. Asked for every page, so it is one statement that PostgreSQL has
 * prepared. It acts as the chosen actor or, where that is no longer possible, as another of the user's: a person's own first.
 * @param seenSince a session that was seen after this need not be noted again
 */
export async function findSessionRow(
  db: Db,
  tokenHash: string,
  moments: { now: Date; seenSince: Date },
): Promise<SessionRow | null> {
  const [row] = await db.$client<SessionRow[]>`
    select s.id, s.user_id as "userId", u.locale, u.is_admin as "isAdmin", acting.actor_id as "actorId", acting.role,
      s.last_seen_at > ${moments.seenSince.toISOString()}::timestamptz as "isFresh"
    from sessions s
    join users u on u.id = s.user_id and u.disabled_at is null
    left join lateral (
      select m.actor_id, m.role from memberships m
      join actors a on a.id = m.actor_id and a.deleted_at is null and a.suspended_at is null
      where m.user_id = u.id
      order by (m.actor_id = s.actor_id) desc nulls last, (a.type = 'Person') desc, m.created_at, m.actor_id
      limit 1
    ) acting on true
    where s.token_hash = ${tokenHash} and s.expires_at > ${moments.now.toISOString()}::timestamptz`
  return row ?? null
}

/** Notes that a session is in use, and so lives on. */
export async function markSessionSeen(db: Db, id: string, now: Date, expiresAt: Date): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: now, expiresAt })
    .where(and(eq(sessions.id, id), gt(sessions.expiresAt, now)))
}

/** Chooses as whom a session acts; false when its user is not in the team of that actor. */
export async function setSessionActor(
  db: Db,
  session: Readonly<{ id: string; userId: string }>,
  actorId: string,
): Promise<boolean> {
  const isMember = sql`exists (select from memberships m join actors a on a.id = m.actor_id and a.deleted_at is null
    where m.user_id = ${session.userId} and m.actor_id = ${actorId})`
  const rows = await db
    .update(sessions)
    .set({ actorId })
    .where(and(eq(sessions.id, session.id), isMember))
    .returning({ id: sessions.id })
  return rows.length > 0
}

/** Ends a session. */
export async function deleteSession(db: Db | Tx, tokenHash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash))
}

/** Removes a user's sessions that have expired. */
export async function deleteExpiredSessions(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), lt(sessions.expiresAt, now)))
}

/** Stops a user from signing in, or lets them again; false when there is no such change to make. */
export async function setUserDisabled(tx: Tx, userId: string, disabledAt: Date | null): Promise<boolean> {
  const isOther = disabledAt ? isNull(users.disabledAt) : sql`${users.disabledAt} is not null`
  const rows = await tx
    .update(users)
    .set({ disabledAt })
    .where(and(eq(users.id, userId), isOther))
    .returning({ id: users.id })
  return rows.length > 0
}

/** Removes sessions that have expired, of users too who never come back; returns how many. */
export async function pruneSessions(db: Db, now: Date): Promise<number> {
  const rows = await db.delete(sessions).where(lt(sessions.expiresAt, now)).returning({ id: sessions.id })
  return rows.length
}
