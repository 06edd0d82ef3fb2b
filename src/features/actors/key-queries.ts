import { and, eq, isNull, sql } from 'drizzle-orm'
import type { ActorKeys } from '#src/core/keys.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors, localActors } from '#src/db/schema/actors.ts'

const columns = {
  rsaPrivateKeyPem: localActors.rsaPrivateKeyPem,
  rsaPublicKeyPem: localActors.rsaPublicKeyPem,
  ed25519PrivateKeyPem: localActors.ed25519PrivateKeyPem,
  ed25519PublicKeyPem: localActors.ed25519PublicKeyPem,
  keyNumber: localActors.keyNumber,
  formerKeys: localActors.formerKeys,
}

/** The key pairs of a local actor, how many it had with them, and the former ones that are still listed or were until a moment ago. */
export type LocalKeys = ActorKeys & Pick<typeof localActors.$inferSelect, 'keyNumber' | 'formerKeys'>

/** Finds the keys of a local actor; null for a remote one. */
export async function findLocalKeys(db: Db | Tx, actorId: string): Promise<LocalKeys | null> {
  const [keys] = await db.select(columns).from(localActors).where(eq(localActors.actorId, actorId))
  return keys ?? null
}

/** Finds the keys of a local actor and holds them until the transaction ends. */
export async function lockLocalKeys(tx: Tx, actorId: string): Promise<LocalKeys | null> {
  const [keys] = await tx.select(columns).from(localActors).where(eq(localActors.actorId, actorId)).for('update')
  return keys ?? null
}

/** Changes the keys of a local actor, and with them its document. */
export async function updateLocalKeys(
  tx: Tx,
  actorId: string,
  { now, ...keys }: Partial<LocalKeys> & { now: Date },
): Promise<void> {
  await tx.update(localActors).set(keys).where(eq(localActors.actorId, actorId))
  await tx.update(actors).set({ updatedAt: now }).where(eq(actors.id, actorId))
}

/** The local actors that list keys whose time is over. A deleted one has no document any more that would list any. */
export async function listWithExpiredKeys(db: Db, now: Date): Promise<string[]> {
  const rows = await db
    .select({ actorId: localActors.actorId })
    .from(localActors)
    .innerJoin(actors, and(eq(actors.id, localActors.actorId), isNull(actors.deletedAt)))
    .where(
      sql`exists (select from jsonb_array_elements(${localActors.formerKeys}) as former
        where (former ->> 'until')::timestamptz <= ${now.toISOString()}::timestamptz)`,
    )
  return rows.map(({ actorId }) => actorId)
}
