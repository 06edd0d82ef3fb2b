import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { inListOrder } from '#src/core/paging.ts'
import { notFound } from '#src/errors.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { type ApiProduct, toApiProduct } from './entity.ts'
import { productBody, toTyped } from './fields.ts'
import { blankProduct, readProduct, typedOf } from './input.ts'
import { loadProducts } from './load.ts'
import { findProduct, listProductsOf, type Product } from './queries.ts'
import { refreshProduct } from './refresh.ts'
import { createProduct, editProduct, getOwnProduct, removeProduct, valuesOf } from './service.ts'

const reads = { access: { scope: 'read:statuses', isOptional: true } } as const
const writes = { access: { scope: 'write:statuses' } } as const

const listQuery = pageQuery().extend({ account_id: z.string().optional() })

/** The catalogue of an actor. Methods of ours: Mastodon has none. */
export function registerProductRoutes(app: App, ctx: Ctx): void {
  const path = '/api/v1/entremise/products'
  app.get(path, { config: reads, schema: { querystring: listQuery } }, async (request, reply) => {
    const own = request.viewer?.actorId
    const actorId = request.query.account_id ?? own
    if (!actorId || !isId(actorId)) throw notFound()
    const page = toPage(request.query)
    const rows = inListOrder(await listProductsOf(ctx.db, { actorId, isTeam: actorId === own }, page), page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      rows.map(({ id }) => id),
      page,
    )
    return toApi(ctx, rows, own ?? null)
  })
  app.get(`${path}/:id`, { config: reads, schema: { params: idParams } }, async (request) =>
    one(ctx, await findReadable(ctx, request.params.id, request.viewer?.actorId ?? null), request.viewer?.actorId),
  )
  const body = { schema: { body: productBody }, preValidation: acceptFields }
  app.post(path, { config: writes, ...body }, async (request) => {
    const [viewer, sent] = [viewerOf(request), request.body]
    const values = readProduct(toTyped(sent, blankProduct))
    return one(ctx, await createProduct(ctx, viewer, { ...values, mediaIds: sent.media_ids ?? [] }), viewer.actorId)
  })
  const change = { schema: { params: idParams, body: productBody }, preValidation: acceptFields }
  app.put(`${path}/:id`, { config: writes, ...change }, async (request) => {
    const [viewer, { id }, sent] = [viewerOf(request), request.params, request.body]
    const before = typedOf(valuesOf(await getOwnProduct(ctx, viewer, id)))
    const values = readProduct(toTyped(sent, before))
    const { stock, state, ...others } = values
    // Orders change these two, also between the reading and the writing.
    const counted = { ...(sent.stock === undefined ? {} : { stock }), ...(sent.state === undefined ? {} : { state }) }
    const pictures = sent.media_ids ? { mediaIds: sent.media_ids } : {}
    return one(ctx, await editProduct(ctx, viewer, id, { ...others, ...counted, ...pictures }), viewer.actorId)
  })
  app.delete(`${path}/:id`, { config: writes, schema: { params: idParams } }, async (request) => {
    await removeProduct(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

/** @throws Problem `not_found` for drafts of others and for what is gone */
async function findReadable(ctx: Ctx, id: string, readerId: string | null): Promise<Product> {
  const known = await findProduct(ctx.db, id)
  // For strangers no other server is asked.
  const product = readerId === null ? known : await refreshProduct(ctx, known)
  const isHidden = product?.state === 'draft' && product.actorId !== readerId
  if (!product || product.state === 'gone' || isHidden) throw notFound()
  return product
}

async function one(ctx: Ctx, product: Product, readerId: string | undefined): Promise<ApiProduct> {
  const [shown] = await toApi(ctx, [product], readerId ?? null)
  if (!shown) throw notFound()
  return shown
}

/** Pictures of drafts are for their team alone. */
async function toApi(ctx: Ctx, rows: readonly Product[], readerId: string | null): Promise<ApiProduct[]> {
  const [shown, addresses] = await Promise.all([loadProducts(ctx, rows), pictureAddresses(ctx)])
  return shown.map((product) => {
    const isDraft = product.product.state === 'draft' && readerId !== null
    return toApiProduct(ctx, product, { addresses, onlooker: isDraft ? { actorId: readerId } : 'everybody' })
  })
}
