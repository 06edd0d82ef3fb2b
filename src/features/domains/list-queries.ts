import { asc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { domainListEntries, domainLists } from '#src/db/schema/blocks.ts'
import type { Ruling } from './csv.ts'

/** A list of servers that others keep. */
export type DomainList = Readonly<typeof domainLists.$inferSelect>

/** The lists to which the instance subscribes, with how many servers each names and about how many of them it decides. */
export async function listLists(db: Db): Promise<(DomainList & { entries: number; deciding: number })[]> {
  const rows = await db.select().from(domainLists).orderBy(asc(domainLists.id))
  const counts = await db.execute<{
    id: string
    entries: string
    deciding: string
  }>(sql`
    select l.id::text as id, (select count(*) from domain_list_entries e where e.list_id = l.id) as entries,
      (select count(*) from blocked_hosts b where b.list_id = l.id) as deciding from domain_lists l`)
  const byId = new Map(counts.map((row) => [row.id, row]))
  return rows.map((row) => {
    const { entries = 0, deciding = 0 } = byId.get(row.id) ?? {}
    return { ...row, entries: Number(entries), deciding: Number(deciding) }
  })
}

/** A list by its id. */
export async function findList(db: Db | Tx, id: string): Promise<DomainList | null> {
  const [row] = await db.select().from(domainLists).where(eq(domainLists.id, id))
  return row ?? null
}

/** The lists that were not asked for since a moment. */
export async function listDueLists(db: Db, before: Date): Promise<DomainList[]> {
  return db
    .select()
    .from(domainLists)
    .where(or(isNull(domainLists.triedAt), lt(domainLists.triedAt, before)))
}

/** Subscribes to a list; null when the instance does already. */
export async function insertList(tx: Tx, row: { url: string; userId: string | null }): Promise<DomainList | null> {
  const [list] = await tx.insert(domainLists).values(row).onConflictDoNothing().returning()
  return list ?? null
}

/** Ends a subscription; false when there was none. Its entries go with it, and what it alone decided. */
export async function deleteList(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.delete(domainLists).where(eq(domainLists.id, id)).returning({ id: domainLists.id })
  return rows.length > 0
}

/** Takes a list that is due for this process alone: false when another one was faster. */
export async function takeList(db: Db, id: string, { before, now }: { before: Date; now: Date }): Promise<boolean> {
  const rows = await db.execute(sql`
    update domain_lists set tried_at = ${now.toISOString()}
    where id = ${id} and (tried_at is null or tried_at < ${before.toISOString()}) returning 1`)
  return rows.length > 0
}

/** Notes what came of asking for a list. */
export async function noteReading(
  db: Db | Tx,
  id: string,
  note: Partial<Pick<DomainList, 'etag' | 'triedAt' | 'readAt' | 'lastError'>>,
): Promise<void> {
  await db.update(domainLists).set(note).where(eq(domainLists.id, id))
}

/** Rows in one statement. */
const rowsAtOnce = 1_000

/** Puts what a list says now in the place of what it said. */
export async function replaceEntries(tx: Tx, listId: string, rulings: readonly Ruling[]): Promise<void> {
  await tx.delete(domainListEntries).where(eq(domainListEntries.listId, listId))
  for (let at = 0; at < rulings.length; at += rowsAtOnce) {
    const rows = rulings.slice(at, at + rowsAtOnce).map((ruling) => ({ ...ruling, listId }))
    await tx.insert(domainListEntries).values(rows)
  }
}

/**
 * Makes of what the lists say what holds: about each server the strictest line, unless those who run the instance have decided themselves;
 * and nothing about one that no list names any more.
 */
export async function applyEntries(tx: Tx): Promise<void> {
  await tx.execute(sql`
    delete from blocked_hosts b where b.list_id is not null
      and not exists (select from domain_list_entries e where e.host = b.host)`)
  await tx.execute(sql`
    insert into blocked_hosts (host, severity, rejects_media, rejects_reports, reason, is_obfuscated, list_id)
    select distinct on (host) host, severity, bool_or(rejects_media) over same, bool_or(rejects_reports) over same, reason,
      is_obfuscated, list_id
    from domain_list_entries window same as (partition by host) order by host, severity desc, list_id
    on conflict (host) do update set severity = excluded.severity, rejects_media = excluded.rejects_media,
      rejects_reports = excluded.rejects_reports, reason = excluded.reason, is_obfuscated = excluded.is_obfuscated,
      list_id = excluded.list_id
    where blocked_hosts.list_id is not null`)
}
