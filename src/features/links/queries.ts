import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { type ActorField, actors } from '#src/db/schema/actors.ts'
import type { Actor } from '#src/features/actors/queries.ts'

/** Somebody whose links are due. */
export type DueProfile = Pick<Actor, 'id' | 'type' | 'handle' | 'host' | 'iri' | 'url' | 'fields' | 'linksDueAt'>

/** Takes the profiles whose links are due, those that wait for longest first, until `leaseUntil`: others leave them alone so long. */
export async function claimDueProfiles(
  db: Db,
  { limit, now, leaseUntil }: { limit: number; now: Date; leaseUntil: Date },
): Promise<DueProfile[]> {
  const due = db
    .select({ id: actors.id })
    .from(actors)
    .where(sql`${actors.linksDueAt} <= ${now.toISOString()}`)
    .orderBy(actors.linksDueAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return db.update(actors).set({ linksDueAt: leaseUntil }).where(inArray(actors.id, due)).returning({
    id: actors.id,
    type: actors.type,
    handle: actors.handle,
    host: actors.host,
    iri: actors.iri,
    url: actors.url,
    fields: actors.fields,
    linksDueAt: actors.linksDueAt,
  })
}

/** The lines of a profile as they are now, held until the transaction ends; null when it was changed so that it is due again. */
export async function lockFields(tx: Tx, { id, linksDueAt }: DueProfile): Promise<ActorField[] | null> {
  const [row] = await tx
    .select({ fields: actors.fields })
    .from(actors)
    .where(and(eq(actors.id, id), linksDueAt ? eq(actors.linksDueAt, linksDueAt) : isNull(actors.linksDueAt)))
    .for('update')
  return row?.fields ?? null
}

/** Writes what was found, and when to look again. */
export async function storeLinks(tx: Tx, actorId: string, found: { fields: ActorField[]; linksDueAt: Date | null }) {
  await tx.update(actors).set(found).where(eq(actors.id, actorId))
}
