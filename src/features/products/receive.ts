import type { Ctx } from '#src/context.ts'
import type { Currency } from '#src/core/money.ts'
import { makeKey } from '#src/core/secrets.ts'
import { transaction } from '#src/db/client.ts'
import { isWithdrawn, lockByName } from '#src/db/tombstones.ts'
import { insertRemotePictures, type RemotePicture } from '#src/features/media/remote-queries.ts'
import { listPicturesOfProducts, replacePictures } from './picture-queries.ts'
import { findProductByIri, type Product, updateProduct, upsertRemoteProduct } from './queries.ts'

/** A product of another server as that server states it, read and checked by `federation/`. */
export type RemoteProduct = Readonly<{
  iri: string
  actorId: string
  url: string
  name: string
  /** Sanitised HTML. */
  description: string
  state: 'on_sale' | 'sold_out'
  price: number | null
  currency: Currency
  stock: number | null
  sku: string
  shopUrl: string | null
  takesOrders: boolean
  primaryIri: string | null
  reciprocalIri: string | null
  updatedAt: Date | null
  pictures: readonly RemotePicture[]
}>

/** Stores what another server says of a product; null when the id belongs to another seller, or was taken back. */
export async function receiveProduct(ctx: Ctx, input: RemoteProduct): Promise<Product | null> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, input.iri)
    const now = ctx.now()
    const known = await findProductByIri(tx, input.iri)
    if (known && (known.actorId !== input.actorId || known.state === 'gone')) return null
    if (await isWithdrawn(tx, { iri: input.iri, actorId: input.actorId, now })) return null
    const { pictures, updatedAt, ...row } = input
    const times = { updatedAt: updatedAt && updatedAt < now ? updatedAt : now, fetchedAt: now, triedAt: now }
    const product = await upsertRemoteProduct(tx, { ...row, ...times, publishedAt: known?.publishedAt ?? now })
    const before = (await listPicturesOfProducts(tx, [product.id])).get(product.id) ?? []
    const isSame = before.map(({ remoteUrl }) => remoteUrl).join() === pictures.map(({ remoteUrl }) => remoteUrl).join()
    if (isSame) return product
    await replacePictures(tx, product.id, [], now)
    await insertRemotePictures(
      tx,
      { actorId: product.actorId, productId: product.id },
      pictures.map((picture, position) => ({ ...picture, key: makeKey(), position })),
    )
    return product
  })
}

/** Another server has taken a product back: what posts showed of it says so. */
export async function receiveProductGone(ctx: Ctx, iri: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, iri)
    const known = await findProductByIri(tx, iri)
    if (!known || known.state === 'gone') return
    await replacePictures(tx, known.id, [], ctx.now())
    await updateProduct(tx, known.id, { state: 'gone', description: '', shopUrl: null, takesOrders: false })
  })
}
