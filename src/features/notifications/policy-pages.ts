import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { notificationPolicyForm, policyVerdicts } from '#src/web/components/notification-policy-form.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { requireCaring } from './policy.ts'
import { getPolicy } from './policy-queries.ts'
import { countWaiting } from './request-queries.ts'
import { changePolicy } from './requests.ts'

const verdict = z.enum(policyVerdicts)

const body = z.object({
  for_not_following: verdict,
  for_not_followers: verdict,
  for_new_accounts: verdict,
  for_private_mentions: verdict,
})

/** By whom an identity wants to be told things. Nobody is limited here, and so that rule of the client API is not offered. */
export function registerPolicyPages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  app.get(paths.settingsNotifications, { config }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireCaring(viewer)
    const t = translatorFor(localeOf(request))
    const [policy, waiting] = await Promise.all([
      getPolicy(ctx.db, viewer.actorId),
      countWaiting(ctx.db, viewer.actorId),
    ])
    const chosen = {
      for_not_following: policy.forNotFollowing,
      for_not_followers: policy.forNotFollowers,
      for_new_accounts: policy.forNewAccounts,
      for_private_mentions: policy.forPrivateMentions,
    }
    const value = { chosen, heldBackCount: waiting.requests }
    const title = t.notifications.policy.title
    return sendPage(request, reply, { title, isIndexable: false, body: notificationPolicyForm(value, t) })
  })
  app.post(paths.settingsNotifications, { config, schema: { body } }, async (request, reply) => {
    const form = request.body
    await changePolicy(ctx, actingViewer(request), {
      forNotFollowing: form.for_not_following,
      forNotFollowers: form.for_not_followers,
      forNewAccounts: form.for_new_accounts,
      forPrivateMentions: form.for_private_mentions,
    })
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).notifications.policy.saved })
    return reply.redirect(paths.settingsNotifications, 303)
  })
}
