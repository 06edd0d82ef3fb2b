import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { getPushKeys } from './keys.ts'
import type { PushSubscription } from './queries.ts'

/** For how long a push service keeps a message for a device that is switched off, as Mastodon asks for. */
export const pushLifetimeMs = 48 * 60 * 60_000

/** How long a push service may take to accept a message. */
const deadlineMs = 10_000

/** Answers of a push service that another try may change. */
const later = new Set([408, 425, 429])

/**
 * Encrypts a message for a device and hands it to its push service.
 * @see https://www.rfc-editor.org/rfc/rfc8030 https://www.rfc-editor.org/rfc/rfc8291 https://www.rfc-editor.org/rfc/rfc8292
 * @returns `gone` when the device is no longer there, `refused` when the message will never be taken
 * @throws Error when trying again may help
 */
export async function sendPush(
  ctx: Ctx,
  { endpoint, p256dh, auth, isStandard }: PushSubscription,
  message: object,
): Promise<'sent' | 'gone' | 'refused'> {
  const { publicUrl, handleHost } = ctx.config
  // Push services want to know whom to ask, by https or mail alone.
  const subject = publicUrl.startsWith('https:') ? publicUrl : `mailto:noreply@${handleHost.replace(/:\d+$/, '')}`
  // Loaded with the first push: a process that sends none is smaller.
  const { default: webPush } = await import('web-push')
  const { headers, body } = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    JSON.stringify(message),
    {
      vapidDetails: { subject, ...(await getPushKeys(ctx)) },
      contentEncoding: isStandard ? 'aes128gcm' : 'aesgcm',
      TTL: pushLifetimeMs / 1_000,
      urgency: 'normal',
    },
  )
  const { 'Content-Length': _counted, ...rest } = headers
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  const status = await post(ctx, endpoint, { headers: texts, body: body ?? Buffer.alloc(0), deadlineMs })
  if (status === null) return 'refused'
  if (status >= 200 && status < 300) return 'sent'
  if (status === 404 || status === 410) return 'gone'
  if (status >= 500 || later.has(status)) throw new Error(`the push service answered ${status}`)
  ctx.log.warn({ host: new URL(endpoint).host, status }, 'a push service refuses a message')
  return 'refused'
}

/** The status of the answer; null for an address that may not be reached, ever. */
async function post(ctx: Ctx, url: string, options: Parameters<Ctx['fetcher']['post']>[1]): Promise<number | null> {
  try {
    return (await ctx.fetcher.post(url, options)).status
  } catch (error) {
    const isForGood = error instanceof OutboundError && ['bad-url', 'refused-address'].includes(error.code)
    if (!isForGood) throw error
    ctx.log.warn({ err: error }, 'a push service may not be reached')
    return null
  }
}
