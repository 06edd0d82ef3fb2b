import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { readingScenery } from '#src/features/posts/reading-pages.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { toPostValue } from '#src/features/posts/views.ts'
import { listRules } from '#src/features/rules/queries.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { reported } from '#src/web/components/reported.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { findReport, type Report } from './queries.ts'
import { closeReport } from './service.ts'

/** A report as administrators read it, where notifications of it lead; for everybody else there is none. */
export function registerReportAnswerPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params: idParams } } as const
  app.get(`${paths.reports}/:id`, options, async (request, reply) =>
    sendReport(ctx, request, reply, await getReport(ctx, request, request.params.id)),
  )
  app.post(`${paths.reports}/:id/resolve`, options, async (request, reply) => {
    const { id } = await getReport(ctx, request, request.params.id)
    const { userId, viewer } = request.session ?? { userId: null, viewer: null }
    await closeReport(ctx, { userId, actorId: viewer?.actorId ?? null }, id)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).reported.resolved })
    return reply.redirect(`${paths.reports}/${id}`, 303)
  })
}

async function getReport(ctx: Ctx, { session }: FastifyRequest, id: string): Promise<Report> {
  const report = session?.isAdmin && isId(id) ? await findReport(ctx.db, id) : null
  if (!report) throw notFound()
  return report
}

async function sendReport(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, report: Report) {
  const { id, postIds, ruleIds, comment, category, createdAt: at, resolvedAt } = report
  const [target, reporter, rules, posts, scenery] = await Promise.all([
    findActor(ctx.db, report.targetId),
    findActor(ctx.db, report.actorId),
    listRules(ctx.db),
    loadShownPosts(ctx, request.viewer?.actorId ?? null, postIds, null),
    readingScenery(ctx, request),
  ])
  if (!target) throw notFound()
  const t = translatorFor(localeOf(request))
  const body = reported(
    {
      ...{ id, category, comment, at, resolvedAt },
      target: toActorValue(ctx, target),
      reporter: reporter && !reporter.deletedAt ? toActorValue(ctx, reporter) : null,
      rules: rules.filter((rule) => ruleIds.includes(rule.id)).map(({ text }) => text),
      posts: posts.map((post) => toPostValue(scenery, post)),
      missingPosts: postIds.length - posts.length,
    },
    ctx.now(),
    t,
  )
  return sendPage(request, reply, { title: t.reported.title, isIndexable: false, body })
}
