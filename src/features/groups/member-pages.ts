import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { Problem } from '#src/errors.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { requestFollow } from '#src/features/follows/service.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { emptyState } from '#src/web/components/empty.ts'
import { groupTitle } from '#src/web/components/group-head.ts'
import { groupAbout, groupMembers } from '#src/web/components/group-people.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { type Html, html } from '#src/web/html.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import { getSeenGroup, type SeenGroup } from './load.ts'
import { countWaiting, listMembers } from './page-queries.ts'
import { listModerators } from './queries.ts'
import { leaveGroup } from './service.ts'
import { accessOf, headView, summaryHtml, type TypedJoin, toPerson } from './views.ts'

/** Members on one page. */
const pageLength = 40

const params = z.object({ handle: z.string() })
const joinBody = z.object({ note: z.string().max(10_000).default('') })

/** Shows the page of a group again with what is wrong about joining. */
export type SendAgain = (
  request: FastifyRequest,
  reply: FastifyReply,
  state: Readonly<{ seen: SeenGroup; join: TypedJoin }>,
) => Promise<FastifyReply>

/** Who is in a group, what it is, and the way in and out. */
export function registerMemberPages(app: App, ctx: Ctx, sendAgain: SendAgain): void {
  const path = `${paths.groups}/:handle`
  const page = { config: { access: 'page' }, schema: { params } } as const
  const listed = { ...page, schema: { params, querystring: placeQuery } } as const
  const see = ({ viewer }: Pick<FastifyRequest, 'viewer'>, handle: string) =>
    getSeenGroup(ctx, handle, viewer?.actorId ?? null)
  app.get(`${path}/members`, listed, async (request, reply) => {
    const seen = await see(request, request.params.handle)
    return sendGroupPage(ctx, request, reply, {
      seen,
      current: 'members',
      body: await members(ctx, request, seen, request.query),
    })
  })
  app.get(`${path}/about`, page, async (request, reply) => {
    const seen = await see(request, request.params.handle)
    return sendGroupPage(ctx, request, reply, { seen, current: 'about', body: await about(ctx, request, seen) })
  })
  registerWays(app, ctx, sendAgain)
}

function registerWays(app: App, ctx: Ctx, sendAgain: SendAgain): void {
  const path = `${paths.groups}/:handle`
  const config = { access: 'session' } as const
  app.post(`${path}/join`, { config, schema: { params, body: joinBody } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const seen = await getSeenGroup(ctx, request.params.handle, viewer.actorId)
    const t = translatorFor(localeOf(request))
    const note = request.body.note.trim()
    const { group, actor } = seen
    if (group.isLocked && group.question !== '' && note === '')
      return sendAgain(request, reply, { seen, join: { note, error: t.groups.problems.question } })
    try {
      await requestFollow(ctx, viewer, { actorId: group.actorId, ...(group.isLocked ? { note } : {}) })
    } catch (error) {
      return sendAgain(request, reply, { seen, join: { note, error: joinSentence(error, t) } })
    }
    const word = group.isLocked ? 'sent' : 'joined'
    setFlash(reply, { kind: 'done', text: t.groups[word](nameOf(toActorValue(ctx, actor))) })
    return reply.redirect(groupPath(group.handle), 303)
  })
  app.post(`${path}/leave`, { config, schema: { params } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const { group, actor, standing } = await getSeenGroup(ctx, request.params.handle, viewer.actorId)
    await leaveGroup(ctx, viewer, group.actorId)
    const t = translatorFor(localeOf(request))
    if (standing.memberSince) setFlash(reply, { kind: 'done', text: t.groups.left(nameOf(toActorValue(ctx, actor))) })
    return reply.redirect(groupPath(group.handle), 303)
  })
}

/** @throws the error itself where a form cannot help: the role, or a fault */
function joinSentence(error: unknown, t: Translator): string {
  if (!(error instanceof Problem) || error.reason) throw error
  if (error.code === 'limited') return t.groups.problems.tooSoon
  if (error.code === 'forbidden') return t.groups.problems.keptOut
  throw error
}

/** A page of a group under its head. */
export type GroupPageBody = Readonly<{
  seen: SeenGroup
  current: 'members' | 'about' | 'moderation' | 'settings'
  body: Html
  status?: number
  scripts?: readonly 'form.js'[]
}>

/** Sends a page of a group. */
export async function sendGroupPage(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { seen, current, body, status = 200, scripts = [] }: GroupPageBody,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const waiting = await countWaiting(ctx.db, seen)
  const head = headView(ctx, { seen, current, viewer: request.viewer, waiting, typed: null }, t)
  const title = groupTitle(toActorValue(ctx, seen.actor), current, t)
  return sendPage(request, reply, { title, isIndexable: false, status, scripts, body: html`${head}${body}` })
}

async function members(ctx: Ctx, request: FastifyRequest, { group, isInside }: SeenGroup, place: Place): Promise<Html> {
  const t = translatorFor(localeOf(request))
  const words = t.groups.topic
  if (!isInside) return emptyState({ icon: 'lock', title: words.privateTitle, text: words.privateText })
  const isFirst = !place.max_id && !place.min_id
  const { rows, pager } = await browse(place, {
    path: `${groupPath(group.handle)}/members`,
    length: pageLength,
    read: async (page) => inListOrder(await listMembers(ctx.db, group.actorId, page), page),
  })
  const [looksAfter, actors] = await Promise.all([
    isFirst ? loadModerators(ctx, group.actorId) : [],
    listActors(
      ctx.db,
      rows.map(({ actorId }) => actorId),
    ),
  ])
  const list = actors.map((actor) => toPerson(ctx, actor, null))
  return groupMembers({ looksAfter, members: list, pager }, t)
}

/** Those who look after a group, owners first. */
export async function loadModerators(ctx: Ctx, groupId: string): Promise<ReturnType<typeof toPerson>[]> {
  const rows = await listModerators(ctx.db, groupId)
  const actors = await listActors(
    ctx.db,
    rows.map(({ actorId }) => actorId),
  )
  const roleOf = (actor: Actor) => rows.find(({ actorId }) => actorId === actor.id)?.role ?? null
  return actors.filter(({ deletedAt }) => !deletedAt).map((actor) => toPerson(ctx, actor, roleOf(actor)))
}

async function about(ctx: Ctx, request: FastifyRequest, seen: SeenGroup): Promise<Html> {
  const { group, actor, isInside } = seen
  const value = {
    actor: toActorValue(ctx, actor),
    summaryHtml: summaryHtml(ctx, actor),
    rules: group.rules.split('\n').filter((rule) => rule.trim() !== ''),
    question: group.isLocked ? group.question : '',
    access: accessOf(group),
    posting: group.posting,
    looksAfter: isInside ? await loadModerators(ctx, group.actorId) : [],
  }
  return groupAbout(value, translatorFor(localeOf(request)))
}
