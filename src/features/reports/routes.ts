import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, flag, textList, unsupported } from '#src/http/zod.ts'
import { type ReportEntity, toReport } from './entity.ts'
import { createReport, longestComment } from './service.ts'

const body = z.object({
  account_id: z.union([z.string('is needed'), z.number()]).transform(String),
  status_ids: textList.pipe(z.array(z.string()).max(100, 'may be 100 at the most')).default([]),
  rule_ids: textList.pipe(z.array(z.string()).max(100)).default([]),
  collection_ids: unsupported('is not supported: there are no collections here'),
  comment: z.string().max(longestComment, `may have ${longestComment} characters at the most`).default(''),
  forward: flag.default(false),
  category: z.enum(['spam', 'legal', 'violation', 'other'], 'must be spam, legal, violation or other').nullish(),
})

/** @see https://docs.joinmastodon.org/methods/reports/ */
export function registerReportRoutes(app: App, ctx: Ctx): void {
  const options = { config: { access: { scope: 'write:reports' } }, schema: { body }, preValidation: acceptFields }
  app.post('/api/v1/reports', options, async (request): Promise<ReportEntity> => {
    const { account_id: targetId, status_ids: postIds, rule_ids: ruleIds, comment, forward, category } = request.body
    const report = await createReport(ctx, viewerOf(request), {
      targetId,
      postIds,
      ruleIds,
      comment,
      category: category ?? null,
      isForwarded: forward,
    })
    const target = await findActor(ctx.db, targetId)
    if (!target) throw notFound()
    return toReport(report, toAccount(ctx, target))
  })
}
