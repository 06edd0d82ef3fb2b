import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { inListOrder } from '#src/core/paging.ts'
import { forbidden, invalid, notFound } from '#src/errors.ts'
import { findUser } from '#src/features/users/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, flag, idParams } from '#src/http/zod.ts'
import { severityOf } from './csv.ts'
import { toDomainAllow, toDomainBlock } from './entity.ts'
import {
  type Domain,
  findAllowedById,
  findAllowedByName,
  findDomain,
  findDomainById,
  pageAllowed,
  pageDomains,
} from './queries.ts'
import {
  allowDomains,
  type Decider,
  decideDomain,
  disallowDomain,
  getDomainName,
  lenient,
  liftDomain,
} from './service.ts'

const severity = z.enum(['noop', 'silence', 'suspend'], 'must be noop, silence or suspend')
const comment = z.string().max(500, 'may have 500 characters at the most')
const changes = z.object({
  severity: severity.optional(),
  reject_media: flag.optional(),
  reject_reports: flag.optional(),
  private_comment: comment.nullish(),
  public_comment: comment.nullish(),
  obfuscate: flag.optional(),
})
const domainBody = z.object({ domain: z.string('is needed').max(300) })
const newBlock = changes.extend(domainBody.shape)

/** The token's user must still run the instance. @throws Problem `forbidden` */
async function administrator(ctx: Ctx, request: FastifyRequest): Promise<NonNullable<Decider>> {
  const { userId, actorId } = viewerOf(request)
  if (!(await findUser(ctx.db, userId))?.isAdmin) throw forbidden('This action is not allowed')
  return { userId, actorId }
}

const reads = (what: string) => ({ config: { access: { scope: `admin:read:${what}` } } })
const writes = (what: string) => ({ config: { access: { scope: `admin:write:${what}` } }, preValidation: acceptFields })

/** What administrators decide about other servers, for their programs. @see https://docs.joinmastodon.org/methods/admin/domain_blocks/ */
export function registerDomainRoutes(app: App, ctx: Ctx): void {
  const path = '/api/v1/admin/domain_blocks'
  const list = { ...reads('domain_blocks'), schema: { querystring: pageQuery(100, 200) } }
  app.get(path, list, async (request, reply) => {
    await administrator(ctx, request)
    const page = toPage(request.query)
    const rows = inListOrder(await pageDomains(ctx.db, page), page)
    linkPages(
      request,
      reply,
      ctx.uris.publicUrl,
      rows.map(({ id }) => id),
      page,
    )
    return rows.map(toDomainBlock)
  })
  app.get(`${path}/:id`, { ...reads('domain_blocks'), schema: { params: idParams } }, async (request) => {
    await administrator(ctx, request)
    return toDomainBlock(await getDomain(ctx, request.params.id))
  })
  app.post(path, { ...writes('domain_blocks'), schema: { body: newBlock } }, async (request) => {
    const by = await administrator(ctx, request)
    const host = getDomainName(ctx, request.body.domain)
    const known = await findDomain(ctx.db, host)
    if (known && known.listId === null) throw invalid('Validation failed: Domain has already been taken')
    await decideDomain(ctx, changed({ ...lenient, host, severity: 'limit' }, request.body), by)
    return toDomainBlock(await getNamed(ctx, host))
  })
  const change = { ...writes('domain_blocks'), schema: { params: idParams, body: changes } }
  app.put(`${path}/:id`, change, async (request) => {
    const by = await administrator(ctx, request)
    const domain = await getDomain(ctx, request.params.id)
    await decideDomain(ctx, changed(domain, request.body), by)
    return toDomainBlock(await getNamed(ctx, domain.host))
  })
  app.delete(`${path}/:id`, { ...writes('domain_blocks'), schema: { params: idParams } }, async (request) => {
    const by = await administrator(ctx, request)
    await liftDomain(ctx, (await getDomain(ctx, request.params.id)).host, by)
    return {}
  })
  registerAllows(app, ctx)
}

type Decided = Parameters<typeof decideDomain>[1]

function changed(decision: Decided, body: z.output<typeof changes>): Decided {
  const { host, severity: before, rejectsMedia, rejectsReports, isObfuscated, privateComment, reason } = decision
  return {
    host,
    severity: (body.severity && severityOf(body.severity)) ?? before,
    rejectsMedia: body.reject_media ?? rejectsMedia,
    rejectsReports: body.reject_reports ?? rejectsReports,
    isObfuscated: body.obfuscate ?? isObfuscated,
    privateComment: body.private_comment ?? privateComment,
    reason: body.public_comment ?? reason,
  }
}

async function getDomain(ctx: Ctx, id: string): Promise<Domain> {
  const domain = isId(id) ? await findDomainById(ctx.db, id) : null
  if (!domain) throw notFound()
  return domain
}

async function getNamed(ctx: Ctx, host: string): Promise<Domain> {
  const domain = await findDomain(ctx.db, host)
  if (!domain) throw notFound()
  return domain
}

/** The servers that are allowed. @see https://docs.joinmastodon.org/methods/admin/domain_allows/ */
function registerAllows(app: App, ctx: Ctx): void {
  const path = '/api/v1/admin/domain_allows'
  const list = { ...reads('domain_allows'), schema: { querystring: pageQuery(100, 200) } }
  app.get(path, list, async (request, reply) => {
    await administrator(ctx, request)
    const page = toPage(request.query)
    const rows = inListOrder(await pageAllowed(ctx.db, page), page)
    linkPages(
      request,
      reply,
      ctx.uris.publicUrl,
      rows.map(({ id }) => id),
      page,
    )
    return rows.map(toDomainAllow)
  })
  app.get(`${path}/:id`, { ...reads('domain_allows'), schema: { params: idParams } }, async (request) => {
    await administrator(ctx, request)
    return toDomainAllow(await getAllowed(ctx, request.params.id))
  })
  app.post(path, { ...writes('domain_allows'), schema: { body: domainBody } }, async (request) => {
    const by = await administrator(ctx, request)
    const host = getDomainName(ctx, request.body.domain)
    await allowDomains(ctx, [host], by)
    const allowed = await findAllowedByName(ctx.db, host)
    if (!allowed) throw notFound()
    return toDomainAllow(allowed)
  })
  app.delete(`${path}/:id`, { ...writes('domain_allows'), schema: { params: idParams } }, async (request) => {
    const by = await administrator(ctx, request)
    await disallowDomain(ctx, (await getAllowed(ctx, request.params.id)).host, by)
    return {}
  })
}

async function getAllowed(ctx: Ctx, id: string) {
  const allowed = isId(id) ? await findAllowedById(ctx.db, id) : null
  if (!allowed) throw notFound()
  return allowed
}
