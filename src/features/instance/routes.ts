import type { Ctx } from '#src/context.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { getPushKeys } from '#src/features/pushes/keys.ts'
import type { App } from '#src/http/zod.ts'
import { type InstanceFacts, toInstance, toV1Instance } from './entity.ts'
import { registerInstanceLists } from './list-routes.ts'
import { countUsage, getInstance } from './service.ts'
import { registerSource } from './source-routes.ts'
import { loadRules, registerInstanceTexts } from './text-routes.ts'

/**
 * What this instance says of itself. What it has none of is an empty list where a list is asked for; texts that nobody wrote are not found.
 * @see https://docs.joinmastodon.org/methods/instance/
 */
export function registerInstanceRoutes(app: App, ctx: Ctx): void {
  registerInstanceLists(app, ctx)
  registerInstanceTexts(app, ctx)
  registerSource(app)
  const config = { access: 'public' } as const
  app.get('/api/v2/instance', { config }, async () => toInstance(ctx, await loadFacts(ctx)))
  app.get('/api/v1/instance', { config }, async () => toV1Instance(ctx, await loadFacts(ctx)))
  app.get('/api/v1/instance/translation_languages', { config }, () => ({}))
}

async function loadFacts(ctx: Ctx): Promise<InstanceFacts> {
  const [instance, usage, rules, keys] = await Promise.all([
    getInstance(ctx),
    countUsage(ctx),
    loadRules(ctx),
    getPushKeys(ctx),
  ])
  const organization = instance.organizationId ? await findActor(ctx.db, instance.organizationId) : null
  const contact = organization && !organization.deletedAt ? toAccount(ctx, organization) : null
  return { instance, usage, pushKey: keys.publicKey, contact, rules }
}
