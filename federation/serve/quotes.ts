import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { findQuote, findQuoteEnds, type QuoteEnds } from '#src/features/posts/quote-queries.ts'
import { quoteAuthorizationContext } from '../context.ts'
import type { Keyring } from '../keys.ts'
import { activityType, asActivity } from '../negotiation.ts'
import { toQuoteAuthorization } from '../quotes.ts'
import { findPostFor, readerOf } from '../reader.ts'

const config = { access: 'server', limit: false } as const

type Asked = FastifyRequest<{ Params: { handle: string; id: string } }>

/** The stamps with which our authors agree to be quoted; people are led to what is quoted. One that was withdrawn says so. */
export function serveQuotes(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const path = '/users/:handle/quote_authorizations/:id'
  app.get(path, { config, constraints: asActivity }, async (request: Asked, reply: FastifyReply) => {
    const { quote, ...ends } = await getEnds(ctx, request)
    reply.type(activityType).header('vary', 'Accept').header('cache-control', 'no-store')
    const reader = await readerOf(ctx, keyring, request)
    if (ctx.config.authorizedFetch && !reader) throw notFound()
    if (!(await findPostFor(ctx, reader, ends.quoted.id))) throw notFound()
    if (quote.state === 'accepted') return toQuoteAuthorization(ctx, { quote, ...ends })
    if (quote.state !== 'revoked') throw notFound()
    const id = ctx.uris.quoteAuthorization(ends.quoted.handle, quote.id)
    const tombstone = { id, type: 'Tombstone', formerType: 'QuoteAuthorization' }
    return reply.code(410).send({ '@context': quoteAuthorizationContext, ...tombstone })
  })
  app.get(path, { config }, async (request: Asked, reply: FastifyReply) => {
    const { quoted } = await getEnds(ctx, request)
    if (!(await findPostFor(ctx, null, quoted.id))) throw notFound()
    return reply.header('vary', 'Accept').redirect(ctx.uris.postPage(quoted.handle, quoted.id), 302)
  })
}

async function getEnds(ctx: Ctx, { params }: Asked): Promise<QuoteEnds & { quoted: NonNullable<QuoteEnds['quoted']> }> {
  const quote = isId(params.id) ? await findQuote(ctx.db, params.id) : null
  const ends = quote && (await findQuoteEnds(ctx.db, quote.postId))
  const quoted = ends?.quoted
  const isOurs = quoted?.host === null && quoted.handle.toLowerCase() === params.handle.toLowerCase()
  if (!ends || !quoted || !isOurs) throw notFound()
  return { ...ends, quoted }
}
