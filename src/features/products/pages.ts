import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { gone, notFound } from '#src/errors.ts'
import { readAcct } from '#src/features/actors/acct.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { type Actor, findActorByAcct } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { emptyState } from '#src/web/components/empty.ts'
import { openGraph } from '#src/web/components/open-graph.ts'
import { pager } from '#src/web/components/pager.ts'
import { priceText, productGrid } from '#src/web/components/product-card.ts'
import { type ProductValue, productPage } from '#src/web/components/product-page.ts'
import { type PageOptions, sendPage } from '#src/web/frame.ts'
import { html, linkedData } from '#src/web/html.ts'
import { canBeOrdered, productUrl } from './entity.ts'
import { registerProductImportPages } from './import-pages.ts'
import { loadProducts, type ShownProduct } from './load.ts'
import { registerManagePages } from './manage-pages.ts'
import { listProductsOf } from './queries.ts'
import { getShop } from './shop.ts'
import { registerShopPages } from './shop-pages.ts'
import { getShownProduct } from './shown.ts'
import { type ProductScenery, shareImage, toFace, toProductValue, toSchemaOrg } from './views.ts'

/** Products on one page: full rows of the grid at every width. */
const pageLength = 24

const config = { access: 'page', isShared: true } as const

/** What is sold, for everybody: the catalogue of an actor and each product. */
export function registerProductPages(app: App, ctx: Ctx): void {
  const params = z.object({ handle: z.string() })
  app.get('/@:handle/products', { config, schema: { params, querystring: placeQuery } }, (request, reply) =>
    showCatalogue(ctx, request, reply, request.params.handle),
  )
  const one = z.object({ handle: z.string(), id: z.string() })
  app.get('/@:handle/products/:id', { config, schema: { params: one } }, (request, reply) =>
    showProduct(ctx, request, reply, request.params),
  )
  registerManagePages(app, ctx)
  registerShopPages(app, ctx)
  registerProductImportPages(app, ctx)
}

/** Somebody whose catalogue is shown. @throws Problem `not_found`, `gone` */
async function getSeller(ctx: Ctx, handle: string): Promise<Actor> {
  const acct = readAcct(ctx.config, handle)
  const actor = acct && (await findActorByAcct(ctx.db, acct.handle, acct.host ?? null))
  if (!actor || actor.suspendedAt || actor.type === 'Application') throw notFound()
  if (actor.deletedAt) throw gone()
  return actor
}

async function showCatalogue(
  ctx: Ctx,
  request: FastifyRequest<{ Querystring: z.output<typeof placeQuery> }>,
  reply: FastifyReply,
  handle: string,
): Promise<FastifyReply> {
  const seller = await getSeller(ctx, handle)
  if (seller.host !== null && !request.viewer) throw notFound()
  const t = translatorFor(localeOf(request))
  const { rows, pager: neighbours } = await browse(request.query, {
    path: `/@${acctOf(seller)}/products`,
    length: pageLength,
    read: async (page) => inListOrder(await listProductsOf(ctx.db, { actorId: seller.id, isTeam: false }, page), page),
  })
  const scenery = { ctx, addresses: await pictureAddresses(ctx), onlooker: 'everybody' } as const
  const faces = (await loadProducts(ctx, rows)).map((shown) => toFace(scenery, shown))
  const name = nameOf(toActorValue(ctx, seller))
  const nothing = emptyState({ icon: 'images', title: t.products.title, text: t.products.emptyOf(name) })
  return sendPage(request, reply, {
    title: t.products.titleOf(name),
    isIndexable: seller.host === null && seller.isIndexable,
    width: 'wide',
    body: html`<header class="page-head"><h1 class="title">${t.products.titleOf(name)}</h1><p class="lead"><a href="/@${acctOf(seller)}"><bdi>${name}</bdi></a></p></header>
      ${faces.length > 0 ? html`${productGrid(faces, t)}${pager(neighbours, t)}` : nothing}`,
  })
}

async function showProduct(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  place: { handle: string; id: string },
): Promise<FastifyReply> {
  const readerId = request.viewer?.actorId ?? null
  const shown = await getShownProduct(ctx, place, readerId)
  const t = translatorFor(localeOf(request))
  const isTeam = shown.product.actorId === readerId
  const onlooker = isTeam && shown.product.state === 'draft' && readerId ? { actorId: readerId } : 'everybody'
  const scenery: ProductScenery = { ctx, addresses: await pictureAddresses(ctx), onlooker }
  const value = toProductValue(scenery, shown, { isTeam })
  const { instance } = await request.frame()
  return sendPage(request, reply, {
    ...about(scenery, shown, { value, siteName: instance?.name ?? '', t }),
    width: 'wide',
    body: productPage({ ...value, withdrawal: await withdrawalOf(ctx, shown, t) }, ctx.now(), t),
  })
}

/** The right that goes with what is ordered here. */
async function withdrawalOf(ctx: Ctx, shown: ShownProduct, t: Translator): Promise<string | null> {
  if (shown.product.iri !== null || !canBeOrdered(shown)) return null
  return (await getShop(ctx, shown.seller.id)).withdrawalText || t.orders.withdrawalText
}

/** What programs and other sites are told of the page: nothing of drafts, and of those of other servers nothing either. */
function about(
  scenery: ProductScenery,
  shown: ShownProduct,
  { value, siteName, t }: Readonly<{ value: ProductValue; siteName: string; t: Translator }>,
): Pick<PageOptions, 'title' | 'isIndexable'> & Partial<PageOptions> {
  const { product, seller } = shown
  const title = product.name
  if (product.iri !== null || product.state === 'draft') return { title, isIndexable: false }
  const url = productUrl(scenery.ctx, shown)
  const words = htmlToText(product.description).replaceAll(/\s+/g, ' ').slice(0, 300).toWellFormed()
  const description = [priceText(value.price, t), words].filter(Boolean).join(' – ')
  const head = html`${openGraph({ type: 'product', title, description, url, siteName, image: shareImage(value) })}
${linkedData(toSchemaOrg(scenery, shown, value))}`
  const alternates = [{ href: scenery.ctx.uris.product(seller.handle, product.id), type: 'application/activity+json' }]
  return { title, description, isIndexable: seller.isIndexable, canonical: url, alternates, head }
}
