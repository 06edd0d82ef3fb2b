import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type App, flag } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { shopForm } from '#src/web/components/shop-form.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { requireSeller } from './policy.ts'
import { productErrors } from './sentences.ts'
import { getShop, type ShopInput, saveShop, shopLimits } from './shop.ts'

const config = { access: 'session' } as const
const text = z.string().max(10_000).default('')
const body = z.object({
  takes_pickup_payment: flag.default(false),
  ...{ account_holder: text, iban: text, bic: text, imprint: text, withdrawal_text: text },
})

/** How an identity sells: what is paid how, and who it is. */
export function registerShopPages(app: App, ctx: Ctx): void {
  app.get(paths.shop, { config }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireSeller(viewer)
    return sendForm(request, reply, { input: await getShop(ctx, viewer.actorId), errors: {} })
  })
  app.post(paths.shop, { config, schema: { body } }, async (request, reply) => {
    const t = translatorFor(localeOf(request))
    const sent = request.body
    const input: ShopInput = {
      takesPickupPayment: sent.takes_pickup_payment,
      accountHolder: sent.account_holder,
      ...{ iban: sent.iban, bic: sent.bic, imprint: sent.imprint, withdrawalText: sent.withdrawal_text },
    }
    try {
      await saveShop(ctx, actingViewer(request), input)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid') throw error
      return sendForm(request, reply, { input, errors: productErrors(error, t) })
    }
    setFlash(reply, { kind: 'done', text: t.products.saved })
    return reply.redirect(paths.shop, 303)
  })
}

function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  { input, errors }: Readonly<{ input: ShopInput; errors: Readonly<Record<string, string>> }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  return sendPage(request, reply, {
    title: t.products.shopTitle,
    isIndexable: false,
    status: Object.keys(errors).length > 0 ? 422 : 200,
    body: shopForm({ ...input, limits: shopLimits, errors }, t),
  })
}
