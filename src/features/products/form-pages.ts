import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { acceptedMimes } from '#src/core/images/sniff.ts'
import { currencies } from '#src/core/money.ts'
import { Problem } from '#src/errors.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { findOwnMedia, type Media } from '#src/features/media/queries.ts'
import { maxDescription, storeUpload, updateMedia, whenSettled } from '#src/features/media/service.ts'
import { toPictureValue } from '#src/features/media/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type FormFile, readForm } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { productForm } from '#src/web/components/product-form.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { blankProduct, readProduct, type TypedProduct, typedIn } from './input.ts'
import { listPicturesOfProducts } from './picture-queries.ts'
import { chosenStates, productLimits, requireSeller } from './policy.ts'
import type { Product } from './queries.ts'
import { productErrors } from './sentences.ts'
import { createProduct, editProduct, getOwnProduct, valuesOf } from './service.ts'

/** How long a form waits for its pictures; most are ready much sooner. */
const patienceMs = 20_000

const config = { access: 'session' } as const
const params = z.object({ id: z.string() })

/** The form for a product, new or not; it works without a script, and nothing that was typed or sent is lost when something is wrong. */
export function registerProductFormPages(app: App, ctx: Ctx): void {
  app.get(paths.productNew, { config }, (request, reply) => {
    requireSeller(actingViewer(request))
    return sendForm(ctx, request, reply, {
      product: null,
      typed: blankProduct,
      wasStock: null,
      pictures: [],
      errors: {},
    })
  })
  app.post(paths.productNew, { config }, (request, reply) => save(ctx, request, reply, null))
  const edit = `${paths.products}/:id/edit`
  app.get(edit, { config, schema: { params } }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireSeller(viewer)
    const product = await getOwnProduct(ctx, viewer, request.params.id)
    const pictures = (await listPicturesOfProducts(ctx.db, [product.id])).get(product.id) ?? []
    const typed = typedIn(localeOf(request), valuesOf(product))
    return sendForm(ctx, request, reply, {
      ...{ product, typed, wasStock: typed.stock },
      pictures,
      errors: {},
    })
  })
  app.post(edit, { config, schema: { params } }, async (request, reply) =>
    save(ctx, request, reply, await getOwnProduct(ctx, actingViewer(request), request.params.id)),
  )
}

type State = Readonly<{
  product: Product | null
  typed: TypedProduct
  /** The stock with which the form was made: orders may have changed it since. */
  wasStock: string | null
  pictures: readonly Media[]
  errors: Readonly<Record<string, string>>
}>

async function save(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  product: Product | null,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireSeller(viewer)
  const t = translatorFor(localeOf(request))
  const sent = await readSent(ctx, request, viewer, t)
  const state = { product, ...sent }
  if (Object.keys(sent.errors).length > 0) return sendForm(ctx, request, reply, state)
  try {
    const input = { ...readProduct(sent.typed), mediaIds: sent.pictures.map(({ id }) => id) }
    const { stock, ...others } = input
    const changes = sent.typed.stock === sent.wasStock ? others : { ...others, stock }
    const saved = product
      ? await editProduct(ctx, viewer, product.id, changes)
      : await createProduct(ctx, viewer, input)
    setFlash(reply, { kind: 'done', text: product ? t.products.saved : t.products.created(saved.name) })
    return reply.redirect(paths.products, 303)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return sendForm(ctx, request, reply, { ...state, errors: productErrors(error, t) })
  }
}

async function readSent(
  ctx: Ctx,
  request: FastifyRequest,
  viewer: Viewer,
  t: Translator,
): Promise<Omit<State, 'product'>> {
  const uploads: Media[] = []
  let isWrong = false
  const entries = await readForm(request, async (file: FormFile) => {
    if (file.field !== 'pictures' || uploads.length >= productLimits.pictures) return
    try {
      uploads.push(await storeUpload(ctx, viewer, { stream: file.stream }))
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error
      isWrong = true
    }
  })
  const fields = new Map(entries.map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]))
  const kept = entries.flatMap(([name, id]) => (name === 'picture' && fields.get(`keep-${id}`) === 'true' ? [id] : []))
  const known = await Promise.all(kept.map((id) => findOwnMedia(ctx.db, viewer.actorId, id)))
  const arrived = await Promise.all(uploads.map((row) => whenSettled(ctx, viewer, row, patienceMs)))
  const pictures = [...known, ...arrived].filter((row) => row !== null && row.state === 'ready') as Media[]
  const described = await Promise.all(pictures.map((row) => describe(ctx, viewer, row, fields.get(`alt-${row.id}`))))
  const isShort = pictures.length < known.length + arrived.length || described.length > productLimits.pictures
  return {
    typed: typedFrom(fields),
    wasStock: fields.get('was_stock') ?? null,
    pictures: described.slice(0, productLimits.pictures),
    errors: isWrong || isShort ? { pictures: t.products.problems.pictures } : {},
  }
}

async function describe(ctx: Ctx, viewer: Viewer, row: Media, alt: string | undefined): Promise<Media> {
  if (alt === undefined || alt.trim() === (row.description ?? '') || alt.length > maxDescription) return row
  return updateMedia(ctx, viewer, row.id, { description: alt })
}

function typedFrom(fields: ReadonlyMap<string, string>): TypedProduct {
  const names = Object.keys(blankProduct) as (keyof TypedProduct)[]
  const read = Object.fromEntries(names.map((name) => [name, fields.get(name) ?? ''])) as TypedProduct
  return { ...read, pickup: String(read.pickup === 'true') }
}

async function sendForm(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, state: State): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const { product, typed, errors } = state
  const { actorId } = actingViewer(request)
  const addresses = await pictureAddresses(ctx)
  const title = product ? t.products.editTitle(product.name) : t.products.add
  const path = product ? `${paths.products}/${product.id}` : null
  const value = {
    title,
    action: path ? `${path}/edit` : paths.productNew,
    typed,
    wasStock: state.wasStock,
    states: product?.publishedAt ? chosenStates.filter((one) => one !== 'draft') : chosenStates,
    currencies: Object.keys(currencies),
    pictures: state.pictures.map((row) => ({
      id: row.id,
      picture: toPictureValue(row, addresses, { actorId }),
      alt: row.description ?? '',
    })),
    maxPictures: productLimits.pictures,
    accept: acceptedMimes.join(','),
    limits: { ...productLimits, alt: maxDescription },
    deleteAction: path && `${path}/delete`,
    errors,
  }
  return sendPage(request, reply, {
    title,
    isIndexable: false,
    status: Object.keys(errors).length > 0 ? 422 : 200,
    scripts: ['form.js'],
    body: productForm(value, t),
  })
}
