import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isCurrency } from '#src/core/money.ts'
import { Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import { readForm } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { type ProductPlanValue, productImport } from '#src/web/components/product-import.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { exportTable, importTable, type ProductPlan, planTable } from './import.ts'
import { productFields, typedOf } from './input.ts'
import { type ProductValues, requireSeller } from './policy.ts'
import { productErrors, productSentence } from './sentences.ts'
import { maxTableBytes, type TableProblem } from './table.ts'

const config = { access: 'session' } as const
const body = z.object({ text: z.string().default(''), step: z.enum(['look', 'apply']).default('look') })

/** A table of products is looked at, and then the catalogue becomes what it says; and the catalogue as a table. */
export function registerProductImportPages(app: App, ctx: Ctx): void {
  app.get(paths.productImport, { config }, (request, reply) => {
    requireSeller(actingViewer(request))
    return sendForm(request, reply, { text: '', plan: null, error: undefined })
  })
  app.post(`${paths.productImport}/file`, { config }, async (request, reply) => {
    requireSeller(actingViewer(request))
    const chunks: Buffer[] = []
    let isTooLarge = false
    await readForm(request, async ({ stream }) => {
      let bytes = 0
      for await (const chunk of stream) {
        bytes += chunk.length
        if (bytes <= maxTableBytes) chunks.push(chunk)
      }
      isTooLarge = bytes > maxTableBytes
    })
    if (isTooLarge) {
      const error = translatorFor(localeOf(request)).products.importTooLarge(maxTableBytes / 1_000)
      return sendForm(request, reply, { text: '', plan: null, error })
    }
    return look(ctx, request, reply, decode(Buffer.concat(chunks)))
  })
  app.post(paths.productImport, { config, schema: { body } }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireSeller(viewer)
    const { text, step } = request.body
    if (step === 'look') return look(ctx, request, reply, text)
    const t = translatorFor(localeOf(request))
    try {
      const count = await importTable(ctx, viewer, text)
      setFlash(reply, { kind: 'done', text: t.products.imported(count) })
      return await reply.redirect(paths.products, 303)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid') throw error
      return sendForm(request, reply, { text, plan: null, error: Object.values(productErrors(error, t))[0] })
    }
  })
  app.get(paths.productExport, { config }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireSeller(viewer)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="products.csv"')
      .send(await exportTable(ctx, viewer.actorId))
  })
}

/** What Excel saves as CSV is in the code page of Windows unless one asks for UTF-8. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

async function look(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  if (text.trim() === '') return sendForm(request, reply, { text, plan: null, error: t.products.importEmpty })
  const plan = toValue(await planTable(ctx, actingViewer(request).actorId, text), t)
  return sendForm(request, reply, { text, plan, error: undefined })
}

function toValue({ added, changed, unchanged, problems }: ProductPlan, t: Translator): ProductPlanValue {
  const sentence = ({ line, field, text, error }: TableProblem) => ({
    text,
    sentence: t.products.row(line, `${field} – ${productSentence(field, error, t)}`),
  })
  const label = ({ sku, name }: { sku: string; name: string }) => [sku, name].filter(Boolean).join(' – ')
  const money = ({ price, currency }: ProductValues) =>
    price === null || !isCurrency(currency) ? t.products.unpriced : t.format.money({ amount: price, currency })
  // A price that slipped by a decimal is what one looks for before saying yes, or a stock in the wrong column.
  const priceChange = ({ before, values }: Changed) =>
    money(before) === money(values) ? [] : [`${money(before)} → ${money(values)}`]
  return {
    added: added.map(label),
    changed: changed.map((one) => [label(one.values), ...priceChange(one), ...otherChanges(one)].join(' · ')),
    unchanged,
    problems: problems.map(sentence),
  }
}

type Changed = ProductPlan['changed'][number]

/** Longer ones are named, not shown. */
const mostShown = 40

/** What else differs, by the columns of the table. */
function otherChanges({ before, values }: Changed): string[] {
  const [old, next] = [typedOf(before), typedOf(values)]
  const isOther = (field: string) => field !== 'price' && field !== 'currency'
  return productFields.flatMap((field) => {
    if (!isOther(field) || old[field] === next[field]) return []
    const isLong = old[field].length > mostShown || next[field].length > mostShown
    return isLong ? [field] : [`${field}: ${old[field] || '–'} → ${next[field] || '–'}`]
  })
}

function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  value: Readonly<{ text: string; plan: ProductPlanValue | null; error: string | undefined }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  return sendPage(request, reply, {
    title: t.products.fromImport,
    isIndexable: false,
    status: value.error ? 422 : 200,
    body: productImport({ ...value, columns: productFields }, t),
  })
}
