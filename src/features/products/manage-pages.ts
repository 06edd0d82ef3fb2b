import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { Problem } from '#src/errors.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import { readForm } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { type CatalogueLine, catalogue } from '#src/web/components/catalogue.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { registerProductFormPages } from './form-pages.ts'
import { readProduct, typedIn, typedOf } from './input.ts'
import { loadProducts, type ShownProduct } from './load.ts'
import { chosenStates, requireSeller } from './policy.ts'
import { listProductsOf } from './queries.ts'
import { productErrors } from './sentences.ts'
import { editProduct, getOwnProduct, removeProduct, valuesOf } from './service.ts'
import { toFace } from './views.ts'

/** Lines of the list at once. */
const pageLength = 50

const config = { access: 'session' } as const

/** What an identity sells: the list with its prices, and a form for each. */
export function registerManagePages(app: App, ctx: Ctx): void {
  app.get(paths.products, { config, schema: { querystring: placeQuery } }, (request, reply) =>
    sendList(ctx, request, reply, request.query, new Map()),
  )
  app.post(paths.products, { config }, (request, reply) => saveList(ctx, request, reply))
  registerProductFormPages(app, ctx)
  const params = z.object({ id: z.string() })
  app.post(`${paths.products}/:id/delete`, { config, schema: { params } }, async (request, reply) => {
    await removeProduct(ctx, actingViewer(request), request.params.id)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).products.deleted })
    return reply.redirect(paths.products, 303)
  })
}

/** What was typed in a line; null for what is as the list had it: orders or a colleague may have changed that since. */
type Line = Readonly<{ price: string | null; stock: string | null; state: string | null }>

/** The same of a line that could not be saved. */
type Typed = Line & Readonly<{ problem: CatalogueLine['problem'] }>

async function saveList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireSeller(viewer)
  const t = translatorFor(localeOf(request))
  const fields = new Map(await readForm(request, async () => {}))
  const ids = [...fields.keys()].flatMap((name) => /^price-(\d{1,19})$/.exec(name)?.[1] ?? [])
  const wrong = new Map<string, Typed>()
  let changed = 0
  for (const id of ids.slice(0, pageLength)) {
    const of = (name: string) => fields.get(`${name}-${id}`) ?? ''
    const ifChanged = (name: string) => (of(name) === fields.get(`was-${name}-${id}`) ? null : of(name))
    const typed = { price: ifChanged('price'), stock: ifChanged('stock'), state: ifChanged('state') }
    const outcome = await saveLine(ctx, viewer, { id, typed }, t)
    if (typeof outcome === 'object') wrong.set(id, { ...typed, problem: outcome })
    else if (outcome) changed++
  }
  if (wrong.size > 0) return sendList(ctx, request, reply, {}, wrong)
  setFlash(reply, { kind: 'done', text: changed > 0 ? t.products.savedCount(changed) : t.products.unchanged })
  return reply.redirect(paths.products, 303)
}

/** Whether a line was changed, or what is wrong with it. */
async function saveLine(
  ctx: Ctx,
  viewer: Viewer,
  { id, typed }: { id: string; typed: Line },
  t: Translator,
): Promise<boolean | NonNullable<CatalogueLine['problem']>> {
  try {
    const before = await getOwnProduct(ctx, viewer, id)
    const known = typedOf(valuesOf(before))
    const line = {
      price: typed.price ?? known.price,
      stock: typed.stock ?? known.stock,
      state: typed.state ?? known.state,
    }
    const { price, stock, state } = readProduct({ ...known, ...line })
    const after = await editProduct(ctx, viewer, id, {
      ...(typed.price === null ? {} : { price }),
      ...(typed.stock === null ? {} : { stock }),
      ...(typed.state === null ? {} : { state }),
    })
    return after.updatedAt.getTime() !== before.updatedAt.getTime()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const [[field, sentence] = ['', t.products.problems.other]] = Object.entries(productErrors(error, t))
    return { field, sentence }
  }
}

async function sendList(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  place: z.output<typeof placeQuery>,
  wrong: ReadonlyMap<string, Typed>,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireSeller(viewer)
  const t = translatorFor(localeOf(request))
  const { actorId } = viewer
  const { rows, pager } = await browse(place, {
    path: paths.products,
    length: pageLength,
    read: async (page) => inListOrder(await listProductsOf(ctx.db, { actorId, isTeam: true }, page), page),
  })
  const scenery = { ctx, addresses: await pictureAddresses(ctx), onlooker: { actorId } }
  const lines = (await loadProducts(ctx, rows)).map((shown) => ({
    ...toLine(shown, wrong.get(shown.product.id), t),
    ...pick(toFace(scenery, shown)),
  }))
  return sendPage(request, reply, {
    title: t.products.manage,
    isIndexable: false,
    width: 'wide',
    status: wrong.size > 0 ? 422 : 200,
    body: catalogue({ lines, pager }, t),
  })
}

function pick({ href, picture }: Pick<CatalogueLine, 'href' | 'picture'>) {
  return { href, picture }
}

function toLine(
  { product }: ShownProduct,
  typed: Typed | undefined,
  { locale }: Translator,
): Omit<CatalogueLine, 'href' | 'picture'> {
  const { price, stock, currency, state } = typedIn(locale, valuesOf(product))
  const shown = {
    ...{ price: typed?.price ?? price, stock: typed?.stock ?? stock, state: typed?.state ?? state },
    ...{ was: { price, stock, state }, problem: typed?.problem ?? null },
  }
  // What was published cannot be a draft again.
  const states = product.publishedAt ? chosenStates.filter((one) => one !== 'draft') : chosenStates
  return { id: product.id, name: product.name, sku: product.sku, currency, states, ...shown }
}
