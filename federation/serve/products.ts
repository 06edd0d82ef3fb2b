import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { listProductsOf } from '#src/features/products/queries.ts'
import { noteReader } from '#src/features/products/reader-queries.ts'
import { plainContext, proposalContext } from '../context.ts'
import type { Keyring } from '../keys.ts'
import { activityType, asActivity } from '../negotiation.ts'
import { findProposal, toProposalTombstone, writeProposal } from '../products.ts'
import { readerOf } from '../reader.ts'
import { cacheOf } from './actors.ts'

const config = { access: 'server', limit: false } as const

/** Products that a catalogue lists. */
const mostListed = 2_000

type Asked = FastifyRequest<{ Params: { handle: string; id: string } }>

/** The documents of our products, and the catalogues. Who signs is told of changes for a while. */
export function serveProducts(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const serve = async (request: Asked, reply: FastifyReply) => {
    const { handle, id } = request.params
    const shown = isId(id) ? await findProposal(ctx, id) : null
    if (!shown || shown.seller.handle.toLowerCase() !== handle.toLowerCase()) throw notFound()
    const reader = await readerOf(ctx, keyring, request)
    if (ctx.config.authorizedFetch && !reader) throw notFound()
    reply.type(activityType).header('vary', 'Accept')
    if (shown.product.state === 'gone') {
      const tombstone = toProposalTombstone(ctx, shown.seller, shown.product)
      return reply.code(410).send({ '@context': proposalContext, ...tombstone })
    }
    if (reader) await noteReader(ctx.db, id, reader.id, ctx.now())
    // A copy in between would hide who reads.
    return reply.header('cache-control', 'private, no-store').send(await writeProposal(ctx, shown))
  }
  app.get('/users/:handle/products/:id', { config, constraints: asActivity }, serve)
  app.get('/@:handle/products/:id', { config, constraints: asActivity }, serve)
  app.get('/users/:handle/products/:id', { config }, (request: Asked, reply) =>
    reply.header('vary', 'Accept').redirect(ctx.uris.productPage(request.params.handle, request.params.id), 302),
  )
  app.get<{ Params: { handle: string } }>('/users/:handle/products', { config }, async (request, reply) => {
    const seller = await findLocalActor(ctx.db, request.params.handle)
    if (!seller || seller.deletedAt) throw notFound()
    const rows = await listProductsOf(ctx.db, { actorId: seller.id, isTeam: false }, { limit: mostListed })
    const items = rows.map(({ id }) => ctx.uris.product(seller.handle, id))
    const id = ctx.uris.catalogue(seller.handle)
    const collection = { id, type: 'OrderedCollection', totalItems: items.length, orderedItems: items }
    return reply
      .type(activityType)
      .header('cache-control', cacheOf(ctx))
      .send({ '@context': plainContext, ...collection })
  })
}
