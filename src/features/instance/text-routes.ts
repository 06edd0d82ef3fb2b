import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { renderPlainText } from '#src/core/markup.ts'
import { notFound } from '#src/errors.ts'
import { findText, type InstanceText, listRules, listTexts, type TextKind } from '#src/features/rules/queries.ts'
import type { App } from '#src/http/zod.ts'

/** What those who run the instance have written about it. @see https://docs.joinmastodon.org/methods/instance/ */
export function registerInstanceTexts(app: App, ctx: Ctx): void {
  const config = { access: 'public' } as const
  const today = () => ctx.now().toISOString().slice(0, 10)

  app.get('/api/v1/instance/rules', { config }, async () => loadRules(ctx))

  for (const kind of ['extended_description', 'privacy_policy'] as const satisfies readonly TextKind[]) {
    app.get(`/api/v1/instance/${kind}`, { config }, async () => {
      const text = await findText(ctx.db, kind, today())
      if (!text) throw notFound()
      return { updated_at: text.updatedAt.toISOString(), content: toHtml(text) }
    })
  }

  app.get('/api/v1/instance/terms_of_service', { config }, async () => {
    const current = await findText(ctx.db, 'terms_of_service', today())
    return loadTerms(ctx, current?.effectiveOn)
  })

  const dated = { config, schema: { params: z.object({ date: z.string() }) } }
  app.get('/api/v1/instance/terms_of_service/:date', dated, async (request) => loadTerms(ctx, request.params.date))
}

/** @see https://docs.joinmastodon.org/entities/Rule/ */
export async function loadRules(ctx: Ctx) {
  return (await listRules(ctx.db)).map((rule) => ({ ...rule, translations: {} }))
}

/** @see https://docs.joinmastodon.org/entities/TermsOfService/ */
async function loadTerms(ctx: Ctx, day: string | undefined) {
  const versions = await listTexts(ctx.db, 'terms_of_service')
  const index = versions.findIndex(({ effectiveOn }) => effectiveOn === day)
  const version = versions[index]
  if (!version) throw notFound()
  return {
    effective_date: version.effectiveOn,
    effective: version.effectiveOn <= ctx.now().toISOString().slice(0, 10),
    content: toHtml(version),
    succeeded_by: versions[index - 1]?.effectiveOn ?? null,
  }
}

function toHtml({ source }: InstanceText): string {
  return renderPlainText(source)
}
