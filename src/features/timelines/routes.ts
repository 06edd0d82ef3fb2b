import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import { notFound } from '#src/errors.ts'
import { refreshShowcase } from '#src/features/actors/showcase.ts'
import { findList } from '#src/features/lists/queries.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { foldHashtag } from '#src/features/posts/hashtags.ts'
import { listPinned } from '#src/features/posts/pin-queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, flag, idParams, textList } from '#src/http/zod.ts'
import { listHome } from './home-queries.ts'
import { registerLinkTimeline } from './link-routes.ts'
import { listOfList } from './list-queries.ts'
import { isActorThere, listOfActor, listPublic, listTagged, listTagIds, type Origin } from './queries.ts'

const publicQuery = pageQuery().extend({
  local: flag.default(false),
  remote: flag.default(false),
  only_media: flag.default(false),
})

const hashtags = textList
  .pipe(z.array(z.string().min(1).max(200)).max(10, 'may name ten hashtags at the most'))
  .default([])
const tagQuery = publicQuery.extend({ any: hashtags, all: hashtags, none: hashtags })
const tagParams = z.object({ hashtag: z.string().max(300) })

const actorQuery = pageQuery().extend({
  only_media: flag.default(false),
  exclude_replies: flag.default(false),
  exclude_reblogs: flag.default(false),
  pinned: flag.default(false),
  tagged: z.string().max(300).optional(),
})

const access = { scope: 'read:statuses', isOptional: true } as const

/** Timelines in the client API. @see https://docs.joinmastodon.org/methods/timelines/ */
export function registerTimelineRoutes(app: App, ctx: Ctx): void {
  registerOwnTimelines(app, ctx)
  registerPublicTimelines(app, ctx)
  registerLinkTimeline(app, ctx)
}

function registerOwnTimelines(app: App, ctx: Ctx): void {
  app.get(
    '/api/v1/timelines/home',
    { config: { access: { scope: 'read:statuses' } }, schema: { querystring: pageQuery() } },
    async (request, reply) => {
      const page = toPage(request.query)
      return send(ctx, request, reply, { page, ids: await listHome(ctx.db, viewerOf(request).actorId, page) })
    },
  )

  const listOptions = {
    config: { access: { scope: 'read:lists' } },
    schema: { params: z.object({ list_id: z.string() }), querystring: pageQuery() },
  }
  app.get('/api/v1/timelines/list/:list_id', listOptions, async (request, reply) => {
    const page = toPage(request.query)
    const list = await findList(ctx.db, viewerOf(request).actorId, request.params.list_id)
    if (!list) throw notFound()
    return send(ctx, request, reply, { page, ids: await listOfList(ctx.db, list, page) })
  })
}

function registerPublicTimelines(app: App, ctx: Ctx): void {
  app.get(
    '/api/v1/timelines/public',
    { config: { access }, schema: { querystring: publicQuery } },
    async (request, reply) => {
      const page = toPage(request.query)
      const { local, remote, only_media: onlyMedia } = request.query
      // What is both here and elsewhere is nowhere.
      const ids =
        local && remote
          ? []
          : await listPublic(ctx.db, { readerId: readerOf(request), origin: originOf(request.query), onlyMedia, page })
      return send(ctx, request, reply, { page, ids })
    },
  )

  app.get(
    '/api/v1/timelines/tag/:hashtag',
    { config: { access }, schema: { params: tagParams, querystring: tagQuery } },
    async (request, reply) => {
      const page = toPage(request.query)
      const ids = await tagged(ctx, readerOf(request), { ...request.query, hashtag: request.params.hashtag, page })
      return send(ctx, request, reply, { page, ids })
    },
  )

  app.get(
    '/api/v1/accounts/:id/statuses',
    { config: { access }, schema: { params: idParams, querystring: actorQuery } },
    async (request, reply) => {
      const page = toPage(request.query)
      const ids = await ofActor(ctx, readerOf(request), { ...request.query, actorId: request.params.id, page })
      return send(ctx, request, reply, { page, ids })
    },
  )
}

function readerOf(request: FastifyRequest): string | null {
  return request.viewer?.actorId ?? null
}

function originOf({ local, remote }: { local: boolean; remote: boolean }): Origin {
  if (local) return 'local'
  return remote ? 'remote' : 'all'
}

async function send(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { page, ids }: { page: Page; ids: string[] },
): Promise<Status[]> {
  linkPages(request, reply, ctx.config.publicUrl, ids, page)
  return loadStatuses(ctx, readerOf(request), ids)
}

type TagQuestion = z.output<typeof tagQuery> & { hashtag: string; page: Page }

async function tagged(ctx: Ctx, readerId: string | null, question: TagQuestion): Promise<string[]> {
  const { local, remote, only_media: onlyMedia, page } = question
  const fold = (names: readonly string[]) => names.map((name) => foldHashtag(name.replace(/^#/, '')))
  const wanted = { any: fold([question.hashtag, ...question.any]), all: fold(question.all), none: fold(question.none) }
  const ids = await listTagIds(ctx.db, [...new Set(Object.values(wanted).flat())])
  const idsOf = (names: readonly string[]) => names.flatMap((name) => ids.get(name) ?? [])
  const [any, all, none] = [idsOf(wanted.any), idsOf(wanted.all), idsOf(wanted.none)]
  // A hashtag that nobody has used stands in no post.
  if (any.length === 0 || all.length < wanted.all.length || (local && remote)) return []
  return listTagged(ctx.db, { readerId, origin: originOf(question), onlyMedia, page, any, all, none })
}

type ActorQuestion = z.output<typeof actorQuery> & { actorId: string; page: Page }

async function ofActor(ctx: Ctx, readerId: string | null, question: ActorQuestion): Promise<string[]> {
  const { actorId } = question
  const ids = isId(actorId) ? await listOf(ctx, readerId, question) : []
  // Whoever has posts is there.
  if (ids.length === 0 && !(await isActorThere(ctx.db, actorId))) throw notFound()
  return ids
}

async function listOf(ctx: Ctx, readerId: string | null, question: ActorQuestion): Promise<string[]> {
  const { actorId } = question
  if (question.pinned) {
    await refreshShowcase(ctx, { readerId, actorId, showcase: 'pins' })
    return listPinned(ctx.db, actorId, readerId, question.page)
  }
  const name = question.tagged ? foldHashtag(question.tagged.replace(/^#/, '')) : null
  const tagId = name === null ? null : ((await listTagIds(ctx.db, [name])).get(name) ?? null)
  if (name !== null && tagId === null) return []
  return listOfActor(ctx.db, {
    actorId,
    readerId,
    withReplies: !question.exclude_replies,
    withBoosts: !question.exclude_reblogs,
    onlyMedia: question.only_media,
    tagId,
    page: question.page,
  })
}
