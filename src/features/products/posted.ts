import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { loadProductsById, type ShownProduct } from './load.ts'
import { productLimits } from './policy.ts'
import { listPosted, type PostedRow, replacePosted } from './posted-queries.ts'
import { listProductsById } from './queries.ts'

/** Where on a picture of its post a product is: from 0 to 1, from the left and from the top. */
export type Spot = Readonly<{ mediaId: string; x: number; y: number }>

/** A product that a post is to show, where its author wants it. */
export type ProductWish = Readonly<{ productId: string; spot: Spot | null }>

/** A product as a post shows it; `offer` is all there is of one that is no product of a known kind. */
export type PostedProduct = Readonly<{
  shown: ShownProduct | null
  spot: Spot | null
  offer: Readonly<{ name: string; price: string | null; href: string }> | null
}>

/**
 * Writes what a post of ours shows for sale: products that everybody may see, of whomever.
 * @param mediaIds the pictures of the post, in their order
 * @throws Problem `invalid` for more than five, and for products or pictures that are not there
 */
export async function showProducts(
  tx: Tx,
  { postId, mediaIds }: { postId: string; mediaIds: readonly string[] },
  wishes: readonly ProductWish[],
): Promise<void> {
  checkWishes(wishes, mediaIds)
  const found = await listProductsById(
    tx,
    wishes.map(({ productId }) => productId),
  )
  const open = new Set(found.filter(({ state }) => state !== 'draft' && state !== 'gone').map(({ id }) => id))
  if (wishes.some(({ productId }) => !open.has(productId))) {
    throw fieldProblem('products', 'ERR_INVALID', 'name a product that is not there, or not published')
  }
  await replacePosted(tx, postId, wishes.map(toRow))
}

function checkWishes(wishes: readonly ProductWish[], mediaIds: readonly string[]): void {
  if (wishes.length > productLimits.inPost) {
    throw fieldProblem('products', 'ERR_TOO_MANY', `may be ${productLimits.inPost} at the most`)
  }
  if (!wishes.every(({ productId }) => isId(productId))) {
    throw fieldProblem('products', 'ERR_INVALID', 'name a product that is not there')
  }
  if (new Set(wishes.map(({ productId }) => productId)).size < wishes.length) {
    throw fieldProblem('products', 'ERR_INVALID', 'name one product twice')
  }
  const isWithin = (part: number) => part >= 0 && part <= 1
  const isOn = ({ spot }: ProductWish) =>
    !spot || (mediaIds.includes(spot.mediaId) && isWithin(spot.x) && isWithin(spot.y))
  if (wishes.every(isOn)) return
  throw fieldProblem('products', 'ERR_INVALID', 'must be on a picture of the post, with x and y from 0 to 1')
}

function toRow({ productId, spot }: ProductWish): PostedRow {
  const place = spot ? { ...spot } : { mediaId: null, x: null, y: null }
  return { productId, ...place, name: null, price: null, href: null }
}

/** What rows of posts show for sale, by the rows, in a constant number of queries and in none when they show nothing. */
export async function loadPosted(
  { db }: { db: Db | Tx },
  lists: readonly (readonly PostedRow[] | null)[],
): Promise<ReadonlyMap<PostedRow, PostedProduct>> {
  const rows = lists.flatMap((list) => list ?? [])
  const products = await loadProductsById(
    { db },
    rows.flatMap(({ productId }) => productId ?? []),
  )
  return new Map(rows.flatMap((row) => toPosted(row, products.get(row.productId ?? '') ?? null)))
}

function toPosted(row: PostedRow, shown: ShownProduct | null): [PostedRow, PostedProduct][] {
  const offer = row.href ? { name: row.name ?? '', price: row.price, href: row.href } : null
  // A product that has become a draft, or whose seller is gone, is not shown.
  if (!shown && !offer) return []
  const hasSpot = row.mediaId !== null && row.x !== null && row.y !== null
  const spot = hasSpot ? { mediaId: row.mediaId ?? '', x: row.x ?? 0, y: row.y ?? 0 } : null
  return [[row, { shown, spot, offer }]]
}

/** What one post shows for sale, in its order. */
export async function listPostedOf(db: Db | Tx, postId: string): Promise<PostedProduct[]> {
  const rows = await listPosted(db, postId)
  return [...(await loadPosted({ db }, [rows])).values()]
}
