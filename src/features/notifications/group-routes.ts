import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import type { Page } from '#src/core/paging.ts'
import { transaction } from '#src/db/client.ts'
import { notFound } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, textList } from '#src/http/zod.ts'
import { wantedKinds, wantedQuery } from './fields.ts'
import { loadGroups } from './group-entity.ts'
import { dismissGroup, listGroupSenders, listUnread } from './group-queries.ts'
import { listRows, rowsPerGroup } from './group-reading.ts'
import { type Group, groupableKinds, groupKeyOf, readGroupKey, toGroups } from './groups.ts'
import { isTold, requireCaring } from './policy.ts'
import { findNotification, listNotifications, type NotificationRow } from './queries.ts'

const reads = { access: { scope: 'read:notifications' } } as const
const writes = { access: { scope: 'write:notifications' } } as const

const groupedTypes = { grouped_types: textList.default([...groupableKinds]) }

const listQuery = pageQuery(40, 80).extend({
  ...wantedQuery,
  ...groupedTypes,
  expand_accounts: z.enum(['full', 'partial_avatars'], 'must be full or partial_avatars').default('full'),
})

const keyParams = z.object({ group_key: z.string() })

/** Notifications by the story that they tell. @see https://docs.joinmastodon.org/methods/grouped_notifications/ */
export function registerGroupRoutes(app: App, ctx: Ctx): void {
  registerCounting(app, ctx)

  app.get('/api/v2/notifications', { config: reads, schema: { querystring: listQuery } }, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const { grouped_types: grouped, expand_accounts: expansion } = request.query
    const page = toPage(request.query)
    const rows = await listRows(ctx, actorId, { wanted: wantedKinds(request.query), page, grouped })
    const groups = toGroups(rows, grouped)
    linkRows(ctx, { request, reply }, { rows, groups, page })
    return loadGroups(ctx, actorId, groups, { isPage: true, expansion })
  })

  app.get('/api/v2/notifications/:group_key', { config: reads, schema: { params: keyParams } }, async (request) => {
    const { actorId } = viewerOf(request)
    const group = await findGroup(ctx, actorId, request.params.group_key)
    return loadGroups(ctx, actorId, [group], { isPage: false, expansion: 'full' })
  })

  const accounts = { config: reads, schema: { params: keyParams } }
  app.get('/api/v2/notifications/:group_key/accounts', accounts, async (request) => {
    const { actorId } = viewerOf(request)
    const ids = await listGroupSenders(ctx.db, actorId, keyOf(request.params.group_key))
    if (ids.length === 0) throw notFound()
    const actors = new Map((await listActors(ctx.db, ids)).map((actor) => [actor.id, actor]))
    return ids.flatMap((id) => {
      const actor = actors.get(id)
      return actor ? toAccount(ctx, actor) : []
    })
  })

  const dismiss = { config: writes, schema: { params: keyParams } }
  app.post('/api/v2/notifications/:group_key/dismiss', dismiss, async (request) => {
    const viewer = viewerOf(request)
    requireCaring(viewer)
    const key = keyOf(request.params.group_key)
    await transaction(ctx.db, (tx) => dismissGroup(tx, viewer.actorId, key, ctx.now()))
    return {}
  })
}

const countQuery = z.object({
  ...wantedQuery,
  limit: z.coerce.number('must be a number').int().min(1).max(1_000).default(100),
})

/** How much is new, up to a number. @see https://docs.joinmastodon.org/methods/notifications/#unread-count */
function registerCounting(app: App, ctx: Ctx): void {
  const unread = (request: FastifyRequest<{ Querystring: z.output<typeof countQuery> }>, limit: number) => {
    const { kinds, fromActorId } = wantedKinds(request.query)
    return listUnread(ctx.db, viewerOf(request).actorId, { kinds, fromActorId, limit })
  }
  const single = { config: reads, schema: { querystring: countQuery } }
  app.get('/api/v1/notifications/unread_count', single, async (request) => ({
    count: (await unread(request, request.query.limit)).length,
  }))
  const inGroups = { config: reads, schema: { querystring: countQuery.extend(groupedTypes) } }
  app.get('/api/v2/notifications/unread_count', inGroups, async (request) => {
    const { limit, grouped_types: grouped } = request.query
    const rows = await unread(request, limit * rowsPerGroup)
    return { count: Math.min(new Set(rows.map((row) => groupKeyOf(row, grouped))).size, limit) }
  })
}

function linkRows(
  ctx: Ctx,
  { request, reply }: { request: FastifyRequest; reply: Parameters<typeof linkPages>[1] },
  { rows, groups, page }: { rows: readonly NotificationRow[]; groups: readonly Group[]; page: Page },
): void {
  const ids = rows.map(({ id }) => id)
  // Full means full of groups, of which each may stand for many notifications.
  const isFull = groups.length >= page.limit || rows.length >= 80
  linkPages(request, reply, ctx.config.publicUrl, ids, { ...page, limit: isFull ? ids.length : ids.length + 1 })
}

function keyOf(text: string) {
  const key = readGroupKey(text)
  if (!key) throw notFound()
  return key
}

async function findGroup(ctx: Ctx, actorId: string, text: string): Promise<Group> {
  const key = keyOf(text)
  if ('id' in key) {
    const row = await findNotification(ctx.db, actorId, key.id)
    if (!row || !isTold(row.kind)) throw notFound()
    return { key: text, rows: [row] }
  }
  const wanted = { kinds: [key.kind], fromActorId: null, withFiltered: false }
  // The group lies between two moments, and so do its ids.
  const rows = await listNotifications(ctx.db, actorId, wanted, {
    maxId: idAt(key.to),
    minId: idAt(key.from),
    limit: 80,
  })
  const members = rows.filter((row) => groupKeyOf(row) === text)
  if (members.length === 0) throw notFound()
  return { key: text, rows: members }
}

/** The smallest id of a moment: 48 bits of milliseconds before 16 of a sequence. */
function idAt(moment: Date): string {
  return String(BigInt(moment.getTime()) << 16n)
}
