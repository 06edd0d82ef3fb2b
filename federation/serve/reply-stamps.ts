import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { findReplyEndsByStamp, type ReplyEnds } from '#src/features/posts/consent-queries.ts'
import { replyAuthorizationContext } from '../context.ts'
import { toReplyAuthorization } from '../interactions.ts'
import type { Keyring } from '../keys.ts'
import { activityType, asActivity } from '../negotiation.ts'
import { findPostFor, readerOf } from '../reader.ts'

const config = { access: 'server', limit: false } as const

type Asked = FastifyRequest<{ Params: { handle: string; id: string } }>

/** The stamps with which our authors let answers in; people are led to what is answered. One that was withdrawn says so. */
export function serveReplyStamps(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const path = '/users/:handle/reply_authorizations/:id'
  app.get(path, { config, constraints: asActivity }, async (request: Asked, reply: FastifyReply) => {
    const ends = await getEnds(ctx, request)
    reply.type(activityType).header('vary', 'Accept').header('cache-control', 'no-store')
    const reader = await readerOf(ctx, keyring, request)
    if (ctx.config.authorizedFetch && !reader) throw notFound()
    if (!(await findPostFor(ctx, reader, ends.parent.id))) throw notFound()
    if (ends.consent.state === 'accepted') return toReplyAuthorization(ctx, ends)
    if (ends.consent.state !== 'refused') throw notFound()
    const id = ctx.uris.replyAuthorization(ends.parent.handle, ends.consent.id)
    const tombstone = { id, type: 'Tombstone', formerType: 'ReplyAuthorization' }
    return reply.code(410).send({ '@context': replyAuthorizationContext, ...tombstone })
  })
  app.get(path, { config }, async (request: Asked, reply: FastifyReply) => {
    const { parent } = await getEnds(ctx, request)
    if (!(await findPostFor(ctx, null, parent.id))) throw notFound()
    return reply.header('vary', 'Accept').redirect(ctx.uris.postPage(parent.handle, parent.id), 302)
  })
}

async function getEnds(ctx: Ctx, { params }: Asked): Promise<ReplyEnds> {
  const ends = isId(params.id) ? await findReplyEndsByStamp(ctx.db, params.id) : null
  const isOurs = ends?.parent.host === null && ends.parent.handle.toLowerCase() === params.handle.toLowerCase()
  if (!ends || !isOurs) throw notFound()
  return ends
}
