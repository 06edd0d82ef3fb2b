import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { notFound, Problem } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { getActor, listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import { type App, flag } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { type ListFormValue, listEditor, listIndex, repliesPolicies } from '#src/web/components/list-forms.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { registerMembershipPages } from './membership-pages.ts'
import { findList, type List, listListed, listLists } from './queries.ts'
import { createList, editList, listLimits, removeList, removeMembers } from './service.ts'

/** Members on one page. */
const pageLength = 40

const config = { access: 'session' } as const
const params = z.object({ id: z.string() })
const body = z.object({
  title: z.string().max(10_000).default(''),
  replies: z.enum(repliesPolicies).default('list'),
  exclusive: flag.default(false),
})

type Body = z.output<typeof body>

/** The lists of an identity: to make one, to change who is in it, to delete it. Its timeline is a page of its own. */
export function registerListPages(app: App, ctx: Ctx): void {
  app.get(paths.lists, { config }, (request, reply) => sendIndex(ctx, request, reply, null))
  app.post(paths.lists, { config, schema: { body } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const t = translatorFor(localeOf(request))
    const outcome = await attempt(t, () => createList(ctx, viewer, toInput(request.body)))
    if ('error' in outcome) return sendIndex(ctx, request, reply, { ...request.body, error: outcome.error })
    setFlash(reply, { kind: 'done', text: t.lists.created })
    return reply.redirect(`${paths.lists}/${outcome.list.id}/edit`, 303)
  })
  registerEditor(app, ctx)
  registerMembershipPages(app, ctx)
}

function registerEditor(app: App, ctx: Ctx): void {
  const path = `${paths.lists}/:id`
  app.get(`${path}/edit`, { config, schema: { params, querystring: placeQuery } }, (request, reply) =>
    sendEditor(ctx, request, reply, { id: request.params.id, place: request.query, typed: null }),
  )
  app.post(`${path}/edit`, { config, schema: { params, body } }, async (request, reply) => {
    const { id } = request.params
    const t = translatorFor(localeOf(request))
    const outcome = await attempt(t, () => editList(ctx, actingViewer(request), id, toInput(request.body)))
    if ('error' in outcome)
      return sendEditor(ctx, request, reply, { id, place: {}, typed: { ...request.body, error: outcome.error } })
    setFlash(reply, { kind: 'done', text: t.lists.saved })
    return reply.redirect(`${paths.lists}/${id}/edit`, 303)
  })
  app.post(`${path}/delete`, { config, schema: { params } }, async (request, reply) => {
    await removeList(ctx, actingViewer(request), request.params.id)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).lists.deleted })
    return reply.redirect(paths.lists, 303)
  })
  const member = z.object({ id: z.string(), member: z.string() })
  app.post(`${path}/members/:member/remove`, { config, schema: { params: member } }, async (request, reply) => {
    const { id, member: memberId } = request.params
    await removeMembers(ctx, actingViewer(request), { listId: id, memberIds: [memberId] })
    const name = nameOf(toActorValue(ctx, await getActor(ctx.db, memberId)))
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).lists.removed(name) })
    return reply.redirect(`${paths.lists}/${id}/edit`, 303)
  })
}

function toInput({ title, replies, exclusive }: Body) {
  return { title, repliesPolicy: replies, isExclusive: exclusive }
}

/** What was done, or what is wrong with the name, in a sentence. */
async function attempt(t: Translator, act: () => Promise<List>): Promise<{ list: List } | { error: string }> {
  try {
    return { list: await act() }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid') throw error
    const code = error.details?.title?.[0]?.error
    if (!code) return { error: t.lists.tooMany(listLimits.lists) }
    return { error: code === 'ERR_BLANK' ? t.lists.blank : t.lists.tooLong }
  }
}

type Typed = Body & Readonly<{ error: string }>

const fresh = { title: '', replies: 'list', isExclusive: false } as const

function formOf(action: string, list: Pick<ListFormValue, 'title' | 'replies' | 'isExclusive'>, typed: Typed | null) {
  const shown = typed ? { title: typed.title, replies: typed.replies, isExclusive: typed.exclusive } : list
  return { action, ...shown, maxTitleCharacters: listLimits.title, error: typed?.error }
}

function requireLists(request: FastifyRequest): Viewer {
  const viewer = actingViewer(request)
  requireRole(viewer, 'follow')
  return viewer
}

async function sendIndex(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: Typed | null,
): Promise<FastifyReply> {
  const { actorId } = requireLists(request)
  const t = translatorFor(localeOf(request))
  const lists = await listLists(ctx.db, actorId)
  return sendPage(request, reply, {
    title: t.lists.title,
    isIndexable: false,
    status: typed ? 422 : 200,
    body: listIndex({ lists, form: formOf(paths.lists, fresh, typed) }, t),
  })
}

type Edited = Readonly<{ id: string; place: Place; typed: Typed | null }>

async function sendEditor(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, place, typed }: Edited,
): Promise<FastifyReply> {
  const { actorId } = requireLists(request)
  const list = await findList(ctx.db, actorId, id)
  if (!list) throw notFound()
  const action = `${paths.lists}/${id}/edit`
  const { rows, pager } = await browse(place, {
    path: action,
    length: pageLength,
    read: async (page) => inListOrder(await listListed(ctx.db, id, page), page),
  })
  const members = await listActors(
    ctx.db,
    rows.map(({ memberId }) => memberId),
  )
  const t = translatorFor(localeOf(request))
  const form = formOf(action, { title: list.title, replies: list.repliesPolicy, isExclusive: list.isExclusive }, typed)
  return sendPage(request, reply, {
    title: t.lists.editTitle(list.title),
    isIndexable: false,
    status: typed ? 422 : 200,
    body: listEditor({ list, form, members: members.map((actor) => toActorValue(ctx, actor)), pager }, t),
  })
}
