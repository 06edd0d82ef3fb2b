import { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql, sum } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { registrations } from '#src/db/schema/registrations.ts'

/** Somebody who wants to come in. */
export type Registration = Readonly<{
  id: string
  email: string
  handle: string
  passwordHash: string
  locale: string
  reason: string
  createdAt: Date
  /** When the address was confirmed; null as long as it is not. */
  confirmedAt: Date | null
}>

const columns = {
  id: registrations.id,
  email: registrations.email,
  handle: registrations.handle,
  passwordHash: registrations.passwordHash,
  locale: registrations.locale,
  reason: registrations.reason,
  createdAt: registrations.createdAt,
  confirmedAt: registrations.confirmedAt,
}

/** Writes a registration; null when its handle was taken meanwhile. */
export async function insertRegistration(
  tx: Tx,
  registration: Omit<Registration, 'id' | 'confirmedAt'>,
): Promise<Registration | null> {
  const [row] = await tx.insert(registrations).values(registration).onConflictDoNothing().returning(columns)
  return row ?? null
}

/** Finds a registration. */
export async function findRegistration(db: Db | Tx, id: string): Promise<Registration | null> {
  const [row] = await db.select(columns).from(registrations).where(eq(registrations.id, id))
  return row ?? null
}

/** Finds the registration of a browser that waits. */
export async function findByTicket(db: Db, ticketHash: string): Promise<Registration | null> {
  const [row] = await db.select(columns).from(registrations).where(eq(registrations.ticketHash, ticketHash))
  return row ?? null
}

/** The registrations with an address, however its letters are cased, newest first. */
export async function listByEmail(db: Db, email: string): Promise<Registration[]> {
  return db.select(columns).from(registrations).where(hasEmail(email)).orderBy(desc(registrations.id))
}

/** Who has confirmed the address and waits for an administrator, longest first. */
export async function listWaiting(db: Db): Promise<Registration[]> {
  return db
    .select(columns)
    .from(registrations)
    .where(isNotNull(registrations.confirmedAt))
    .orderBy(asc(registrations.confirmedAt), asc(registrations.id))
}

const hasEmail = (email: string) => eq(sql`lower(${registrations.email})`, email.toLowerCase())

/** Finds the registration to which a link leads that can still be used. */
export async function findByLink(db: Db | Tx, linkHash: string, now: Date): Promise<Registration | null> {
  const [row] = await db
    .select(columns)
    .from(registrations)
    .where(and(eq(registrations.linkHash, linkHash), gt(registrations.linkExpiresAt, now)))
  return row ?? null
}

/** Notes that the address behind a link is right; of two who use the link at once one gets the row. The link leads nowhere afterwards. */
export async function markConfirmed(tx: Tx, linkHash: string, now: Date): Promise<Registration | null> {
  const [row] = await tx
    .update(registrations)
    .set({ confirmedAt: now, linkHash: null, linkExpiresAt: null })
    .where(and(eq(registrations.linkHash, linkHash), gt(registrations.linkExpiresAt, now)))
    .returning(columns)
  return row ?? null
}

/** Holds a registration against other changes until the transaction ends. */
export async function lockRegistration(tx: Tx, id: string): Promise<Registration | null> {
  const [row] = await tx.select(columns).from(registrations).where(eq(registrations.id, id)).for('update')
  return row ?? null
}

/** The same by the handle. */
export async function lockByHandle(tx: Tx, handle: string): Promise<Registration | null> {
  const wanted = handle.toLowerCase()
  const [row] = await tx.select(columns).from(registrations).where(eq(registrations.handle, wanted)).for('update')
  return row ?? null
}

/** A link that is about to be mailed; without a hash it is no link. */
export type NewLink = Readonly<{ email: string; linkHash: string | null; linkExpiresAt: Date | null }>

/** Keeps the address to which a mail goes and the link in it; the one before leads nowhere any more. */
export async function setLink(tx: Tx, id: string, link: NewLink): Promise<void> {
  await tx
    .update(registrations)
    .set({ ...link, mails: sql`${registrations.mails} + 1` })
    .where(eq(registrations.id, id))
}

/** Whether a link is the one that was mailed last. */
export async function isLastLink(db: Db, id: string, linkHash: string): Promise<boolean> {
  return (await db.$count(registrations, and(eq(registrations.id, id), eq(registrations.linkHash, linkHash)))) > 0
}

/** How many mails an address was sent because of registrations that are still there. */
export async function countMails(tx: Tx, email: string): Promise<number> {
  const [row] = await tx
    .select({ mails: sum(registrations.mails) })
    .from(registrations)
    .where(hasEmail(email))
  return Number(row?.mails ?? 0)
}

/** Lets another browser wait; the one before no longer does. */
export async function setTicket(db: Db | Tx, id: string, ticketHash: string): Promise<void> {
  await db.update(registrations).set({ ticketHash }).where(eq(registrations.id, id))
}

/** Removes a registration, and with it the tokens that stand for it. */
export async function deleteRegistration(tx: Tx, id: string): Promise<void> {
  await tx.delete(registrations).where(eq(registrations.id, id))
}

/** Removes registrations from before a moment whose address nobody has confirmed; returns how many. */
export async function deleteUnconfirmed(db: Db, before: Date): Promise<number> {
  const rows = await db
    .delete(registrations)
    .where(and(isNull(registrations.confirmedAt), lt(registrations.createdAt, before)))
    .returning({ id: registrations.id })
  return rows.length
}
