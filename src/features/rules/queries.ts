import { and, asc, desc, eq, isNull, lte } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { instanceTexts, rules } from '#src/db/schema/instance.ts'

/** A rule of the instance. */
export type Rule = Readonly<{ id: string; text: string; hint: string }>

/** The rules that hold, in the order in which they were made. */
export async function listRules(db: Db | Tx): Promise<Rule[]> {
  return db
    .select({ id: rules.id, text: rules.text, hint: rules.hint })
    .from(rules)
    .where(isNull(rules.deletedAt))
    .orderBy(asc(rules.id))
}

/** Makes a rule. */
export async function insertRule(db: Db, rule: { text: string; hint: string }): Promise<string> {
  const [row] = await db.insert(rules).values(rule).returning({ id: rules.id })
  if (!row) throw new Error('the rule was not written')
  return row.id
}

/** Takes a rule back; false when it does not hold. */
export async function deleteRule(db: Db, id: string, now: Date): Promise<boolean> {
  const rows = await db
    .update(rules)
    .set({ deletedAt: now })
    .where(and(eq(rules.id, id), isNull(rules.deletedAt)))
    .returning({ id: rules.id })
  return rows.length > 0
}

/** What a text is about. */
export type TextKind = (typeof instanceTexts.$inferSelect)['kind']

/** A text of the instance, as it was written. `effectiveOn` is a day, as in 2026-11-28. */
export type InstanceText = Readonly<{ source: string; effectiveOn: string; updatedAt: Date }>

const columns = {
  source: instanceTexts.source,
  effectiveOn: instanceTexts.effectiveOn,
  updatedAt: instanceTexts.updatedAt,
}

/** The versions of a text, the one that holds from the latest day first. */
export async function listTexts(db: Db, kind: TextKind): Promise<InstanceText[]> {
  return db
    .select(columns)
    .from(instanceTexts)
    .where(eq(instanceTexts.kind, kind))
    .orderBy(desc(instanceTexts.effectiveOn))
}

/** The version of a text that holds on a day; null when nobody has written one. */
export async function findText(db: Db, kind: TextKind, day: string): Promise<InstanceText | null> {
  const [row] = await db
    .select(columns)
    .from(instanceTexts)
    .where(and(eq(instanceTexts.kind, kind), lte(instanceTexts.effectiveOn, day)))
    .orderBy(desc(instanceTexts.effectiveOn))
    .limit(1)
  return row ?? null
}

/** Writes a text; what was there for the same day goes. */
export async function putText(
  db: Db,
  text: { kind: TextKind; source: string; effectiveOn: string; now: Date },
): Promise<void> {
  const { kind, source, effectiveOn, now: updatedAt } = text
  await db
    .insert(instanceTexts)
    .values({ kind, source, effectiveOn, updatedAt })
    .onConflictDoUpdate({ target: [instanceTexts.kind, instanceTexts.effectiveOn], set: { source, updatedAt } })
}
