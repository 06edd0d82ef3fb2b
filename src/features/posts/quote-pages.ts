import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound, Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import { nextBody, nextOf } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { profilePath } from '#src/web/paths.ts'
import { allowQuote, changeQuotePolicy, revokeQuote } from './quote.ts'
import { quotePolicies } from './quote-policy.ts'
import { findQuoteBy } from './quote-queries.ts'

const params = z.object({ handle: z.string(), id: z.string() })
const policyBody = z.object({ quote_policy: z.enum(quotePolicies) })

/** What authors say on the page of a post: who may quote it, and whether it may quote theirs. */
export function registerQuotePages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  const pageOf = ({ handle, id }: z.output<typeof params>) => `${profilePath(handle)}/${encodeURIComponent(id)}`

  const policy = { config, schema: { params, body: policyBody } }
  app.post('/@:handle/:id/quote-policy', policy, async (request, reply) => {
    await changeQuotePolicy(ctx, actingViewer(request), request.params.id, request.body.quote_policy)
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).quotes.saved })
    return reply.redirect(pageOf(request.params), 303)
  })

  const acts = { allow: allowQuote, refuse: revokeQuote } as const
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/@:handle/:id/quote/${name}`, { config, schema: { params, body: nextBody } }, async (request, reply) => {
      const words = translatorFor(localeOf(request)).quotes
      const quote = await findQuoteBy(ctx.db, request.params.id)
      if (!quote?.quotedId) throw notFound()
      try {
        await act(ctx, actingViewer(request), quote.quotedId, quote.postId)
        setFlash(reply, { kind: 'done', text: name === 'allow' ? words.allowed : words.refused })
      } catch (error) {
        // Somebody else of the team was first.
        if (!(error instanceof Problem) || error.code !== 'conflict') throw error
        setFlash(reply, { kind: 'problem', text: words.answered })
      }
      return reply.redirect(nextOf(request.body, pageOf(request.params)), 303)
    })
  }
}
