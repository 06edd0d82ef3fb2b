import type { Ctx } from '#src/context.ts'
import { locales } from '#src/core/i18n.ts'
import { wordOf } from '#src/features/domains/csv.ts'
import { digestOf } from '#src/features/domains/entity.ts'
import { obfuscate } from '#src/features/domains/names.ts'
import { listDomains } from '#src/features/domains/queries.ts'
import type { App } from '#src/http/zod.ts'
import { listPeers, listWeeks } from './list-queries.ts'

/** What the languages are called in themselves. */
const languageNames = new Map(
  locales.map((code) => [code, new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code]),
)

/** Lists that an instance publishes about itself. @see https://docs.joinmastodon.org/methods/instance/ */
export function registerInstanceLists(app: App, ctx: Ctx): void {
  const config = { access: 'public' } as const

  app.get('/api/v1/instance/peers', { config }, () => listPeers(ctx.db))

  app.get('/api/v1/instance/activity', { config }, async () =>
    (await listWeeks(ctx.db, ctx.now())).map(({ week, statuses, logins, registrations }) => ({
      week: String(week.getTime() / 1_000),
      statuses: String(statuses),
      logins: String(logins),
      registrations: String(registrations),
    })),
  )

  app.get('/api/v1/instance/domain_blocks', { config }, async () =>
    (await listDomains(ctx.db))
      .filter(({ severity }) => severity !== 'none')
      .map(({ host, severity, reason, isObfuscated }) => ({
        domain: isObfuscated ? obfuscate(host) : host,
        digest: digestOf(host),
        severity: wordOf(severity),
        ...(reason ? { comment: reason } : {}),
      })),
  )

  app.get('/api/v1/instance/languages', { config }, () => [...languageNames].map(([code, name]) => ({ code, name })))
}
