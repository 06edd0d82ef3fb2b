import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { listPlaces } from '#src/features/groups/place-queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { countListed, type Discussion, listListed } from '#src/features/posts/sharing-queries.ts'
import { iriOfActor } from '../actors.ts'
import { plainContext } from '../context.ts'
import type { Keyring } from '../keys.ts'
import { activityType } from '../negotiation.ts'
import { iriOfPost } from '../posts.ts'
import { findPostFor, readerOf } from '../reader.ts'
import { cacheOf } from './actors.ts'

const config = { access: 'server', limit: false } as const

/** Ids on a page. What fits on one page stands in the collection itself. */
const pageSize = 100

type Query = { Querystring: { page?: string; min_id?: string } }
type ByPost = Query & { Params: { handle: string; id: string } }
type ById = Query & { Params: { id: string } }

/**
 * The conversations that began here, and the answers to our posts, whoever wrote them: ids of what everybody may read, oldest first. Who may
 * not read the post that they are about is told of none.
 * @see https://w3id.org/fep/f228
 */
export function serveConversations(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  app.get<ByPost>('/users/:handle/statuses/:id/replies', { config }, async (request, reply) => {
    const { handle, id } = request.params
    const { post, author, reader } = await getOwn(ctx, keyring, { request, id })
    if (author.handle.toLowerCase() !== handle.toLowerCase()) throw notFound()
    const iri = ctx.uris.replies(author.handle, post.id)
    return send(ctx, { request, reply, reader }, { iri, type: 'Collection', about: { repliesTo: post.id } })
  })
  app.get<ById>('/contexts/:id', { config }, async (request, reply) => {
    const { post, author, reader, group } = await getOwn(ctx, keyring, { request, id: request.params.id })
    // Another conversation, into which it was found to belong.
    if (post.conversationId !== post.id) throw notFound()
    const about = group ? { topic: post.id, groupId: group.id } : { conversation: post.id }
    const owner = iriOfActor(ctx, group ?? author)
    return send(
      ctx,
      { request, reply, reader },
      { iri: ctx.uris.context(post.id), type: 'OrderedCollection', about, owner },
    )
  })
}

/** `group`: that of ours in which it was said. */
type Found = Readonly<{ post: Post; author: Actor; reader: Actor | null; group: Actor | null }>

/** A post of ours, or one that was said in a group of ours, that who asks may read. */
async function getOwn(
  ctx: Ctx,
  keyring: Keyring,
  { request, id }: { request: FastifyRequest; id: string },
): Promise<Found> {
  const reader = await readerOf(ctx, keyring, request)
  if (!isId(id) || (ctx.config.authorizedFetch && !reader)) throw notFound()
  const post = await findPostFor(ctx, reader, id)
  const author = post && !post.boostOfId ? await findActor(ctx.db, post.actorId) : null
  const place = post && (await listPlaces(ctx.db, post.id)).find(({ removedAt }) => removedAt === null)
  const group = place ? await findActor(ctx.db, place.groupId) : null
  if (!post || !author || (author.host !== null && !group)) throw notFound()
  return { post, author, reader, group }
}

type Exchange = Readonly<{ request: FastifyRequest<Query>; reply: FastifyReply; reader: Actor | null }>

type Listing = Readonly<{ iri: string; type: 'Collection' | 'OrderedCollection'; about: Discussion; owner?: string }>

async function send(ctx: Ctx, { request, reply, reader }: Exchange, listing: Listing): Promise<FastifyReply> {
  const { page, min_id: minId } = request.query
  const from = minId && isId(minId) ? minId : null
  const document = page ? await toPage(ctx, reader, { ...listing, from }) : await toCollection(ctx, reader, listing)
  // A signed request may be by somebody with whom an author wants nothing to do.
  reply.type(activityType).header('cache-control', reader ? 'private, no-store' : cacheOf(ctx))
  return reply.send({ '@context': plainContext, ...document })
}

async function toCollection(ctx: Ctx, reader: Actor | null, listing: Listing): Promise<object> {
  const { iri: id, type, about, owner } = listing
  const totalItems = await countListed(ctx.db, reader?.id ?? null, about)
  const collection = { id, type, ...(owner ? { attributedTo: owner } : {}), totalItems }
  if (totalItems > pageSize) return { ...collection, first: `${id}?page=true` }
  return { ...collection, [itemsOf(type)]: (await listIris(ctx, reader, { ...listing, from: null })).iris }
}

async function toPage(ctx: Ctx, reader: Actor | null, listing: Listing & { from: string | null }): Promise<object> {
  const { iri, type, from } = listing
  const { iris, last } = await listIris(ctx, reader, listing)
  const next = iris.length === pageSize && last ? { next: `${iri}?page=true&min_id=${last}` } : {}
  const id = `${iri}?page=true${from ? `&min_id=${from}` : ''}`
  return { id, type: `${type}Page`, partOf: iri, ...next, [itemsOf(type)]: iris }
}

const itemsOf = (type: Listing['type']) => (type === 'Collection' ? 'items' : 'orderedItems')

async function listIris(ctx: Ctx, reader: Actor | null, { about, from }: Listing & { from: string | null }) {
  const posts = await listListed(ctx.db, reader?.id ?? null, { about, minId: from, limit: pageSize })
  const iris = posts.map(({ handle, ...post }) => iriOfPost(ctx, { ...post, authorHandle: handle }))
  return { iris, last: posts.at(-1)?.id }
}
