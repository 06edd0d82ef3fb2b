import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { getActor, listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { nextBody, nextOf, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { followRequestList } from '#src/web/components/follow-request-list.ts'
import type { PictureValue } from '#src/web/components/picture.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths, profilePath } from '#src/web/paths.ts'
import { registerFollowListPages } from './list-pages.ts'
import { listWaiting, type WaitingRequest } from './request-queries.ts'
import { acceptFollow, rejectFollow, requestFollow, undoFollow } from './service.ts'
import { toRequestValue } from './views.ts'

/** Requests on one page. */
const pageLength = 20

/** What the pages of follows are told by features that they may not know. */
export type FollowSurroundings = Readonly<{
  /** The last public pictures of some actors, a few of each. */
  listLatestPictures(ctx: Ctx, actorIds: readonly string[]): Promise<ReadonlyMap<string, readonly PictureValue[]>>
}>

/** The buttons on a profile, and those who wait for an answer. */
export function registerFollowPages(app: App, ctx: Ctx, surroundings: FollowSurroundings): void {
  registerFollowing(app, ctx)
  registerFollowListPages(app, ctx)
  registerRequestList(app, ctx, surroundings)
  registerAnswers(app, ctx)
}

function registerFollowing(app: App, ctx: Ctx): void {
  const options = {
    config: { access: 'session' },
    schema: { params: z.object({ handle: z.string() }), body: nextBody },
  } as const
  app.post('/@:handle/follow', options, async (request, reply) => {
    const { handle } = request.params
    await requestFollow(ctx, actingViewer(request), { actorId: (await getByAcct(ctx, handle)).id })
    return reply.redirect(nextOf(request.body, profilePath(handle)), 303)
  })
  app.post('/@:handle/unfollow', options, async (request, reply) => {
    const { handle } = request.params
    await undoFollow(ctx, actingViewer(request), (await getByAcct(ctx, handle)).id)
    return reply.redirect(nextOf(request.body, profilePath(handle)), 303)
  })
}

const listQuery = placeQuery.pick({ max_id: true })

function registerRequestList(app: App, ctx: Ctx, surroundings: FollowSurroundings): void {
  const options = { config: { access: 'session' }, schema: { querystring: listQuery } } as const
  app.get(paths.requests, options, async (request, reply) => {
    const viewer = actingViewer(request)
    requireRole(viewer, 'follow')
    const { max_id: maxId } = request.query
    const [actor, found] = await Promise.all([
      getActor(ctx.db, viewer.actorId),
      listWaiting(ctx.db, viewer.actorId, { maxId, limit: pageLength + 1 }),
    ])
    const shown = found.slice(0, pageLength)
    const last = shown.at(-1)
    const olderHref = found.length > pageLength && last ? `${paths.requests}?max_id=${last.id}` : null
    const t = translatorFor(localeOf(request))
    return sendPage(request, reply, {
      title: t.requests.title,
      current: 'notifications',
      isIndexable: false,
      body: followRequestList(
        {
          actor: toActorValue(ctx, actor),
          requests: await toValues(ctx, shown, surroundings),
          pager: { newerHref: maxId ? paths.requests : null, olderHref },
          now: ctx.now(),
        },
        t,
      ),
    })
  })
}

async function toValues(ctx: Ctx, waiting: readonly WaitingRequest[], surroundings: FollowSurroundings) {
  const ids = waiting.map(({ followerId }) => followerId)
  const [followers, pictures] = await Promise.all([listActors(ctx.db, ids), surroundings.listLatestPictures(ctx, ids)])
  return waiting.flatMap((one) => {
    const follower = followers.find(({ id }) => id === one.followerId)
    return follower ? [toRequestValue(ctx, one, { follower, pictures: pictures.get(follower.id) ?? [] })] : []
  })
}

function registerAnswers(app: App, ctx: Ctx): void {
  const options = {
    config: { access: 'session' },
    schema: { params: z.object({ id: z.string() }), body: nextBody },
  } as const
  const answers = {
    approve: { act: acceptFollow, word: 'approved' },
    refuse: { act: rejectFollow, word: 'refused' },
  } as const
  for (const [name, { act, word }] of Object.entries(answers)) {
    app.post(`${paths.requests}/:id/${name}`, options, async (request, reply) => {
      const t = translatorFor(localeOf(request))
      const who = await answer(ctx, actingViewer(request), request.params.id, act)
      setFlash(reply, { kind: 'done', text: t.requests[word](who) })
      return reply.redirect(nextOf(request.body, paths.requests), 303)
    })
  }
}

async function answer(ctx: Ctx, viewer: Viewer, followerId: string, act: typeof acceptFollow): Promise<string> {
  await act(ctx, viewer, followerId)
  return nameOf(toActorValue(ctx, await getActor(ctx.db, followerId)))
}
