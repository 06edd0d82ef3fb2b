import type { Ctx } from '#src/context.ts'
import { loadAccounts } from '#src/features/actors/accounts.ts'
import type { Account } from '#src/features/actors/entity.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { pictureOf } from '#src/features/posts/reactions.ts'
import type { GivenReaction } from '#src/features/reactions/emoji-queries.ts'
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
  /** With what somebody has reacted, in Pleroma's words: an emoji, or a shortcode between colons and the address of its picture. */
  emoji?: string
  emoji_url?: string
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
      reaction: toEmojiWords(ctx, row.reactions?.at(-1)),
    }),
  )
}

function toEmojiWords({ uris }: Ctx, reaction: GivenReaction | undefined): Pick<Notification, 'emoji' | 'emoji_url'> {
  if (!reaction) return {}
  const picture = pictureOf(uris, reaction)
  return { emoji: reaction.emoji, ...(picture ? { emoji_url: picture.url } : {}) }
}

type Parts = Readonly<{
  account: Account | undefined
  status: Status | undefined
  report: ReportEntity | undefined
  reaction: Pick<Notification, 'emoji' | 'emoji_url'>
}>

function toNotification(row: NotificationRow, { account, status, report, reaction }: Parts): Notification[] {
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
      ...reaction,
    },
  ]
}
