import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { administratorOf } from '#src/http/auth.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { reportQueue } from '#src/web/components/report-queue.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { listEmails, listQueue } from './queries.ts'

/** Lines on one page. */
const pageLength = 30

const query = placeQuery.extend({ state: z.enum(['open', 'closed']).default('open').catch('open') })

/** The reports that wait, and those that were dealt with, for administrators. */
export function registerReportQueue(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { querystring: query } } as const
  app.get(paths.reports, options, async (request, reply) => {
    administratorOf(request)
    const isOpen = request.query.state === 'open'
    const { rows, pager } = await browse(request.query, {
      path: paths.reports,
      query: isOpen ? {} : { state: 'closed' },
      length: pageLength,
      read: async (page) => inListOrder(await listQueue(ctx.db, { ...page, isOpen }), page),
    })
    const [actors, emails] = await Promise.all([
      listActors(ctx.db, [...new Set(rows.flatMap(({ targetId, actorId }) => [targetId, actorId]))]),
      listEmails(
        ctx.db,
        rows.map(({ assignedUserId }) => assignedUserId),
      ),
    ])
    const byId = new Map(actors.map((actor) => [actor.id, toActorValue(ctx, actor)]))
    const reports = rows.flatMap(({ id, targetId, actorId, category, comment, postIds, createdAt, assignedUserId }) => {
      const [target, reporter] = [byId.get(targetId), byId.get(actorId)]
      const assignee = assignedUserId === null ? null : (emails.get(assignedUserId) ?? null)
      const by = reporter ? nameOf(reporter) : null
      return target ? [{ id, target, by, category, comment, posts: postIds.length, at: createdAt, assignee }] : []
    })
    const t = translatorFor(localeOf(request))
    const body = reportQueue({ reports, isOpen, pager }, ctx.now(), t)
    return sendPage(request, reply, { title: t.queue.title, isIndexable: false, body })
  })
}
