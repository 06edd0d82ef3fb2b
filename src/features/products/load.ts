import type { Db, Tx } from '#src/db/client.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import type { Media } from '#src/features/media/queries.ts'
import { listPicturesOfProducts } from './picture-queries.ts'
import { listProductsById, type Product } from './queries.ts'

/** A product with who sells it and its pictures. */
export type ShownProduct = Readonly<{ product: Product; seller: Actor; pictures: readonly Media[] }>

/** Products with what showing them needs, in the order of the rows, in two queries however many they are. Those of suspended actors are left out. */
export async function loadProducts({ db }: { db: Db | Tx }, rows: readonly Product[]): Promise<ShownProduct[]> {
  if (rows.length === 0) return []
  const [sellers, pictures] = await Promise.all([
    listActors(db, [...new Set(rows.map(({ actorId }) => actorId))]),
    listPicturesOfProducts(
      db,
      rows.map(({ id }) => id),
    ),
  ])
  const byId = new Map(sellers.map((seller) => [seller.id, seller]))
  return rows.flatMap((product) => {
    const seller = byId.get(product.actorId)
    if (!seller || seller.deletedAt || seller.suspendedAt) return []
    return { product, seller, pictures: pictures.get(product.id) ?? [] }
  })
}

/** The same for products by id; what is not there, and drafts, are left out. Those that are gone are there, to say so. */
export async function loadProductsById(
  { db }: { db: Db | Tx },
  ids: readonly string[],
): Promise<ReadonlyMap<string, ShownProduct>> {
  const rows = (await listProductsById(db, [...new Set(ids)])).filter(({ state }) => state !== 'draft')
  const shown = await loadProducts({ db }, rows)
  return new Map(shown.map((one) => [one.product.id, one]))
}
