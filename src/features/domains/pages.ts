import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { administratorOf } from '#src/http/auth.ts'
import { type App, flag } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { serverDecision } from '#src/web/components/server-decision.ts'
import { serverList } from '#src/web/components/server-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { writeList } from './csv.ts'
import { listCuts } from './cut-queries.ts'
import { registerDomainImportPages } from './import-pages.ts'
import { registerDomainListPages } from './list-pages.ts'
import { findDomain, isOnlyAllowed, listDomains, searchDomains } from './queries.ts'
import { decideDomain, getDomainName, lenient, liftDomain } from './service.ts'
import { toCutsValue, toServerLines } from './views.ts'

/** Lines on one page. */
const pageLength = 50

/** Characters of a comment at the most. */
const maxCharacters = 500

const text = z.string().max(10_000).default('')
const listQuery = z.object({ q: text.catch(''), after: text.catch('') })
const domainQuery = z.object({ domain: text.catch('') })
const liftBody = z.object({ domain: z.string() })
const comment = z.string().max(maxCharacters).default('')
const decisionBody = z.object({
  domain: z.string(),
  severity: z.enum(['none', 'limit', 'block']),
  reject_media: flag.default(false),
  reject_reports: flag.default(false),
  obfuscate: flag.default(false),
  reason: comment,
  note: comment,
})

const config = { access: 'session' } as const

/** The pages on which administrators decide about other servers. */
export function registerDomainPages(app: App, ctx: Ctx): void {
  app.get(paths.servers, { config, schema: { querystring: listQuery } }, async (request, reply) => {
    administratorOf(request)
    return sendList(ctx, request, reply, { ...request.query, typed: '', error: undefined })
  })
  app.get(`${paths.servers}/export.csv`, { config }, async (request, reply) => {
    administratorOf(request)
    const name = `servers-${ctx.now().toISOString().slice(0, 10)}.csv`
    reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
    return reply.send(writeList(await listDomains(ctx.db)))
  })
  app.post(`${paths.servers}/lift`, { config, schema: { body: liftBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { domain: host } = request.body
    const outcome = await liftDomain(ctx, host, by)
    const words = translatorFor(localeOf(request)).servers
    setFlash(reply, { kind: 'done', text: words[outcome === 'none' ? 'lifted' : outcome](host) })
    return reply.redirect(paths.servers, 303)
  })
  registerDecision(app, ctx)
  registerDomainImportPages(app, ctx)
  registerDomainListPages(app, ctx)
}

function registerDecision(app: App, ctx: Ctx): void {
  app.get(paths.server, { config, schema: { querystring: domainQuery } }, async (request, reply) => {
    administratorOf(request)
    const host = readHost(ctx, request.query.domain)
    if (host === null) {
      const error = translatorFor(localeOf(request)).server.notHost
      return sendList(ctx, request, reply, { q: '', after: '', typed: request.query.domain, error })
    }
    const domain = (await findDomain(ctx.db, host)) ?? { ...lenient, host, severity: 'block' as const }
    const cuts = await toCutsValue(ctx, await listCuts(ctx.db, [host]))
    const body = serverDecision({ server: domain, cuts, maxCharacters }, translatorFor(localeOf(request)))
    return sendPage(request, reply, { title: host, isIndexable: false, body })
  })
  app.post(paths.server, { config, schema: { body: decisionBody } }, async (request, reply) => {
    const by = administratorOf(request)
    const { body } = request
    const host = getDomainName(ctx, body.domain)
    const decision = {
      host,
      severity: body.severity,
      rejectsMedia: body.reject_media,
      rejectsReports: body.reject_reports,
      isObfuscated: body.obfuscate,
      reason: body.reason,
      privateComment: body.note.replaceAll('\r\n', '\n'),
    }
    await decideDomain(ctx, decision, by)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).servers.saved(host) })
    return reply.redirect(paths.servers, 303)
  })
}

/** Null for what is no server that one can decide about. */
function readHost(ctx: Ctx, typed: string): string | null {
  try {
    return getDomainName(ctx, typed)
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

type Asked = Readonly<{ q: string; after: string; typed: string; error: string | undefined }>

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, { q, after, typed, error }: Asked) {
  const part = q.trim().toLowerCase()
  const [found, isClosed] = await Promise.all([
    searchDomains(ctx.db, { part, after, limit: pageLength + 1 }),
    isOnlyAllowed(ctx.db),
  ])
  const shown = found.slice(0, pageLength)
  const last = found.length > pageLength ? shown.at(-1) : undefined
  const next = last && new URLSearchParams({ ...(part ? { q: part } : {}), after: last.host })
  const servers = await toServerLines(ctx, shown)
  const t = translatorFor(localeOf(request))
  const value = { servers, part, nextHref: next ? `${paths.servers}?${next}` : null, isClosed, typed, error }
  const status = error ? 422 : 200
  return sendPage(request, reply, { title: t.servers.title, isIndexable: false, status, body: serverList(value, t) })
}
