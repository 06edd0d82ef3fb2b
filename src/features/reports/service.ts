import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound } from '#src/errors.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { listPosts } from '#src/features/posts/queries.ts'
import { listRules } from '#src/features/rules/queries.ts'
import { countReportsBeside, insertReport, listPostsOf, type Report, resolveReport } from './queries.ts'

/** The longest comment, in characters, as in Mastodon. */
export const longestComment = 1_000

/** A report as somebody makes it. */
export type ReportInput = Readonly<{
  targetId: string
  postIds: readonly string[]
  ruleIds: readonly string[]
  comment: string
  category: 'spam' | 'legal' | 'violation' | 'other' | null
  /** Tell the server of the target, too. */
  isForwarded: boolean
}>

/**
 * Reports an actor to those who run this instance, and to those who run its own when that is wished.
 * @throws Problem `notFound` for an actor who is not there, `invalid` for posts that the viewer may not see and for unknown rules
 */
export async function createReport(ctx: Ctx, viewer: Viewer, input: ReportInput): Promise<Report> {
  const target = isId(input.targetId) ? await findActor(ctx.db, input.targetId) : null
  if (!target || target.deletedAt || target.type === 'Application') throw notFound()
  if (target.id === viewer.actorId) throw invalid('Validation failed: You cannot report yourself')
  const wanted = [...new Set(input.postIds)].filter(isId)
  const posts = await listPostsOf(ctx.db, target.id, viewer.actorId, wanted)
  // Whoever may not see a post must not have it looked at by others either.
  if (posts.length < new Set(input.postIds).size) throw notFound()
  const known = (await listRules(ctx.db)).map(({ id }) => id)
  if (input.ruleIds.some((id) => !known.includes(id))) throw invalid('Validation failed: There is no such rule')
  return transaction(ctx.db, async (tx) => {
    const report = await insertReport(tx, {
      actorId: viewer.actorId,
      userId: viewer.userId,
      targetId: target.id,
      postIds: posts.map(({ id }) => id),
      ruleIds: [...input.ruleIds],
      comment: input.comment,
      category: input.category ?? (input.ruleIds.length > 0 ? 'violation' : 'other'),
      isForwarded: input.isForwarded && target.host !== null,
    })
    if (!report) throw new Error('the report was not written')
    await emit(tx, { type: 'report.created', reportId: report.id })
    if (report.isForwarded) await emit(tx, { type: 'report.forwarded', reportId: report.id })
    await recordAct(tx, { viewer, action: 'report.created', subjectId: report.id })
    return report
  })
}

/** Notes that an administrator has dealt with a report. Twice is once. */
export async function closeReport(
  ctx: Ctx,
  viewer: Readonly<{ userId: string | null; actorId: string | null }>,
  id: string,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if (await resolveReport(tx, id, ctx.now(), viewer.userId)) {
      await recordAct(tx, { viewer, action: 'report.resolved', subjectId: id })
    }
  })
}

/** From one server, in an hour: who sends more wants to bury those who read them. */
const mostOfHost = 60

/** A report from another server; of posts that it names, those of whom it is about. @param comment as it came, with or without markup */
export async function receiveReport(
  ctx: Ctx,
  report: { actorId: string; targetId: string; postIds: readonly string[]; comment: string; activityIri: string },
): Promise<'created' | 'already' | 'too-many'> {
  const { comment, postIds, ...same } = report
  const own = (await listPosts(ctx.db, postIds)).filter(({ actorId }) => actorId === same.targetId)
  const row = { ...same, postIds: own.map(({ id }) => id), comment: cleanText(comment, longestComment) }
  const since = new Date(ctx.now().getTime() - 3_600_000)
  return transaction(ctx.db, async (tx) => {
    if ((await countReportsBeside(tx, same.actorId, since)) >= mostOfHost) return 'too-many'
    const written = await insertReport(tx, row)
    if (!written) return 'already'
    await emit(tx, { type: 'report.created', reportId: written.id }, 'remote')
    return 'created'
  })
}
