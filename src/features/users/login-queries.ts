import { and, desc, eq, gt, ne } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { sessions, users } from '#src/db/schema/users.ts'

/** A browser in which somebody is signed in, as its owner sees it. */
export type KnownSession = Readonly<{ id: string; userAgent: string; createdAt: Date; lastSeenAt: Date }>

/** Where a user is signed in, the last used first. */
export async function listSessions(db: Db, userId: string, now: Date): Promise<KnownSession[]> {
  return db
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
}

/** Ends a session of a user; false when the user has no such session. */
export async function deleteSessionOf(tx: Tx, userId: string, sessionId: string): Promise<boolean> {
  const rows = await tx
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)))
    .returning({ id: sessions.id })
  return rows.length > 0
}

/** Ends all sessions of a user but one; returns how many. */
export async function deleteOtherSessions(tx: Tx, userId: string, keptId: string): Promise<number> {
  const rows = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), ne(sessions.id, keptId)))
    .returning({ id: sessions.id })
  return rows.length
}

/** Changes the password of a login. */
export async function setPasswordHash(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.update(users).set({ passwordHash }).where(eq(users.id, userId))
}
