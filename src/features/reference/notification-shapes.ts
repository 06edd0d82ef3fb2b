import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { scalars } from './scalars.ts'
import { statusShapes } from './status-shapes.ts'

const { Account } = accountShapes
const { Status } = statusShapes
const { id, url, datetime, count, numeral } = scalars

const Report = z.strictObject({
  id,
  action_taken: z.boolean(),
  action_taken_at: datetime.nullable(),
  category: z.enum(['spam', 'legal', 'violation', 'other']),
  comment: z.string(),
  forwarded: z.boolean(),
  created_at: datetime,
  status_ids: z.array(id).nullable(),
  collection_ids: z.null(),
  rule_ids: z.array(id).nullable(),
  target_account: Account,
})

const notificationFields = { id, group_key: z.string().min(1), created_at: datetime, account: Account }

const Notification = z.discriminatedUnion('type', [
  z.strictObject({ ...notificationFields, type: z.enum(['follow', 'follow_request', 'admin.sign_up']) }),
  z.strictObject({ ...notificationFields, type: z.literal('admin.report'), report: Report }),
  z.strictObject({
    ...notificationFields,
    type: z.enum(['mention', 'status', 'reblog', 'update', 'poll', 'quote', 'quoted_update']),
    status: Status,
  }),
  z.strictObject({
    ...notificationFields,
    type: z.literal('favourite'),
    status: Status,
    /** Only of a reaction with an emoji, as Pleroma says it; the address where it is a picture. */
    emoji: z.string().min(1).optional(),
    emoji_url: url.optional(),
  }),
])

const GroupedNotifications = z.strictObject({
  accounts: z.array(Account),
  partial_accounts: z
    .array(
      Account.pick({ id: true, acct: true, url: true, avatar: true, avatar_static: true, locked: true, bot: true }),
    )
    .optional(),
  statuses: z.array(Status),
  notification_groups: z.array(
    z.strictObject({
      group_key: z.string().min(1),
      notifications_count: count,
      type: z.string().min(1),
      most_recent_notification_id: id,
      page_min_id: id.optional(),
      page_max_id: id.optional(),
      latest_page_notification_at: datetime.optional(),
      sample_account_ids: z.array(id).min(1),
      status_id: id.optional(),
      report: Report.optional(),
    }),
  ),
})

const verdict = z.enum(['accept', 'filter', 'drop'])

const NotificationPolicy = z.strictObject({
  for_not_following: verdict,
  for_not_followers: verdict,
  for_new_accounts: verdict,
  for_private_mentions: verdict,
  for_limited_accounts: verdict,
  summary: z.strictObject({ pending_requests_count: count, pending_notifications_count: count }),
})

const NotificationRequest = z.strictObject({
  id,
  created_at: datetime,
  updated_at: datetime,
  notifications_count: numeral,
  account: Account,
  last_status: Status.nullable(),
})

const Marker = z.strictObject({ last_read_id: numeral, version: z.number().int().positive(), updated_at: datetime })

const WebPushSubscription = z.strictObject({
  id,
  endpoint: url,
  standard: z.boolean(),
  server_key: z.string().min(1),
  policy: z.enum(['all', 'followed', 'follower', 'none']),
  alerts: z.strictObject({
    mention: z.boolean(),
    quote: z.boolean(),
    status: z.boolean(),
    reblog: z.boolean(),
    follow: z.boolean(),
    follow_request: z.boolean(),
    favourite: z.boolean(),
    poll: z.boolean(),
    update: z.boolean(),
    quoted_update: z.boolean(),
    'admin.sign_up': z.boolean(),
    'admin.report': z.boolean(),
  }),
})

/** What somebody is told. */
export const notificationShapes = {
  Notification,
  GroupedNotifications,
  NotificationPolicy,
  NotificationRequest,
  Report,
  Marker,
  WebPushSubscription,
}
