import { and, asc, eq, inArray, type SQL } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { relays } from '#src/db/schema/relays.ts'

/** A relay to which the instance has turned. */
export type Relay = Readonly<typeof relays.$inferSelect>

/** Every relay, in the order in which they were added. */
export async function listRelays(db: Db): Promise<Relay[]> {
  return db.select().from(relays).orderBy(asc(relays.id))
}

/** Those that have agreed. */
export async function listAcceptedRelays(db: Db): Promise<Relay[]> {
  return db.select().from(relays).where(eq(relays.state, 'accepted')).orderBy(asc(relays.id))
}

/** A relay by its id. */
export async function findRelay(db: Db | Tx, id: string): Promise<Relay | null> {
  return findOne(db, eq(relays.id, id))
}

/** A relay by the address of its inbox. */
export async function findRelayByInbox(db: Db | Tx, inboxUrl: string): Promise<Relay | null> {
  return findOne(db, eq(relays.inboxUrl, inboxUrl))
}

/** The relay that was asked by a fact. */
export async function findRelayByEffect(db: Db | Tx, effectId: string): Promise<Relay | null> {
  return findOne(db, eq(relays.effectId, effectId))
}

async function findOne(db: Db | Tx, condition: SQL): Promise<Relay | null> {
  const [relay] = await db.select().from(relays).where(condition)
  return relay ?? null
}

/** Those of some actors that speak for a relay that has agreed. */
export async function listRelayActors(db: Db, iris: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ iri: relays.actorIri })
    .from(relays)
    .where(and(inArray(relays.actorIri, [...iris]), eq(relays.state, 'accepted')))
  return new Set(rows.flatMap(({ iri }) => iri ?? []))
}

/** Writes a relay that was not there; null when somebody else was faster. */
export async function insertRelay(tx: Tx, row: Readonly<{ inboxUrl: string; inboxId: string }>): Promise<Relay | null> {
  const [relay] = await tx.insert(relays).values(row).onConflictDoNothing().returning()
  return relay ?? null
}

/** Changes what is known of a relay. */
export async function updateRelay(tx: Tx, id: string, change: Partial<Omit<Relay, 'id'>>): Promise<void> {
  await tx.update(relays).set(change).where(eq(relays.id, id))
}

/** Removes a relay, and gives back what it was; null when there is none. */
export async function deleteRelay(tx: Tx, id: string): Promise<Relay | null> {
  const [relay] = await tx.delete(relays).where(eq(relays.id, id)).returning()
  return relay ?? null
}
