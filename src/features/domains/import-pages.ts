import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { administratorOf } from '#src/http/auth.ts'
import { readForm } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { serverImport } from '#src/web/components/server-plan.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { importList, planList } from './import.ts'
import { toPlanValue } from './views.ts'

const config = { access: 'session' } as const
const textBody = z.object({ text: z.string().default(''), step: z.enum(['look', 'apply']).default('look') })

/** Bytes of a file that is read on a page: with it in its form the next one has to fit into a body. The command line reads larger ones. */
const maxFileBytes = 600_000

/** A list of servers is looked at, and then decided as it says. */
export function registerDomainImportPages(app: App, ctx: Ctx): void {
  app.get(paths.serverImport, { config }, async (request, reply) => {
    administratorOf(request)
    return sendForm(request, reply, { text: '', plan: null, error: undefined })
  })
  app.post(`${paths.serverImport}/file`, { config }, async (request, reply) => {
    administratorOf(request)
    const chunks: Buffer[] = []
    await readForm(request, async ({ stream }) => {
      let bytes = 0
      for await (const chunk of stream) {
        bytes += chunk.length
        if (bytes <= maxFileBytes) chunks.push(chunk)
      }
      if (bytes > maxFileBytes) chunks.length = 0
    })
    return look(ctx, request, reply, Buffer.concat(chunks).toString('utf8'))
  })
  app.post(paths.serverImport, { config, schema: { body: textBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { text, step } = request.body
    if (step === 'look') return look(ctx, request, reply, text)
    const { added, changed } = await importList(ctx, text, by)
    const { plan: words } = translatorFor(localeOf(request))
    setFlash(reply, { kind: 'done', text: words.done(added.length + changed.length) })
    return reply.redirect(paths.servers, 303)
  })
}

async function look(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  if (text.trim() === '') {
    const error = translatorFor(localeOf(request)).plan.empty
    return sendForm(request, reply, { text, plan: null, error })
  }
  const plan = await toPlanValue(ctx, await planList(ctx, text, 'import'))
  return sendForm(request, reply, { text, plan, error: undefined })
}

function sendForm(request: FastifyRequest, reply: FastifyReply, value: Parameters<typeof serverImport>[0]) {
  const t = translatorFor(localeOf(request))
  const status = value.error ? 422 : 200
  return sendPage(request, reply, { title: t.plan.title, isIndexable: false, status, body: serverImport(value, t) })
}
