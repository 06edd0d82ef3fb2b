import type { Ctx } from '#src/context.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { loadReports, type ReportEntity } from '#src/features/reports/entity.ts'
import { type GroupSize, sizeGroup } from './group-queries.ts'
import { type Group, readGroupKey } from './groups.ts'

/** @see https://docs.joinmastodon.org/methods/grouped_notifications/#NotificationGroup */
export type NotificationGroup = Readonly<{
  group_key: string
  notifications_count: number
  type: string
  most_recent_notification_id: string
  page_min_id?: string
  page_max_id?: string
  latest_page_notification_at?: string
  sample_account_ids: readonly string[]
  status_id?: string
  report?: ReportEntity
}>

/** An account as far as its picture is shown. @see https://docs.joinmastodon.org/methods/grouped_notifications/#PartialAccountWithAvatar */
export type PartialAccount = Pick<Account, 'id' | 'acct' | 'url' | 'avatar' | 'avatar_static' | 'locked' | 'bot'>

/** @see https://docs.joinmastodon.org/methods/grouped_notifications/#GroupedNotificationsResults */
export type GroupedNotifications = Readonly<{
  accounts: readonly Account[]
  partial_accounts?: readonly PartialAccount[]
  statuses: readonly Status[]
  notification_groups: readonly NotificationGroup[]
}>

/** How the people of a group are told: all of them whole, or only the last one, and the others by their pictures. */
export type Expansion = 'full' | 'partial_avatars'

/** Groups as clients read them: each account and each status once, however many groups name it. */
export async function loadGroups(
  ctx: Ctx,
  actorId: string,
  groups: readonly Group[],
  { isPage, expansion }: { isPage: boolean; expansion: Expansion },
): Promise<GroupedNotifications> {
  const postIds = groups.flatMap(({ rows }) => rows[0]?.postId ?? [])
  const [sizes, statuses, reports] = await Promise.all([
    Promise.all(groups.map((group) => sizeOf(ctx, actorId, group))),
    loadStatuses(ctx, actorId, [...new Set(postIds)]),
    loadReports(
      ctx,
      groups.flatMap(({ rows }) => rows[0]?.reportId ?? []),
    ),
  ])
  const isPostThere = (id: string | null | undefined) => !id || statuses.some((status) => status.id === id)
  const isReportThere = (id: string | null | undefined) => !id || reports.has(id)
  const shown = groups.flatMap((group, n) => {
    const size = sizes[n]
    const isThere = isPostThere(group.rows[0]?.postId) && isReportThere(group.rows[0]?.reportId)
    // A notification about something is nothing without it: it was deleted a moment ago.
    return size && isThere ? [{ group, size }] : []
  })
  const lasts = shown.flatMap(({ size }) => size.senderIds[0] ?? [])
  const all = [...new Set(shown.flatMap(({ size }) => size.senderIds))]
  const accounts = (await listActors(ctx.db, all)).map((actor) => toAccount(ctx, actor))
  const isWhole = ({ id }: Account) => expansion === 'full' || lasts.includes(id)
  return {
    accounts: accounts.filter(isWhole),
    ...(expansion === 'full'
      ? {}
      : { partial_accounts: accounts.filter((account) => !isWhole(account)).map(toPartial) }),
    statuses,
    notification_groups: shown.map(({ group, size }) => toGroup(group, { size, isPage, reports })),
  }
}

async function sizeOf(ctx: Ctx, actorId: string, { key, rows }: Group): Promise<GroupSize | null> {
  const [row] = rows
  const parsed = readGroupKey(key)
  if (!row || !parsed) return null
  // Most groups are one notification, of which everything is known.
  if ('id' in parsed) return { count: 1, latestId: row.id, senderIds: [row.fromActorId] }
  return sizeGroup(ctx.db, actorId, parsed)
}

type GroupParts = Readonly<{ size: GroupSize; isPage: boolean; reports: ReadonlyMap<string, ReportEntity> }>

function toGroup({ key, rows }: Group, { size, isPage, reports }: GroupParts): NotificationGroup {
  const [newest, oldest] = [rows[0], rows.at(-1)]
  const report = newest?.reportId ? reports.get(newest.reportId) : undefined
  return {
    group_key: key,
    notifications_count: size.count,
    type: newest?.kind ?? '',
    most_recent_notification_id: size.latestId,
    ...(isPage && newest && oldest
      ? {
          page_min_id: oldest.id,
          page_max_id: newest.id,
          latest_page_notification_at: newest.createdAt.toISOString(),
        }
      : {}),
    sample_account_ids: size.senderIds,
    ...(newest?.postId ? { status_id: newest.postId } : {}),
    ...(report ? { report } : {}),
  }
}

function toPartial({ id, acct, url, avatar, avatar_static, locked, bot }: Account): PartialAccount {
  return { id, acct, url, avatar, avatar_static, locked, bot }
}
