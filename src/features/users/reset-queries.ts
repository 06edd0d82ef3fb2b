import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { instance } from '#src/db/schema/instance.ts'
import { oauthTokens } from '#src/db/schema/oauth.ts'
import { passwordResets, sessions, users } from '#src/db/schema/users.ts'

/** A link by which somebody may choose a new password. */
export type Reset = Readonly<{ userId: string; email: string }>

/** Writes the link of a user; the one before is no longer good. */
export async function putReset(
  tx: Tx,
  reset: Readonly<{ userId: string; tokenHash: string; expiresAt: Date }>,
): Promise<void> {
  const { userId: _, ...set } = reset
  await tx.insert(passwordResets).values(reset).onConflictDoUpdate({ target: passwordResets.userId, set })
}

/** Finds whose link this is, while it is good and they may sign in. */
export async function findReset(db: Db | Tx, tokenHash: string, now: Date): Promise<Reset | null> {
  const [row] = await db
    .select({ userId: users.id, email: users.email })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(and(eq(passwordResets.tokenHash, tokenHash), gt(passwordResets.expiresAt, now), isNull(users.disabledAt)))
  return row ?? null
}

/** How the instance is called, for a mail. */
export async function readInstanceName(db: Db): Promise<string> {
  const [row] = await db.select({ name: instance.name }).from(instance)
  return row?.name ?? ''
}

/** Uses a link up; false when somebody else has. */
export async function takeReset(tx: Tx, tokenHash: string): Promise<boolean> {
  const rows = await tx
    .delete(passwordResets)
    .where(eq(passwordResets.tokenHash, tokenHash))
    .returning({ userId: passwordResets.userId })
  return rows.length > 0
}

/** Ends all sessions of a user and all tokens of their apps. */
export async function endAllAccess(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.userId, userId))
  await endAppAccess(tx, userId, now)
}

/** Signs every app of a login out. */
export async function endAppAccess(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx
    .update(oauthTokens)
    .set({ revokedAt: now })
    .where(and(eq(oauthTokens.userId, userId), isNull(oauthTokens.revokedAt)))
}
