import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button } from './button.ts'
import { selectField } from './field.ts'
import { settingsNav } from './settings-nav.ts'

/** Senders that can be told apart, by the names of the fields. */
export const policyRules = [
  'for_not_following',
  'for_not_followers',
  'for_new_accounts',
  'for_private_mentions',
] as const

/** What can be done with what they send. */
export const policyVerdicts = ['accept', 'filter', 'drop'] as const

/** By whom an identity wants to be told things, and how many wait to be let through. */
export type NotificationPolicyValue = Readonly<{
  chosen: Readonly<Record<(typeof policyRules)[number], (typeof policyVerdicts)[number]>>
  heldBackCount: number
}>

/** One choice for each kind of sender. */
export function notificationPolicyForm({ chosen, heldBackCount }: NotificationPolicyValue, t: Translator): Html {
  const words = t.notifications.policy
  const choices = policyVerdicts.map((value) => ({ value, label: words.verdicts[value] }))
  const fields = policyRules.map((name) =>
    selectField({ name, label: words.rules[name].label, hint: words.rules[name].hint, value: chosen[name], choices }),
  )
  const waiting = heldBackCount > 0 ? t.notifications.waiting(heldBackCount) : words.heldBack
  return html`${settingsNav('notifications', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    <p><a href="${paths.heldBack}">${waiting}</a></p>
    <form class="form" method="post" action="${paths.settingsNotifications}">
      ${fields}
      <div>${button({ label: words.save, kind: 'primary' })}</div>
    </form>`
}
