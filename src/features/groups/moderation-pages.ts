import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { notFound, Problem } from '#src/errors.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { findByAcct } from '#src/features/actors/service.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { listWaiting } from '#src/features/follows/request-queries.ts'
import { toRequestValue } from '#src/features/follows/views.ts'
import { postPath } from '#src/features/posts/action-views.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import { type App, flag } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { type BanForm, banSpans, groupModeration } from '#src/web/components/group-moderation.ts'
import { setFlash } from '#src/web/flash.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import { listBans } from './ban-queries.ts'
import { getSeenGroup, type SeenGroup } from './load.ts'
import { loadModerators, sendGroupPage } from './member-pages.ts'
import { moderate } from './moderate.ts'
import { listMembers, listRemoved, listReported } from './page-queries.ts'
import { mayAct } from './policy.ts'
import { titleOf, toPerson } from './views.ts'

/** Requests, and members, on one page. */
const pageLength = 20

const config = { access: 'session' } as const
const params = z.object({ handle: z.string() })
const query = placeQuery.extend({
  ban: z.string().max(300).catch(''),
  asked_before: placeQuery.shape.max_id,
})
const banBody = z.object({
  who: z.string().max(1_000).default(''),
  until: z.enum(banSpans).catch('ever'),
  reason: z.string().max(10_000).default(''),
  removes_posts: flag.default(false),
})

const daysOf = { day: 1, week: 7, month: 30, ever: null } as const

/** Who comes into a group and who goes, for those who look after it. */
export function registerModerationPages(app: App, ctx: Ctx): void {
  const path = `${paths.groups}/:handle/moderation`
  app.get(path, { config, schema: { params, querystring: query } }, async (request, reply) => {
    const seen = await getModerated(ctx, actingViewer(request), request.params.handle)
    const { ban: who = '', ...place } = request.query
    const ban = { who, until: 'week', reason: '', removesPosts: false, error: undefined } as const
    return sendModeration(ctx, request, reply, { seen, place, ban })
  })
  app.post(`${path}/ban`, { config, schema: { params, body: banBody } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const seen = await getModerated(ctx, viewer, request.params.handle)
    const t = translatorFor(localeOf(request))
    const { removes_posts: removesPosts, ...sent } = request.body
    const outcome = await keepOut(ctx, { viewer, seen, ban: { ...sent, removesPosts } }, t)
    if ('error' in outcome)
      return sendModeration(ctx, request, reply, { seen, place: {}, ban: { ...sent, removesPosts, ...outcome } })
    setFlash(reply, { kind: 'done', text: t.groups.moderation.banned(outcome.name) })
    return reply.redirect(`${groupPath(seen.group.handle)}/moderation`, 303)
  })
}

/** @throws Problem `not_found` for who does not look after the group: the page is not for them */
async function getModerated(ctx: Ctx, viewer: Viewer, handle: string): Promise<SeenGroup> {
  const seen = await getSeenGroup(ctx, handle, viewer.actorId)
  if (!mayAct(seen.standing.role, 'moderate')) throw notFound()
  return seen
}

type Keeping = Readonly<{ viewer: Viewer; seen: SeenGroup; ban: Omit<BanForm, 'error'> }>

async function keepOut(
  ctx: Ctx,
  { viewer, seen, ban }: Keeping,
  t: Translator,
): Promise<{ name: string } | { error: string }> {
  const words = t.groups.moderation
  const target = await findByAcct(ctx, ban.who.trim().replace(/^@/, ''))
  if (!target) return { error: words.unknown }
  const days = daysOf[ban.until]
  const until = days === null ? null : new Date(ctx.now().getTime() + days * 86_400_000).toISOString()
  const { reason, removesPosts } = ban
  try {
    await moderate(ctx, viewer, seen.group.actorId, {
      ...{ deed: 'ban', targetId: target.id, until },
      ...{ reason: reason.trim().slice(0, 500), removesPosts },
    })
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'conflict') throw error
    return { error: words.isOwner }
  }
  return { name: nameOf(toActorValue(ctx, target)) }
}

type ModerationState = Readonly<{ seen: SeenGroup; place: Place & { asked_before?: string | undefined }; ban: BanForm }>

