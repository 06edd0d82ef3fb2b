import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { endorsements } from '#src/db/schema/endorsements.ts'
import { authorVisibleTo } from '#src/features/posts/queries.ts'

/** Writes that an actor shows another on its profile; false when it did before. */
export async function insertEndorsement(
  tx: Tx,
  row: { actorId: string; endorsedId: string; followId: string; userId: string },
): Promise<boolean> {
  const rows = await tx.insert(endorsements).values(row).onConflictDoNothing().returning({ id: endorsements.id })
  return rows.length > 0
}

/** Takes it back; false when there was nothing to take back. */
export async function deleteEndorsement(tx: Tx, ends: { actorId: string; endorsedId: string }): Promise<boolean> {
  const rows = await tx
    .delete(endorsements)
    .where(and(eq(endorsements.actorId, ends.actorId), eq(endorsements.endorsedId, ends.endorsedId)))
    .returning({ id: endorsements.id })
  return rows.length > 0
}

/** A page of whom an actor shows on its profile, the last first, as far as a reader (null: somebody unknown) may see them. */
export async function listEndorsed(
  db: Db,
  { actorId, readerId }: { actorId: string; readerId: string | null },
  page: Page,
): Promise<{ id: string; endorsedId: string }[]> {
  return db
    .select({ id: endorsements.id, endorsedId: endorsements.endorsedId })
    .from(endorsements)
    .innerJoin(actors, eq(actors.id, endorsements.endorsedId))
    .where(
      and(
        eq(endorsements.actorId, actorId),
        isNull(actors.deletedAt),
        sql`${authorVisibleTo(readerId, endorsements.endorsedId)}`,
        keyset(endorsements.id, page),
      ),
    )
    .orderBy(keysetOrder(endorsements.id, page))
    .limit(page.limit)
}
