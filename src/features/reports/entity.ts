import type { Ctx } from '#src/context.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { listReports, type Report } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Report/ */
export type ReportEntity = Readonly<{
  id: string
  action_taken: boolean
  action_taken_at: string | null
  category: string
  comment: string
  forwarded: boolean
  created_at: string
  status_ids: readonly string[] | null
  collection_ids: null
  rule_ids: readonly string[] | null
  target_account: Account
}>

/** Some reports as clients read them, by their ids. One whose target is gone is left out. */
export async function loadReports(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, ReportEntity>> {
  if (ids.length === 0) return new Map()
  const reports = await listReports(ctx.db, ids)
  const targets = await listActors(ctx.db, [...new Set(reports.map(({ targetId }) => targetId))])
  const byId = new Map(targets.map((target) => [target.id, target]))
  return new Map(
    reports.flatMap((report) => {
      const target = byId.get(report.targetId)
      return target ? [[report.id, toReport(report, toAccount(ctx, target))]] : []
    }),
  )
}

/** A report as clients read it. */
export function toReport(report: Report, target: Account): ReportEntity {
  const orNull = (ids: readonly string[]) => (ids.length > 0 ? ids : null)
  return {
    id: report.id,
    action_taken: report.resolvedAt !== null,
    action_taken_at: report.resolvedAt?.toISOString() ?? null,
    category: report.category,
    comment: report.comment,
    forwarded: report.isForwarded,
    created_at: report.createdAt.toISOString(),
    status_ids: orNull(report.postIds),
    collection_ids: null,
    rule_ids: orNull(report.ruleIds),
    target_account: target,
  }
}
