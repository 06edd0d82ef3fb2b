import type { Ctx, Viewer } from '#src/context.ts'
import { renderPlainText } from '#src/core/markup.ts'
import { recordAct } from '#src/db/audit.ts'
import { sqlState, type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { listPicturesOfProducts, lockPictures, replacePictures } from './picture-queries.ts'
import { checkProduct, isNews, type ProductValues, productLimits, requireSeller } from './policy.ts'
import { countProducts, findProduct, insertProduct, lockProduct, type Product, updateProduct } from './queries.ts'
import { claimUntold } from './stock-queries.ts'

/** A product as its team wants it. */
export type ProductInput = ProductValues & Readonly<{ mediaIds: readonly string[] }>

/** Who changes a catalogue: somebody of its team, or (`userId` null) an operator. */
export type Seller = Readonly<{ actorId: string; userId: string | null }>

/** Others hear at once of a change of one of these; of a stock that is only smaller or larger they hear later. */
const toldAtOnce = [
  ...['state', 'name', 'description', 'price', 'currency', 'taxRate', 'sku', 'shopUrl', 'deliveryPrice'],
  ...['deliveryText', 'isPickedUp', 'pickupText'],
] as const

/** Others are told of a changed stock so long after they were last told. */
const restMs = 10 * 60_000

/** How many products are told of in one transaction. */
const batchSize = 100

/**
 * Adds a product to the catalogue of the viewer's actor.
 * @throws Problem `forbidden`, `invalid`
 */
export async function createProduct(ctx: Ctx, viewer: Viewer, input: ProductInput): Promise<Product> {
  requireSeller(viewer)
  const { mediaIds, ...values } = input
  const checked = checkProduct(values)
  return unlessTaken(() =>
    transaction(ctx.db, async (tx) => {
      const product = await addProduct(ctx, tx, viewer, checked)
      await givePictures(ctx, tx, product, mediaIds)
      return product
    }),
  )
}

/** The same inside of a transaction, with values that were checked and without pictures. */
export async function addProduct(ctx: Ctx, tx: Tx, viewer: Seller, checked: ProductValues): Promise<Product> {
  await lockByName(tx, `products ${viewer.actorId}`)
  if ((await countProducts(tx, viewer.actorId)) >= productLimits.products) {
    throw fieldProblem('base', 'ERR_TOO_MANY', `A catalogue may have ${productLimits.products} products at the most`)
  }
  const now = ctx.now()
  const { actorId, userId } = viewer
  const product = await insertProduct(tx, {
    ...checked,
    actorId,
    userId,
    description: renderPlainText(checked.source),
    publishedAt: checked.state === 'draft' ? null : now,
    updatedAt: now,
    createdAt: now,
  })
  await recordAct(tx, { viewer, action: 'product.created', subjectId: product.id })
  return product
}

/** What is to change; whatever is left out stays as it is. */
export type ProductChanges = Partial<ProductInput>

/**
 * Changes a product of the viewer's actor. Other servers are told at once, but of a stock that is only another number at most every ten minutes.
 * @throws Problem `not_found` for products of others, `forbidden`, `invalid`
 */
export async function editProduct(ctx: Ctx, viewer: Viewer, id: string, changes: ProductChanges): Promise<Product> {
  requireSeller(viewer)
  return unlessTaken(() => transaction(ctx.db, (tx) => changeProduct(ctx, tx, viewer, { id, changes })))
}

/** The same inside of a transaction. */
export async function changeProduct(
  ctx: Ctx,
  tx: Tx,
  viewer: Seller,
  { id, changes }: { id: string; changes: ProductChanges },
): Promise<Product> {
  const before = await lockProduct(tx, viewer.actorId, id)
  if (!before) throw notFound()
  const { mediaIds, ...values } = changes
  const checked = checkProduct({ ...valuesOf(before), ...values })
  // Others have it: it can be taken back, but not be unsaid.
  if (checked.state === 'draft' && before.publishedAt) {
    throw fieldProblem('state', 'ERR_INVALID', 'cannot be draft once it was published; pause it instead')
  }
  const after = { ...checked, description: renderPlainText(checked.source) }
  const isChanged = isNews(before, after, [...toldAtOnce, 'stock'])
  const hasPictures = mediaIds ? await givePictures(ctx, tx, before, mediaIds) : false
  if (!isChanged && !hasPictures) return before
  const isTold = before.publishedAt !== null && (hasPictures || isNews(before, after, toldAtOnce))
  const product = await updateProduct(tx, id, { ...after, ...timesOf(ctx, before, { state: after.state, isTold }) })
  if (isTold) await emit(tx, { type: 'product.updated', productId: id })
  await recordAct(tx, { viewer, action: 'product.edited', subjectId: id })
  return product
}

function timesOf(ctx: Ctx, before: Product, { state, isTold }: { state: string; isTold: boolean }) {
  const now = ctx.now()
  const publishedAt = before.publishedAt ?? (state === 'draft' ? null : now)
  if (isTold) return { publishedAt, updatedAt: now, toldAt: now, tellDueAt: null }
  const due = Math.max(now.getTime(), (before.toldAt?.getTime() ?? 0) + restMs)
  return { publishedAt, updatedAt: now, tellDueAt: before.publishedAt ? (before.tellDueAt ?? new Date(due)) : null }
}

/** What is said of a product of ours. */
export function valuesOf(product: Product): ProductValues {
  const { name, source, price, taxRate, stock, sku, shopUrl, deliveryPrice, deliveryText } = product
  return {
    state: product.state === 'gone' ? 'paused' : product.state,
    name,
    source: source ?? '',
    price: price ?? 0,
    currency: product.currency as ProductValues['currency'],
    taxRate,
    stock,
    sku,
    shopUrl,
    deliveryPrice,
    deliveryText,
    isPickedUp: product.isPickedUp,
    pickupText: product.pickupText,
  }
}

/**
 * Takes a product out of the catalogue for good. Orders keep what they say of it; other servers are told, if they may have heard of it.
 * @throws Problem `not_found`, `forbidden`
 */
export async function removeProduct(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  requireSeller(viewer)
  await transaction(ctx.db, async (tx) => {
    const before = await lockProduct(tx, viewer.actorId, id)
    if (!before) throw notFound()
    await replacePictures(tx, id, [], ctx.now())
    await updateProduct(tx, id, {
      state: 'gone',
      ...{ description: '', source: '', sku: '', shopUrl: null, stock: null, deliveryText: '', pickupText: '' },
      tellDueAt: null,
      updatedAt: ctx.now(),
    })
    if (before.publishedAt) await emit(tx, { type: 'product.deleted', productId: id })
    await recordAct(tx, { viewer, action: 'product.deleted', subjectId: id })
  })
}

/** A product of the viewer's actor. @throws Problem `not_found` */
export async function getOwnProduct(ctx: Ctx, viewer: Viewer, id: string): Promise<Product> {
  const product = await findProduct(ctx.db, id)
  if (product?.actorId !== viewer.actorId || product.state === 'gone') throw notFound()
  return product
}

/** @returns whether the product has other pictures now @throws Problem `invalid` */
async function givePictures(ctx: Ctx, tx: Tx, product: Product, mediaIds: readonly string[]): Promise<boolean> {
  const ids = [...new Set(mediaIds)]
  if (ids.length > productLimits.pictures) {
    throw fieldProblem('media_ids', 'ERR_TOO_MANY', `may be ${productLimits.pictures} at the most`)
  }
  const found = await lockPictures(tx, { actorId: product.actorId, productId: product.id, ids })
  if (found.length < ids.length) {
    throw fieldProblem('media_ids', 'ERR_INVALID', 'names a picture that is not there, not yours, or in another place')
  }
  if (found.some(({ state }) => state !== 'ready')) {
    throw fieldProblem('media_ids', 'ERR_INVALID', 'names a picture that is not ready; try again in a moment')
  }
  const isSame = found.every(({ id, productId, position }) => productId === product.id && ids[position] === id)
  const before = (await listPicturesOfProducts(tx, [product.id])).get(product.id) ?? []
  if (isSame && before.length === ids.length) return false
  await replacePictures(tx, product.id, ids, ctx.now())
  return true
}

/** Two products of one actor cannot have the same number. */
async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw fieldProblem('sku', 'ERR_TAKEN', 'is that of another product')
  }
}

/** Has other servers told of stocks that have changed since they were last told. */
export async function tellStocks(ctx: Ctx): Promise<void> {
  const batch = () =>
    transaction(ctx.db, async (tx) => {
      const due = await claimUntold(tx, ctx.now(), batchSize)
      for (const { id } of due) await emit(tx, { type: 'product.updated', productId: id })
      return due.length
    })
  while ((await batch()) === batchSize);
}
