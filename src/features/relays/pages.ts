import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound, Problem } from '#src/errors.ts'
import { administratorOf } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { relayList } from '#src/web/components/relay-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { listRelays } from './queries.ts'
import { addRelay, removeRelay } from './service.ts'

const config = { access: 'session' } as const
const addBody = z.object({ url: z.string().max(4_000) })
const removeBody = z.object({ id: z.string().max(100) })

/** The page on which administrators turn to relays and leave them. */
export function registerRelayPages(app: App, ctx: Ctx): void {
  app.get(paths.relays, { config }, async (request, reply) => {
    administratorOf(request)
    return sendRelays(ctx, request, reply, { typed: '', error: undefined })
  })
  app.post(paths.relays, { config, schema: { body: addBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { url: typed } = request.body
    const t = translatorFor(localeOf(request))
    try {
      await addRelay(ctx, typed, by)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return sendRelays(ctx, request, reply, { typed, error: sentenceOf(error, t) })
    }
    setFlash(reply, { kind: 'done', text: t.relays.added })
    return reply.redirect(paths.relays, 303)
  })
  app.post(`${paths.relays}/remove`, { config, schema: { body: removeBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { id } = request.body
    if (!isId(id) || !(await removeRelay(ctx, id, by))) throw notFound()
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).relays.removed })
    return reply.redirect(paths.relays, 303)
  })
}

function sentenceOf({ code }: Problem, { relays: words }: Translator): string {
  if (code === 'conflict') return words.already
  return code === 'forbidden' ? words.blocked : words.notInbox
}

type Typed = Readonly<{ typed: string; error: string | undefined }>

async function sendRelays(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, { typed, error }: Typed) {
  const t = translatorFor(localeOf(request))
  const body = relayList({ relays: await listRelays(ctx.db), typed, error }, ctx.now(), t)
  return sendPage(request, reply, { title: t.relays.title, isIndexable: false, status: error ? 422 : 200, body })
}
