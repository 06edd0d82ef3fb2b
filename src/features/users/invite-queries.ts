import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { instance } from '#src/db/schema/instance.ts'
import { invites } from '#src/db/schema/users.ts'
import { type MemberRole, memberRoles } from '#src/features/teams/policy.ts'

/** An invitation as it is written. */
export type NewInvite = Readonly<{
  tokenHash: string
  email: string | null
  actorId: string | null
  role: MemberRole | null
  invitedBy: string | null
  createdAt: Date
  expiresAt: Date
}>

/** Writes an invitation; returns its id. */
export async function insertInvite(tx: Tx, invite: NewInvite): Promise<string> {
  const [row] = await tx.insert(invites).values(invite).returning({ id: invites.id })
  if (!row) throw new Error('an invitation was not written')
  return row.id
}

/** An invitation that can still be accepted. */
export type Invite = Readonly<{
  id: string
  email: string | null
  /** The team that the invited person joins, and the role there; null: a login with an identity of its own. */
  membership: Readonly<{ actorId: string; role: MemberRole }> | null
  expiresAt: Date
}>

/** Finds an invitation that nobody has accepted and that has not expired. */
export async function findInvite(db: Db | Tx, tokenHash: string, now: Date): Promise<Invite | null> {
  const { id, email, actorId, role, expiresAt } = invites
  const [row] = await db
    .select({ id, email, actorId, role, expiresAt })
    .from(invites)
    .where(and(eq(invites.tokenHash, tokenHash), isNull(invites.usedAt), gt(invites.expiresAt, now)))
  if (!row) return null
  const known = memberRoles.find((name) => name === row.role)
  const membership = row.actorId && known ? { actorId: row.actorId, role: known } : null
  return { id: row.id, email: row.email, membership, expiresAt: row.expiresAt }
}

/** Marks an invitation as accepted; false when somebody was faster. */
export async function markInviteUsed(tx: Tx, id: string, userId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(invites)
    .set({ usedAt: now, usedBy: userId })
    .where(and(eq(invites.id, id), isNull(invites.usedAt), gt(invites.expiresAt, now)))
    .returning({ id: invites.id })
  return rows.length > 0
}

/** Who invites whom to what, for the message that says so. */
export type InviteFacts = Readonly<{ inviter: string; instance: string; identity: string | null; expiresAt: Date }>

const nameOf = sql`coalesce(nullif(${actors.name}, ''), ${actors.handle})`

/**
 * Finds what an invitation that is still open has to say. Whoever invites is called by the name of a personal actor; an operator, and
 * somebody without one, speaks for the instance.
 */
export async function findInviteFacts(db: Db, id: string, now: Date): Promise<InviteFacts | null> {
  const inviter = sql<string | null>`(
    select ${nameOf} from memberships m join actors on actors.id = m.actor_id
    where m.user_id = ${invites.invitedBy} and actors.type = 'Person' and actors.deleted_at is null
    order by m.created_at limit 1)`
  const [row] = await db
    .select({
      inviter,
      instance: instance.name,
      identity: sql<string | null>`(select ${nameOf} from actors where actors.id = ${invites.actorId})`,
      expiresAt: invites.expiresAt,
    })
    .from(invites)
    .innerJoin(instance, eq(instance.id, 1))
    .where(and(eq(invites.id, id), isNull(invites.usedAt), gt(invites.expiresAt, now)))
  return row ? { ...row, inviter: row.inviter ?? row.instance } : null
}
