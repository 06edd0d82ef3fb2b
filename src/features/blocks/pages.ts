import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { Problem } from '#src/errors.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, nextBody, nextOf, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { blockedList } from '#src/web/components/muted-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths, profilePath } from '#src/web/paths.ts'
import { listBlocked } from './queries.ts'
import { blockActor, unblockActor } from './service.ts'
import { shunHost, unshunHost } from './shun.ts'
import { listShunned } from './shun-queries.ts'

/** Lines of each list on one page. */
const pageLength = 40

const params = z.object({ handle: z.string() })
/** Two lists stand on one page; the place is one in the list that is named, and the other one begins at its beginning. */
const blockedQuery = placeQuery.extend({ list: z.enum(['people', 'servers']).optional().catch(undefined) })

const domainBody = nextBody.extend({ domain: z.string().max(300).default('') })

/** The buttons by which one blocks somebody or a whole server and takes that back, and whom one has blocked. */
export function registerBlockPages(app: App, ctx: Ctx): void {
  registerPeople(app, ctx)
  registerHosts(app, ctx)
  const options = { config: { access: 'session' }, schema: { querystring: blockedQuery } } as const
  app.get(paths.settingsBlocked, options, (request, reply) =>
    sendBlocked(ctx, request, reply, { place: request.query, typed: '', isWrong: false }),
  )
}

function registerPeople(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, body: nextBody } } as const
  for (const [name, act, word] of [
    ['block', blockActor, 'blocked'],
    ['unblock', unblockActor, 'unblocked'],
  ] as const) {
    app.post(`/@:handle/${name}`, options, async (request, reply) => {
      const actor = await getByAcct(ctx, request.params.handle)
      await act(ctx, actingViewer(request), actor.id)
      const words = translatorFor(localeOf(request)).relations
      setFlash(reply, { kind: 'done', text: words[word](nameOf(toActorValue(ctx, actor))) })
      return reply.redirect(nextOf(request.body, profilePath(request.params.handle)), 303)
    })
  }
}

function registerHosts(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { body: domainBody } } as const
  const wordsOf = (request: FastifyRequest) => translatorFor(localeOf(request)).relations
  app.post(paths.settingsBlocked, options, async (request, reply) => {
    const { domain } = request.body
    if (!(await attempt(ctx, actingViewer(request), domain)))
      return sendBlocked(ctx, request, reply, { place: {}, typed: domain, isWrong: true })
    setFlash(reply, { kind: 'done', text: wordsOf(request).shunned(domain) })
    return reply.redirect(nextOf(request.body, paths.settingsBlocked), 303)
  })
  app.post(`${paths.settingsBlocked}/remove`, options, async (request, reply) => {
    const { domain } = request.body
    await unshunHost(ctx, actingViewer(request), domain)
    setFlash(reply, { kind: 'done', text: wordsOf(request).unshunned(domain) })
    return reply.redirect(nextOf(request.body, paths.settingsBlocked), 303)
  })
}

/** False for what is not the name of another server. */
async function attempt(ctx: Ctx, viewer: Viewer, domain: string): Promise<boolean> {
  try {
    await shunHost(ctx, viewer, domain)
    return true
  } catch (error) {
    if (!(error instanceof Problem) || !error.details?.domain) throw error
    return false
  }
}

type Asked = Readonly<{ place: z.output<typeof blockedQuery>; typed: string; isWrong: boolean }>

async function sendBlocked(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, typed, isWrong }: Asked,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireRole(viewer, 'follow')
  const { actorId } = viewer
  const t = translatorFor(localeOf(request))
  const list = { path: paths.settingsBlocked, length: pageLength }
  const isOfHosts = place.list === 'servers'
  const [blocked, shunned] = await Promise.all([
    browse(isOfHosts ? {} : place, {
      ...list,
      read: async (page) => inListOrder(await listBlocked(ctx.db, actorId, page), page).map((id) => ({ id })),
    }),
    browse(isOfHosts ? place : {}, {
      ...list,
      query: { list: 'servers' },
      read: async (page) => inListOrder(await listShunned(ctx.db, actorId, page), page),
    }),
  ])
  const people = await listActors(
    ctx.db,
    blocked.rows.map(({ id }) => id),
  )
  return sendPage(request, reply, {
    title: t.blockedPage.title,
    isIndexable: false,
    status: isWrong ? 422 : 200,
    body: blockedList(
      {
        people: people.map((actor) => toActorValue(ctx, actor)),
        hosts: shunned.rows.map(({ host }) => host),
        pager: blocked.pager,
        hostPager: shunned.pager,
        next: paths.settingsBlocked,
        typed,
        error: isWrong ? t.relations.notHost : undefined,
      },
      t,
    ),
  })
}
