import { and, asc, eq, inArray, isNull, like, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import { texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { allowedHosts, blockedHosts } from '#src/db/schema/blocks.ts'
import { instance } from '#src/db/schema/instance.ts'
import type { Ruling } from './csv.ts'

/** What was decided about a server. Without a list those who run the instance have decided it themselves. */
export type Domain = Readonly<typeof blockedHosts.$inferSelect>

/** A decision as it is made. */
export type Decision = Ruling & Readonly<{ privateComment: string }>

/** Every server about which something was decided, by name. */
export async function listDomains(db: Db | Tx): Promise<Domain[]> {
  return db.select().from(blockedHosts).orderBy(asc(blockedHosts.host))
}

/** A page of them, after a name; with a part of a name, only those that have it. */
export async function searchDomains(
  db: Db,
  { part, after, limit }: Readonly<{ part: string; after: string; limit: number }>,
): Promise<Domain[]> {
  const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`
  return db
    .select()
    .from(blockedHosts)
    .where(and(part ? like(blockedHosts.host, pattern) : undefined, sql`${blockedHosts.host} > ${after}`))
    .orderBy(asc(blockedHosts.host))
    .limit(limit)
}

/** What was decided about exactly these names. */
export async function listDomainsNamed(db: Db | Tx, hosts: readonly string[]): Promise<Domain[]> {
  return db
    .select()
    .from(blockedHosts)
    .where(sql`${blockedHosts.host} = any(${texts(hosts)})`)
}

/** What was decided about exactly this name. */
export async function findDomain(db: Db | Tx, host: string): Promise<Domain | null> {
  const [row] = await listDomainsNamed(db, [host])
  return row ?? null
}

/** A decision by its id. */
export async function findDomainById(db: Db | Tx, id: string): Promise<Domain | null> {
  const [row] = await db.select().from(blockedHosts).where(eq(blockedHosts.id, id))
  return row ?? null
}

/** Writes own decisions, whether there were others about the same names or not. */
export async function upsertDomains(tx: Tx, decisions: readonly Decision[], userId: string | null): Promise<void> {
  if (decisions.length === 0) return
  const excluded = (name: string) => sql.raw(`excluded.${name}`)
  await tx
    .insert(blockedHosts)
    .values(decisions.map((decision) => ({ ...decision, userId })))
    .onConflictDoUpdate({
      target: blockedHosts.host,
      set: {
        severity: excluded('severity'),
        rejectsMedia: excluded('rejects_media'),
        rejectsReports: excluded('rejects_reports'),
        reason: excluded('reason'),
        privateComment: excluded('private_comment'),
        isObfuscated: excluded('is_obfuscated'),
        listId: null,
        userId: excluded('user_id'),
      },
    })
}

/** Takes an own decision back; false when there was none. */
export async function deleteDomain(tx: Tx, host: string): Promise<boolean> {
  const rows = await tx
    .delete(blockedHosts)
    .where(and(eq(blockedHosts.host, host), isNull(blockedHosts.listId)))
    .returning({ host: blockedHosts.host })
  return rows.length > 0
}

/** A server with which the instance speaks although it speaks with nobody else. */
export type Allowed = Readonly<typeof allowedHosts.$inferSelect>

/** The servers with which the instance may speak, by name. */
export async function listAllowed(db: Db | Tx): Promise<Allowed[]> {
  return db.select().from(allowedHosts).orderBy(asc(allowedHosts.host))
}

/** One of them by its id. */
export async function findAllowedById(db: Db | Tx, id: string): Promise<Allowed | null> {
  const [row] = await db.select().from(allowedHosts).where(eq(allowedHosts.id, id))
  return row ?? null
}

/** Writes servers with which the instance may speak. */
export async function insertAllowed(tx: Tx, hosts: readonly string[], userId: string | null): Promise<void> {
  if (hosts.length === 0) return
  await tx
    .insert(allowedHosts)
    .values(hosts.map((host) => ({ host, userId })))
    .onConflictDoNothing()
}

/** Takes one back; false when it was none of them. */
export async function deleteAllowed(tx: Tx, host: string): Promise<boolean> {
  const rows = await tx
    .delete(allowedHosts)
    .where(inArray(allowedHosts.host, [host]))
    .returning({ id: allowedHosts.id })
  return rows.length > 0
}

/** Whether the instance speaks with nobody but those whom it allows. */
export async function isOnlyAllowed(db: Db | Tx): Promise<boolean> {
  const [row] = await db.select({ isOn: instance.onlyAllowedHosts }).from(instance)
  return row?.isOn ?? false
}

/** Speaks with nobody but those whom it allows, or with everybody again. */
export async function setOnlyAllowed(tx: Tx, isOn: boolean): Promise<void> {
  await tx.update(instance).set({ onlyAllowedHosts: isOn })
}

/** A page of the decisions, the last first. */
export async function pageDomains(db: Db, page: Page): Promise<Domain[]> {
  return db
    .select()
    .from(blockedHosts)
    .where(keyset(blockedHosts.id, page))
    .orderBy(keysetOrder(blockedHosts.id, page))
    .limit(page.limit)
}

/** A page of the servers that are allowed, the last first. */
export async function pageAllowed(db: Db, page: Page): Promise<Allowed[]> {
  return db
    .select()
    .from(allowedHosts)
    .where(keyset(allowedHosts.id, page))
    .orderBy(keysetOrder(allowedHosts.id, page))
    .limit(page.limit)
}

/** One of them by its name. */
export async function findAllowedByName(db: Db, host: string): Promise<Allowed | null> {
  const [row] = await db.select().from(allowedHosts).where(eq(allowedHosts.host, host))
  return row ?? null
}
