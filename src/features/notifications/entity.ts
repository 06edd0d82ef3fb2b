import type { Ctx } from '#src/context.ts'
import { loadAccounts } from '#src/features/actors/accounts.ts'
import type { Account } from '#src/features/actors/entity.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { loadReports, type ReportEntity } from '#src/features/reports/entity.ts'
import { groupKeyOf } from './groups.ts'
import { isTold, type ToldKind } from './policy.ts'
import type { NotificationRow } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Notification/ */
export type Notification = Readonly<{
  id: string
  type: ToldKind
  group_key: string
  created_at: string
  account: Account
  status?: Status
  report?: ReportEntity
}>

/** The notifications of an actor as clients read them, in a constant number of queries. */
export async function loadNotifications(
  ctx: Ctx,
  actorId: string,
  rows: readonly NotificationRow[],
): Promise<Notification[]> {
  const [accounts, statuses, reports] = await Promise.all([
    loadAccounts(
      ctx,
      rows.map(({ fromActorId: id, actorVersion: version }) => ({ id, version })),
    ),
    loadStatuses(ctx, actorId, [...new Set(rows.flatMap(({ postId }) => postId ?? []))]),
    loadReports(
      ctx,
      rows.flatMap(({ reportId }) => reportId ?? []),
    ),
  ])
  const byId = new Map(statuses.map((status) => [status.id, status]))
  return rows.flatMap((row) =>
    toNotification(row, {
      account: accounts.get(row.fromActorId),
      status: row.postId ? byId.get(row.postId) : undefined,
      report: row.reportId ? reports.get(row.reportId) : undefined,
    }),
  )
}

type Parts = Readonly<{ account: Account | undefined; status: Status | undefined; report: ReportEntity | undefined }>

function toNotification(row: NotificationRow, { account, status, report }: Parts): Notification[] {
  const { kind: type } = row
  // A notification about something is nothing without it: it was deleted a moment ago.
  if (!account || !isTold(type) || (row.postId && !status) || (row.reportId && !report)) return []
  return [
    {
      id: row.id,
      type,
      group_key: groupKeyOf(row),
      created_at: row.createdAt.toISOString(),
      account,
      ...(status ? { status } : {}),
      ...(report ? { report } : {}),
    },
  ]
}
