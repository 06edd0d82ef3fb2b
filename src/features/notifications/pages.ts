import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { resolveActorIris } from '#src/features/actors/iris.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { listOrders } from '#src/features/orders/queries.ts'
import { listHeldAnswers } from '#src/features/posts/consent-queries.ts'
import { readingScenery } from '#src/features/posts/reading-pages.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import type { ActorValue } from '#src/web/components/actor.ts'
import { heldBackList, notificationList } from '#src/web/components/notification-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { allKinds } from './fields.ts'
import { listRows } from './group-reading.ts'
import { groupableKinds, toGroups } from './groups.ts'
import { registerPolicyPages } from './policy-pages.ts'
import type { NotificationRow } from './queries.ts'
import { listRemovalReasons } from './removal-queries.ts'
import { countWaiting, listRequests } from './request-queries.ts'
import { type Judgement, judgeRequests } from './requests.ts'
import { findLastRead, markSeen } from './unread.ts'
import { type NotificationScenery, toHeldBackValue, toNotificationValue } from './views.ts'

/** Stories on one page. */
const pageLength = 30

/** Requests on one page. */
const requestsLength = 20

const query = placeQuery.pick({ max_id: true })

/** What an identity was told, by the stories that it makes; and who waits to be let through. */
export function registerNotificationPages(app: App, ctx: Ctx): void {
  registerPolicyPages(app, ctx)
  const config = { access: 'session' } as const
  app.get(paths.notifications, { config, schema: { querystring: query } }, (request, reply) =>
    sendNotifications(ctx, request, reply, request.query.max_id),
  )
  app.get(paths.heldBack, { config, schema: { querystring: placeQuery } }, (request, reply) =>
    sendRequests(ctx, request, reply, request.query),
  )
  for (const judgement of ['accept', 'dismiss'] as const satisfies readonly Judgement[]) {
    const schema = { params: z.object({ id: z.string() }) }
    app.post(`${paths.heldBack}/:id/${judgement}`, { config, schema }, async (request, reply) => {
      const words = translatorFor(localeOf(request)).notifications.heldBack
      await judgeRequests(ctx, actingViewer(request), judgement, [request.params.id])
      setFlash(reply, { kind: 'done', text: judgement === 'accept' ? words.accepted : words.dismissed })
      return reply.redirect(paths.heldBack, 303)
    })
  }
}

async function sendNotifications(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  maxId: string | undefined,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  const { actorId } = viewer
  const t = translatorFor(localeOf(request))
  const [rows, waiting, lastReadId] = await Promise.all([
    listRows(ctx, actorId, { wanted: allKinds, page: { maxId, limit: pageLength }, grouped: groupableKinds }),
    countWaiting(ctx.db, actorId),
    findLastRead(ctx, actorId),
  ])
  const groups = toGroups(rows, groupableKinds)
  const found = await setScene(ctx, request, {
    actorIds: rows.map(({ fromActorId }) => fromActorId),
    postIds: rows.flatMap(({ postId }) => postId ?? []),
    orderIds: rows.flatMap(({ orderId }) => orderId ?? []),
  })
  const known = await findSurroundings(ctx, actorId, { rows, actors: found.actors })
  const rights = { mayAdmit: may(viewer.role, 'follow'), maySell: may(viewer.role, 'publish') }
  const scenery = { ...found, ...known, lastReadId, ...rights }
  const [newest] = rows
  const isNews = newest && (lastReadId === null || BigInt(newest.id) > BigInt(lastReadId))
  if (isNews && !maxId) await markSeen(ctx, viewer, newest.id)
  const olderHref = groups.length >= pageLength ? `${paths.notifications}?max_id=${rows.at(-1)?.id}` : null
  return sendPage(request, reply, {
    title: t.notifications.title,
    current: 'notifications',
    isIndexable: false,
    body: notificationList(
      {
        notifications: groups.flatMap((group) => toNotificationValue(scenery, group, t) ?? []),
        heldBackCount: waiting.requests,
        pager: { newerHref: maxId ? paths.notifications : null, olderHref },
        now: ctx.now(),
      },
      t,
    ),
  })
}

/** What is told of notifications beside whom and what they are about. */
async function findSurroundings(
  ctx: Ctx,
  actorId: string,
  { rows, actors }: Readonly<{ rows: readonly NotificationRow[]; actors: ReadonlyMap<string, Actor> }>,
): Promise<Pick<NotificationScenery, 'newPlaces' | 'heldIds' | 'reasons'>> {
  const postsOf = (wanted: NotificationRow['kind']) =>
    rows.flatMap(({ kind, postId }) => (kind === wanted && postId ? postId : []))
  const [newPlaces, heldIds, reasons] = await Promise.all([
    findNewPlaces(ctx, rows, actors),
    listHeldAnswers(ctx.db, actorId, postsOf('mention')),
    listRemovalReasons(ctx.db, postsOf('group_removed')),
  ])
  return { newPlaces, heldIds, reasons }
}

async function findNewPlaces(
  ctx: Ctx,
  rows: readonly NotificationRow[],
  actors: ReadonlyMap<string, Actor>,
): Promise<ReadonlyMap<string, ActorValue>> {
  const moved = rows.flatMap(({ kind, fromActorId: id }) => {
    const iri = kind === 'move' ? actors.get(id)?.movedToIri : null
    return iri ? [{ id, iri }] : []
  })
  const places = await resolveActorIris(ctx, [...new Set(moved.map(({ iri }) => iri))])
  return new Map(
    moved.flatMap(({ id, iri }): [string, ActorValue][] => {
      const actor = places.get(iri)
      return actor ? [[id, toActorValue(ctx, actor)]] : []
    }),
  )
}

/** Everybody and everything that a page names, in a constant number of queries. */
async function setScene(
  ctx: Ctx,
  request: FastifyRequest,
  ids: Readonly<Record<'actorIds' | 'postIds' | 'orderIds', readonly string[]>>,
) {
  const { actorId } = actingViewer(request)
  const [actors, posts, orders, scenery] = await Promise.all([
    listActors(ctx.db, [...new Set(ids.actorIds)]),
    loadShownPosts(ctx, actorId, [...new Set(ids.postIds)], { context: 'notifications' }),
    listOrders(ctx.db, ids.orderIds),
    readingScenery(ctx, request),
  ])
  return {
    ...scenery,
    actors: new Map(actors.map((actor) => [actor.id, actor])),
    posts: new Map(posts.map((post) => [post.row.id, post])),
    orders: new Map(orders.map((order) => [order.id, order])),
  }
}

async function sendRequests(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  place: z.output<typeof placeQuery>,
): Promise<FastifyReply> {
  const { actorId } = actingViewer(request)
  const t = translatorFor(localeOf(request))
  const { rows, pager } = await browse(place, {
    path: paths.heldBack,
    length: requestsLength,
    read: async (page) => inListOrder(await listRequests(ctx.db, actorId, page), page),
  })
  const scenery = await setScene(ctx, request, {
    actorIds: rows.map(({ fromActorId }) => fromActorId),
    postIds: rows.flatMap(({ lastPostId }) => lastPostId ?? []),
    orderIds: [],
  })
  const senders = rows.flatMap((row) => toHeldBackValue(scenery, row, t) ?? [])
  return sendPage(request, reply, {
    title: t.notifications.heldBack.title,
    current: 'notifications',
    isIndexable: false,
    body: heldBackList({ senders, pager, now: ctx.now() }, t),
  })
}
