import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import type { Keyring } from '../keys.ts'
import { activityType } from '../negotiation.ts'
import { findAgreement } from '../orders.ts'
import { readerOf } from '../reader.ts'

const config = { access: 'server', limit: false } as const

/** What was agreed on with a buyer elsewhere, for that buyer alone. For everybody else it is not there. */
export function serveAgreements(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  app.get<{ Params: { name: string } }>('/agreements/:name', { config }, async (request, reply) => {
    const found = await findAgreement(ctx, request.params.name)
    const reader = found && (await readerOf(ctx, keyring, request))
    if (!found || reader?.id !== found.buyer.id) throw notFound()
    return reply.type(activityType).header('cache-control', 'private, no-store').send(found.document)
  })
}
