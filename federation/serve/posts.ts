import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import type { Keyring } from '../keys.ts'
import { activityType, asActivity } from '../negotiation.ts'
import { contextOf, toNote, toTombstone } from '../posts.ts'
import { findPostFor, readerOf } from '../reader.ts'
import { cacheOf } from './actors.ts'

const config = { access: 'server', limit: false } as const

type Asked = FastifyRequest<{ Params: { handle: string; id: string } }>

/** The documents of our posts. What the asking actor may not read looks as if it were not there. */
export function servePosts(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const serve = async (request: Asked, reply: FastifyReply) => {
    const { handle, id } = request.params
    const publication = isId(id) ? await findPublication(ctx.db, id) : null
    const isOurs =
      publication && publication.author.handle.toLowerCase() === handle.toLowerCase() && !publication.author.host
    if (!isOurs || publication.post.boostOfId) throw notFound()
    const { post } = publication
    const isPublic = post.visibility === 'public' || post.visibility === 'unlisted'
    reply.type(activityType).header('vary', 'Accept')
    if (post.deletedAt && isPublic) return reply.code(410).send(toTombstone(ctx, publication))
    const reader = isPublic && !ctx.config.authorizedFetch ? null : await readerOf(ctx, keyring, request)
    if (ctx.config.authorizedFetch && !reader) throw notFound()
    if (!(await findPostFor(ctx, reader, id))) throw notFound()
    reply.header('cache-control', isPublic ? cacheOf(ctx) : 'private, no-store')
    return { '@context': contextOf(publication), ...(await toNote(ctx, publication)) }
  }
  app.get('/users/:handle/statuses/:id', { config, constraints: asActivity }, serve)
  app.get('/@:handle/:id', { config, constraints: asActivity }, serve)
  app.get('/users/:handle/statuses/:id', { config }, (request: Asked, reply) =>
    reply.header('vary', 'Accept').redirect(ctx.uris.postPage(request.params.handle, request.params.id), 302),
  )
}
