import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { media } from '#src/db/schema/media.ts'
import type { Media } from '#src/features/media/queries.ts'

/** The pictures of products, by product, in their order. */
export async function listPicturesOfProducts(db: Db | Tx, ids: readonly string[]): Promise<Map<string, Media[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select()
    .from(media)
    .where(and(inArray(media.productId, [...ids]), isNull(media.deletedAt)))
    .orderBy(asc(media.position), asc(media.id))
  return Map.groupBy(rows, ({ productId }) => productId ?? '')
}

/** Locks pictures of an actor that a product may have: free ones, and those that it has already. */
export async function lockPictures(
  tx: Tx,
  wanted: { actorId: string; productId: string | null; ids: readonly string[] },
): Promise<Media[]> {
  if (wanted.ids.length === 0) return []
  const isFree = sql`(${media.productId} is null or ${media.productId} = ${wanted.productId}::bigint)`
  return tx
    .select()
    .from(media)
    .where(
      and(
        inArray(media.id, [...wanted.ids]),
        eq(media.actorId, wanted.actorId),
        isNull(media.deletedAt),
        isNull(media.postId),
        isNull(media.scheduledPostId),
        isFree,
      ),
    )
    .for('update')
}

/** Gives pictures to a product, in this order; those that it had and has no longer are given up. */
export async function replacePictures(tx: Tx, productId: string, ids: readonly string[], now: Date): Promise<void> {
  const order = sql`array[${sql.join(
    ids.map((id) => sql`${id}::bigint`),
    sql`, `,
  )}]::bigint[]`
  await tx
    .update(media)
    .set({ productId: null, deletedAt: now })
    .where(and(eq(media.productId, productId), sql`not ${media.id} = any(${order})`))
  if (ids.length === 0) return
  await tx
    .update(media)
    .set({ productId, position: sql`array_position(${order}, ${media.id}) - 1` })
    .where(inArray(media.id, [...ids]))
}
