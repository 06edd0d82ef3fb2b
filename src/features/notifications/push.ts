import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale } from '#src/core/i18n.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { unsealText } from '#src/core/secrets.ts'
import type { Status } from '#src/features/posts/entity.ts'
import { getPushKeys } from '#src/features/pushes/keys.ts'
import { deleteSubscription, findLiveSubscription, type LiveSubscription } from '#src/features/pushes/queries.ts'
import { pushLifetimeMs, sendPush } from '#src/features/pushes/send.ts'
import type { ReportEntity } from '#src/features/reports/entity.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { loadNotifications, type Notification } from './entity.ts'
import { findNotification } from './queries.ts'

const order = z.object({ notificationId: z.string(), subscriptionId: z.string() })

/** Lines of a lock screen. */
const longest = { name: 80, body: 140 } as const

/**
 * Tells a device of a notification, unless there is nothing more to tell: it was taken back or seen to, its reader may not see it, the
 * token is over, or the device does not want to hear of such things any more.
 * @param payload of a `push.requested`
 * @throws Error when the push service asks for another try
 */
export async function pushNotification(ctx: Ctx, payload: Record<string, unknown>): Promise<void> {
  const { notificationId, subscriptionId } = order.parse(payload)
  const subscription = await findLiveSubscription(ctx.db, subscriptionId)
  const row = subscription && (await findNotification(ctx.db, subscription.actorId, notificationId))
  if (!row || !subscription.alerts.includes(row.kind)) return
  if (row.createdAt.getTime() < ctx.now().getTime() - pushLifetimeMs) return
  const [notification] = await loadNotifications(ctx, subscription.actorId, [row])
  if (!notification || filtersOf(notification, 'hide').length > 0) return
  const result = await sendPush(ctx, subscription, await toMessage(ctx, subscription, notification))
  if (result === 'gone') await deleteSubscription(ctx.db, subscription.id)
}

/** What Mastodon sends, by the same names: apps take the token for the account that is meant. */
async function toMessage(ctx: Ctx, { locale, sealedToken }: LiveSubscription, notification: Notification) {
  const { privateKey } = await getPushKeys(ctx)
  const language = isLocale(locale) ? locale : 'en'
  const { account, status, report, type } = notification
  const name = cut(account.display_name || account.username, longest.name)
  return {
    access_token: unsealText(privateKey, sealedToken),
    preferred_locale: language,
    notification_id: notification.id,
    notification_type: type,
    icon: account.avatar_static,
    title: translatorFor(language).pushes.titles[type](name),
    body: cut(
      report ? reportLine(report) : status ? bodyOf(notification, status) : htmlToText(account.note),
      longest.body,
    ),
  }
}

/** Who is reported, and what for as far as it was said. */
function reportLine({ target_account: { acct }, comment }: ReportEntity): string {
  return [`@${acct}`, ...(comment ? [comment] : [])].join(': ')
}

/** A lock screen has no button that shows what a filter warns of: its title stands for the words. */
function bodyOf(notification: Notification, { spoiler_text: spoiler, content }: Status): string {
  const [filter] = filtersOf(notification, 'warn')
  return filter?.title || spoiler || htmlToText(content)
}

/** The filters that find something in a post, where they are for notifications. */
function filtersOf({ status }: Notification, action: string) {
  const filters = (status?.filtered ?? []).map(({ filter }) => filter)
  return filters.filter(({ context, filter_action }) => filter_action === action && context.includes('notifications'))
}

function cut(text: string, most: number): string {
  const characters = [...text]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}
