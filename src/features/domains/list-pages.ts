import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound, Problem } from '#src/errors.ts'
import { administratorOf } from '#src/http/auth.ts'
import { type App, flag, idParams } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { serverLists, serversAllowed } from '#src/web/components/server-plan.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import type { Plan } from './import.ts'
import { findList, listLists } from './list-queries.ts'
import { isOnlyAllowed, listAllowed } from './queries.ts'
import { allowDomains, disallowDomain, getDomainName, keepToAllowed } from './service.ts'
import { planSubscription, refreshList, subscribe, unsubscribe } from './subscriptions.ts'
import { toPlanValue } from './views.ts'

const config = { access: 'session' } as const
const listBody = z.object({ url: z.string().max(4_000), step: z.enum(['look', 'apply']).default('look') })
const domainBody = z.object({ domain: z.string().max(10_000) })

/** Each asks another server. */
const limit = { max: 30, windowMs: 60 * 60_000, per: 'caller' } as const

/** The lists that are followed, and the servers that are allowed. */
export function registerDomainListPages(app: App, ctx: Ctx): void {
  app.get(paths.serverLists, { config }, async (request, reply) => {
    administratorOf(request)
    return sendLists(ctx, request, reply, { url: '', plan: null, error: undefined })
  })
  app.post(paths.serverLists, { config: { ...config, limit }, schema: { body: listBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { url, step } = request.body
    try {
      if (step === 'look')
        return sendLists(ctx, request, reply, { url, plan: await planSubscription(ctx, url), error: undefined })
      await subscribe(ctx, url, by)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return sendLists(ctx, request, reply, {
        url,
        plan: null,
        error: error.message.replace(/^Validation failed: /, ''),
      })
    }
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).serverLists.subscribed })
    return reply.redirect(paths.serverLists, 303)
  })
  registerListActs(app, ctx)
  registerAllowed(app, ctx)
}

function registerListActs(app: App, ctx: Ctx): void {
  const options = { config: { ...config, limit }, schema: { params: idParams } } as const
  app.post(`${paths.serverLists}/:id/refresh`, options, async (request, reply) => {
    administratorOf(request)
    const list = isId(request.params.id) ? await findList(ctx.db, request.params.id) : null
    if (!list) throw notFound()
    await refreshList(ctx, list)
    const { serverLists: words } = translatorFor(localeOf(request))
    const problem = (await findList(ctx.db, list.id))?.lastError
    setFlash(
      reply,
      problem ? { kind: 'problem', text: words.failed(problem) } : { kind: 'done', text: words.refreshed },
    )
    return reply.redirect(paths.serverLists, 303)
  })
  app.post(`${paths.serverLists}/:id/remove`, options, async (request, reply) => {
    const by = administratorOf(request)
    if (!isId(request.params.id)) throw notFound()
    await unsubscribe(ctx, request.params.id, by)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).serverLists.removed })
    return reply.redirect(paths.serverLists, 303)
  })
}

type Looked = Readonly<{ url: string; plan: Plan | null; error: string | undefined }>

async function sendLists(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, { url, plan, error }: Looked) {
  const t = translatorFor(localeOf(request))
  const value = { lists: await listLists(ctx.db), url, plan: plan && (await toPlanValue(ctx, plan)), error }
  const body = serverLists(value, ctx.now(), t)
  return sendPage(request, reply, { title: t.serverLists.title, isIndexable: false, status: error ? 422 : 200, body })
}

function registerAllowed(app: App, ctx: Ctx): void {
  app.get(paths.serversAllowed, { config }, async (request, reply) => {
    administratorOf(request)
    return sendAllowed(ctx, request, reply, { typed: '', error: undefined })
  })
  app.post(paths.serversAllowed, { config, schema: { body: domainBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { domain: typed } = request.body
    const t = translatorFor(localeOf(request))
    try {
      const host = getDomainName(ctx, typed)
      await allowDomains(ctx, [host], by)
      setFlash(reply, { kind: 'done', text: t.allowedServers.added(host) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return sendAllowed(ctx, request, reply, { typed, error: t.server.notHost })
    }
    return reply.redirect(paths.serversAllowed, 303)
  })
  app.post(`${paths.serversAllowed}/remove`, { config, schema: { body: domainBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { domain: host } = request.body
    await disallowDomain(ctx, host, by)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).allowedServers.removed(host) })
    return reply.redirect(paths.serversAllowed, 303)
  })
  const modeBody = z.object({ on: flag })
  app.post(`${paths.serversAllowed}/mode`, { config, schema: { body: modeBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { on } = request.body
    await keepToAllowed(ctx, on, by)
    const { allowedServers: words } = translatorFor(localeOf(request))
    setFlash(reply, { kind: 'done', text: on ? words.turnedOn : words.turnedOff })
    return reply.redirect(paths.serversAllowed, 303)
  })
}

type Typed = Readonly<{ typed: string; error: string | undefined }>

async function sendAllowed(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, { typed, error }: Typed) {
  const t = translatorFor(localeOf(request))
  const [allowed, isOn] = await Promise.all([listAllowed(ctx.db), isOnlyAllowed(ctx.db)])
  const body = serversAllowed({ hosts: allowed.map(({ host }) => host), isOn, typed, error }, t)
  return sendPage(request, reply, {
    title: t.allowedServers.title,
    isIndexable: false,
    status: error ? 422 : 200,
    body,
  })
}
