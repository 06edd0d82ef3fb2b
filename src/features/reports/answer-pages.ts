import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
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
import { administratorOf } from '#src/http/auth.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { reported } from '#src/web/components/reported.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import {
  type Administrator,
  forwardReport,
  longestNote,
  noteReport,
  openReport,
  removeNote,
  restrictActor,
  takeReport,
} from './answer.ts'
import { findReport, listEmails, listNotes, type Report } from './queries.ts'
import { registerReportQueue } from './queue-pages.ts'
import { closeReport } from './service.ts'

type Words = ReturnType<typeof translatorFor>

/** What an administrator can do about a report with one button, and what is said then. */
const acts: Record<
  string,
  { work: (ctx: Ctx, by: Administrator, id: string) => Promise<void>; say: (t: Words) => string }
> = {
  resolve: { work: closeReport, say: (t) => t.reported.resolved },
  reopen: { work: openReport, say: (t) => t.queue.reopened },
  assign: { work: (ctx, by, id) => takeReport(ctx, by, id, true), say: (t) => t.queue.assigned },
  unassign: { work: (ctx, by, id) => takeReport(ctx, by, id, false), say: (t) => t.queue.unassigned },
  forward: { work: forwardReport, say: (t) => t.queue.forwarded },
}

const noteBody = z.object({ text: z.string().max(20_000).default('') })
const noteParams = idParams.extend({ noteId: z.string() })
const restrictBody = z.object({ severity: z.enum(['none', 'limit', 'block']) })
const config = { access: 'session' } as const

/** The queue of reports, and each as administrators read it, where notifications of it lead; for everybody else there is none. */
export function registerReportAnswerPages(app: App, ctx: Ctx): void {
  registerReportQueue(app, ctx)
  app.get(`${paths.reports}/:id`, { config, schema: { params: idParams } }, async (request, reply) =>
    sendReport(ctx, request, reply, await getReport(ctx, request, request.params.id)),
  )
  for (const [name, { work, say }] of Object.entries(acts)) {
    app.post(`${paths.reports}/:id/${name}`, { config, schema: { params: idParams } }, async (request, reply) => {
      const { id } = await getReport(ctx, request, request.params.id)
      await work(ctx, administratorOf(request), id)
      return goBack(reply, { id, text: say(translatorFor(localeOf(request))) })
    })
  }
  registerNotes(app, ctx)
  app.post(
    `${paths.reports}/:id/restrict`,
    { config, schema: { params: idParams, body: restrictBody } },
    async (request, reply) => {
      const { id, targetId } = await getReport(ctx, request, request.params.id)
      const { severity } = request.body
      await restrictActor(ctx, administratorOf(request), targetId, severity)
      return goBack(reply, { id, text: translatorFor(localeOf(request)).queue.restricted[severity] })
    },
  )
}

function registerNotes(app: App, ctx: Ctx): void {
  const schema = { params: idParams, body: noteBody }
  app.post(`${paths.reports}/:id/notes`, { config, schema }, async (request, reply) => {
    const { id } = await getReport(ctx, request, request.params.id)
    // Browsers count a line break as one character and send two.
    await noteReport(ctx, administratorOf(request), id, request.body.text.replaceAll('\r\n', '\n'))
    return goBack(reply, { id, text: translatorFor(localeOf(request)).queue.noted })
  })
  const removal = { config, schema: { params: noteParams } }
  app.post(`${paths.reports}/:id/notes/:noteId/remove`, removal, async (request, reply) => {
    const { id } = await getReport(ctx, request, request.params.id)
    if (!isId(request.params.noteId)) throw notFound()
    await removeNote(ctx, administratorOf(request), { id, noteId: request.params.noteId })
    return reply.redirect(`${paths.reports}/${id}`, 303)
  })
}

function goBack(reply: FastifyReply, { id, text }: Readonly<{ id: string; text: string }>) {
  setFlash(reply, { kind: 'done', text })
  return reply.redirect(`${paths.reports}/${id}`, 303)
}

async function getReport(ctx: Ctx, request: FastifyRequest, id: string): Promise<Report> {
  administratorOf(request)
  const report = isId(id) ? await findReport(ctx.db, id) : null
  if (!report) throw notFound()
  return report
}

async function sendReport(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, report: Report) {
  const { id, postIds, ruleIds, comment, category, createdAt: at, resolvedAt } = report
  const [target, reporter, rules, posts, scenery, notes, emails] = await Promise.all([
    findActor(ctx.db, report.targetId),
    findActor(ctx.db, report.actorId),
    listRules(ctx.db),
    loadShownPosts(ctx, request.viewer?.actorId ?? null, postIds, null),
    readingScenery(ctx, request),
    listNotes(ctx.db, id),
    listEmails(ctx.db, [report.assignedUserId]),
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
      assignee: report.assignedUserId === null ? null : (emails.get(report.assignedUserId) ?? null),
      isMine: report.assignedUserId !== null && report.assignedUserId === request.session?.userId,
      isForwarded: report.isForwarded,
      // What another server has told us, it knows.
      canForward: !report.isForwarded && target.host !== null && report.activityIri === null,
      notes: notes.map(({ email, createdAt, ...note }) => ({ ...note, by: email, at: createdAt })),
      maxNoteCharacters: longestNote,
      restriction: target.host === null ? null : target.restriction,
      host: target.host,
    },
    ctx.now(),
    t,
  )
  return sendPage(request, reply, { title: t.reported.title, isIndexable: false, body })
}