async function sendModeration(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { seen, place, ban }: ModerationState,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  const { group, actor, standing } = seen
  const [asking, people, bans, reported, removed, looksAfter] = await Promise.all([
    loadRequests(ctx, group, place.asked_before),
    loadMembers(ctx, group, place),
    loadBans(ctx, group.actorId),
    loadReported(ctx, group.actorId, viewer.actorId),
    loadRemoved(ctx, group.actorId, viewer.actorId),
    loadModerators(ctx, group.actorId),
  ])
  const value = {
    ...{ actor: toActorValue(ctx, actor), question: group.question, looksAfter, bans, reported, removed, ban },
    ...asking,
    ...people,
    isOwner: mayAct(standing.role, 'change'),
    isLastOwner: seen.isLastOwner,
    viewerId: viewer.actorId,
    now: ctx.now(),
  }
  const body = groupModeration(value, translatorFor(localeOf(request)))
  return sendGroupPage(ctx, request, reply, { seen, current: 'moderation', body, status: ban.error ? 422 : 200 })
}

type Named = Readonly<{ actorId: string; handle: string }>

async function loadRequests(ctx: Ctx, { actorId, handle }: Named, maxId: string | undefined) {
  const found = await listWaiting(ctx.db, actorId, { maxId, limit: pageLength + 1 })
  const shown = found.slice(0, pageLength)
  const actors = await listActors(
    ctx.db,
    shown.map(({ followerId }) => followerId),
  )
  const path = `${groupPath(handle)}/moderation`
  const last = shown.at(-1)
  return {
    requests: shown.flatMap((one) => {
      const follower = actors.find(({ id }) => id === one.followerId)
      return follower ? [{ id: follower.id, ...toRequestValue(ctx, one, { follower, pictures: [] }) }] : []
    }),
    requestsPager: {
      newerHref: maxId ? path : null,
      olderHref: found.length > pageLength && last ? `${path}?asked_before=${last.id}` : null,
    },
  }
}

async function loadMembers(ctx: Ctx, { actorId, handle }: Named, place: Place) {
  const { rows, pager } = await browse(place, {
    path: `${groupPath(handle)}/moderation`,
    length: pageLength,
    read: async (page) => inListOrder(await listMembers(ctx.db, actorId, page), page),
  })
  const actors = await listActors(
    ctx.db,
    rows.map((row) => row.actorId),
  )
  return { members: actors.map((actor) => toPerson(ctx, actor, null)), pager }
}

async function loadBans(ctx: Ctx, groupId: string) {
  const now = ctx.now()
  const rows = (await listBans(ctx.db, groupId)).filter(({ until }) => until === null || until > now)
  const actors = await listActors(
    ctx.db,
    rows.map(({ actorId }) => actorId),
  )
  return rows.flatMap(({ actorId, until }) => {
    const actor = actors.find(({ id }) => id === actorId)
    return actor ? [{ id: actorId, actor: toActorValue(ctx, actor), until }] : []
  })
}

async function loadReported(ctx: Ctx, groupId: string, readerId: string) {
  const posts = await loadShownPosts(ctx, readerId, await listReported(ctx.db, groupId, readerId), null)
  return posts.map((shown) => ({
    href: postPath({ ctx }, shown),
    title: titleOf(shown),
    author: toActorValue(ctx, shown.author),
  }))
}

async function loadRemoved(ctx: Ctx, groupId: string, readerId: string) {
  const rows = await listRemoved(ctx.db, groupId, readerId)
  const [posts, removers] = await Promise.all([
    loadShownPosts(
      ctx,
      readerId,
      rows.map(({ postId }) => postId),
      null,
    ),
    listActors(
      ctx.db,
      rows.flatMap(({ byId }) => byId ?? []),
    ),
  ])
  return rows.flatMap(({ postId, removedAt, byId, reason }) => {
    const shown = posts.find(({ row }) => row.id === postId)
    const by = removers.find(({ id, deletedAt }) => id === byId && !deletedAt)
    if (!shown) return []
    const said = { href: postPath({ ctx }, shown), title: titleOf(shown), author: toActorValue(ctx, shown.author) }
    return [{ id: postId, ...said, by: by ? toActorValue(ctx, by) : null, at: removedAt, reason }]
  })
}
