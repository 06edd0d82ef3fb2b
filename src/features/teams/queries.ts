import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { memberships } from '#src/db/schema/teams.ts'
import type { MemberRole } from './policy.ts'

/** A place in the team of an actor. */
export type Membership = Readonly<{ userId: string; actorId: string; role: MemberRole }>

/** Lists the places of a user in teams whose actor can speak, oldest first. */
export async function listMemberships(db: Db | Tx, userId: string): Promise<Membership[]> {
  return db
    .select({ userId: memberships.userId, actorId: memberships.actorId, role: memberships.role })
    .from(memberships)
    .innerJoin(actors, and(eq(actors.id, memberships.actorId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.createdAt), asc(memberships.actorId))
}

/** The user who has owned an actor longest; null for one that nobody owns. */
export async function findOwner(db: Db | Tx, actorId: string): Promise<string | null> {
  const [owner] = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.actorId, actorId), eq(memberships.role, 'owner')))
    .orderBy(asc(memberships.createdAt), asc(memberships.userId))
    .limit(1)
  return owner?.userId ?? null
}

/** Gives a user a place in a team; false when the user has one there already. */
export async function insertMembership(tx: Tx, membership: Membership): Promise<boolean> {
  const rows = await tx
    .insert(memberships)
    .values(membership)
    .onConflictDoNothing()
    .returning({ role: memberships.role })
  return rows.length > 0
}
