import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { excerptOf } from '#src/features/posts/views.ts'
import { listRules } from '#src/features/rules/queries.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type App, flag, textList } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { reportCategories, reportForm } from '#src/web/components/report-form.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { createReport, longestComment } from './service.ts'

const query = z.object({ account: z.string().catch(''), post: z.string().optional().catch(undefined) })
const body = z.object({
  account: z.string(),
  post: z.string().optional(),
  category: z.enum(reportCategories).default('other'),
  rule: textList.default([]),
  comment: z.string().max(20_000).default(''),
  forward: flag.default(false),
})

type Sent = z.output<typeof body>

const untouched = { category: 'other', rule: [], comment: '', forward: false } as const

/** Each is read by a person. */
const limit = { max: 30, windowMs: 60 * 60_000, per: 'caller' } as const

/** The form by which somebody is reported to those who run this instance. */
export function registerReportPages(app: App, ctx: Ctx): void {
  app.get(paths.report, { config: { access: 'session' }, schema: { querystring: query } }, (request, reply) =>
    sendForm(ctx, request, reply, { sent: { ...untouched, ...request.query, rule: [] }, isTooLong: false }),
  )
  app.post(paths.report, { config: { access: 'session', limit }, schema: { body } }, async (request, reply) => {
    const { account, post, category, rule, comment, forward } = request.body
    // Browsers count a line break as one character and send two.
    const text = comment.replaceAll('\r\n', '\n')
    if (text.length > longestComment) return sendForm(ctx, request, reply, { sent: request.body, isTooLong: true })
    await createReport(ctx, actingViewer(request), {
      targetId: account,
      postIds: post ? [post] : [],
      ruleIds: category === 'violation' ? rule : [],
      comment: text,
      category,
      isForwarded: forward,
    })
    const target = await getTarget(ctx, account)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).report.sent })
    return reply.redirect(toActorValue(ctx, target).href, 303)
  })
}

async function getTarget(ctx: Ctx, id: string): Promise<Actor> {
  const actor = isId(id) ? await findActor(ctx.db, id) : null
  if (!actor || actor.deletedAt || actor.type === 'Application') throw notFound()
  return actor
}

async function sendForm(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { sent, isTooLong }: Readonly<{ sent: Sent; isTooLong: boolean }>,
): Promise<FastifyReply> {
  const { actorId } = actingViewer(request)
  const target = await getTarget(ctx, sent.account)
  const [rules, [shown]] = await Promise.all([
    listRules(ctx.db),
    loadShownPosts(ctx, actorId, sent.post && isId(sent.post) ? [sent.post] : [], null),
  ])
  if (target.id === actorId || (sent.post && shown?.author.id !== target.id)) throw notFound()
  const t = translatorFor(localeOf(request))
  const actor = toActorValue(ctx, target)
  return sendPage(request, reply, {
    title: t.report.title(nameOf(actor)),
    isIndexable: false,
    status: isTooLong ? 422 : 200,
    body: reportForm(
      {
        actor,
        actorId: target.id,
        post: shown ? { id: shown.row.id, excerpt: excerptOf(shown.row) } : null,
        rules: rules.map((rule) => ({ ...rule, isChosen: sent.rule.includes(rule.id) })),
        category: sent.category,
        comment: sent.comment,
        maxCommentCharacters: longestComment,
        host: target.host,
        isForwarded: sent.forward,
        error: isTooLong ? t.report.commentTooLong(longestComment) : undefined,
      },
      t,
    ),
  })
}
