import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { listActivities } from '#src/db/deliveries.ts'
import { notFound, unauthenticated } from '#src/errors.ts'
import { isSecluded } from '#src/features/actors/entity.ts'
import { type Actor, findLocalActor, listActors } from '#src/features/actors/queries.ts'
import { resolveActorIri } from '#src/features/actors/service.ts'
import { listFollowerIris } from '#src/features/follows/comparison-queries.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { findGroup, listModerators } from '#src/features/groups/queries.ts'
import { listPinned } from '#src/features/posts/pin-queries.ts'
import { listReferences } from '#src/features/posts/publication-queries.ts'
import { listPublished } from '#src/features/posts/sharing-queries.ts'
import { iriOfActor } from '../actors.ts'
import { plainContext } from '../context.ts'
import type { Keyring } from '../keys.ts'
import { activityType } from '../negotiation.ts'
import { iriOfPost } from '../posts.ts'
import { readerOf } from '../reader.ts'
import { toFeaturedTags } from '../tags.ts'
import { cacheOf } from './actors.ts'
import { presentActivity } from './present.ts'

const config = { access: 'server', limit: false } as const

const pageSize = 20

/** What is pinned is never more. */
const mostListed = 200

type ByHandle = { Params: { handle: string } }

/** The collections of our actors. Who follows whom is told in numbers only, but to each server who of its own follows. */
export function serveCollections(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const { uris } = ctx
  app.get<ByHandle & { Querystring: { is_follower?: string } }>(
    '/users/:handle/followers',
    { config },
    async (request, reply) => {
      const actor = await getLocal(ctx, request.params.handle)
      const { is_follower: iri } = request.query
      if (iri === undefined)
        return send(reply, count(uris.followers(actor.handle), isSecluded(actor) ? null : actor.followersCount))
      const reader = await readerOf(ctx, keyring, request)
      if (!reader?.iri) throw unauthenticated('Sign the request to ask who is a member')
      // Only a server that has members itself has anything to show to others.
      const ofTheirs = await listFollowerIris(ctx.db, actor.id, new URL(reader.iri).host)
      if (ofTheirs.length === 0 || !(await isMember(ctx, actor, iri))) throw notFound()
      return reply.header('cache-control', 'private, no-store').send({ is_follower: true })
    },
  )
  app.get<ByHandle>('/users/:handle/following', { config }, async (request, reply) => {
    const actor = await getLocal(ctx, request.params.handle)
    return send(reply, count(uris.following(actor.handle), actor.followingCount))
  })
  serveFollowersOfHosts(app, ctx, keyring)
  app.get<ByHandle>('/users/:handle/collections/featured', { config }, async (request, reply) => {
    const actor = await getLocal(ctx, request.params.handle)
    const ids = await listPinned(ctx.db, actor.id, null, { limit: mostListed })
    const items = await listPostIris(ctx, ids)
    return send(reply, { ...count(uris.featured(actor.handle), items.length), orderedItems: items })
  })
  serveModerators(app, ctx, keyring)
  app.get<ByHandle>('/users/:handle/collections/tags', { config }, async (request, reply) =>
    send(reply, await toFeaturedTags(ctx, await getLocal(ctx, request.params.handle))),
  )
  app.get<ByHandle & { Querystring: { max_id?: string; page?: string } }>(
    '/users/:handle/outbox',
    { config },
    async (request, reply) => {
      const actor = await getLocal(ctx, request.params.handle)
      const { page, max_id: maxId } = request.query
      // It holds whole posts.
      if (ctx.config.authorizedFetch && !(await readerOf(ctx, keyring, request))) throw notFound()
      reply.header('cache-control', cacheOf(ctx))
      return send(reply, page ? await outboxPage(ctx, actor, maxId ?? null) : outbox(ctx, actor))
    },
  )
}

/**
 * Whether somebody is a member of a group, or the actor of a server that has one: so a server that has what was said to the group alone asks whom
 * it may show it. Of people nobody is told.
 */
async function isMember(ctx: Ctx, { id, type }: Actor, iri: string): Promise<boolean> {
  const asker = type === 'Group' ? await resolveActorIri(ctx, iri) : null
  if (!asker) return false
  if (asker.type === 'Application' && asker.iri)
    return (await listFollowerIris(ctx.db, id, new URL(asker.iri).host)).length > 0
  return (await findFollowBetween(ctx.db, asker.id, id))?.state === 'accepted'
}

/** The ids of posts, in their order: what a group pins is by others, also on other servers. */
async function listPostIris(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  const found = await listReferences(ctx.db, ids)
  const byId = new Map(found.map((post) => [post.id, iriOfPost(ctx, post)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Those who look after a group; who they are in a private one is for the servers of its members. */
function serveModerators(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  app.get<ByHandle>('/users/:handle/moderators', { config }, async (request, reply) => {
    const actor = await getLocal(ctx, request.params.handle)
    const group = await findGroup(ctx.db, actor.id)
    if (!group || (group.isPrivate && !(await isOfMembers(ctx, keyring, { request, actor })))) throw notFound()
    if (group.isPrivate) reply.header('cache-control', 'private, no-store')
    const items = await listModeratorIris(ctx, actor.id)
    return send(reply, { ...count(ctx.uris.moderators(actor.handle), items.length), orderedItems: items })
  })
}

/** Whether a request is signed by somebody of a server that has members of a group. */
async function isOfMembers(
  ctx: Ctx,
  keyring: Keyring,
  { request, actor }: { request: FastifyRequest; actor: Actor },
): Promise<boolean> {
  const reader = await readerOf(ctx, keyring, request)
  return !!reader?.iri && (await listFollowerIris(ctx.db, actor.id, new URL(reader.iri).host)).length > 0
}

/** Who looks after a group, owners first. @see https://w3id.org/fep/1b12 */
async function listModeratorIris(ctx: Ctx, groupId: string): Promise<string[]> {
  const rows = await listModerators(ctx.db, groupId)
  const found = await listActors(
    ctx.db,
    rows.map(({ actorId }) => actorId),
  )
  return found.filter(({ deletedAt }) => !deletedAt).map((actor) => iriOfActor(ctx, actor))
}

/** The followers on one server, for that server alone: what it compares its own with. @see https://w3id.org/fep/8fcf */
function serveFollowersOfHosts(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  app.get<ByHandle>('/users/:handle/followers_synchronization', { config }, async (request, reply) => {
    const actor = await getLocal(ctx, request.params.handle)
    const reader = await readerOf(ctx, keyring, request)
    if (!reader?.iri) throw unauthenticated('Sign the request as an actor of the server whose followers are asked for')
    const items = await listFollowerIris(ctx.db, actor.id, new URL(reader.iri).host)
    const collection = { ...count(ctx.uris.followersOfHost(actor.handle), items.length), orderedItems: items }
    return reply.type(activityType).header('cache-control', 'private, no-store').send(collection)
  })
}

function send(reply: FastifyReply, document: object) {
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'public, max-age=60')
  return reply.type(activityType).send(document)
}

async function getLocal(ctx: Ctx, handle: string): Promise<Actor> {
  const actor = await findLocalActor(ctx.db, handle)
  if (!actor || actor.deletedAt) throw notFound()
  return actor
}

/** A collection by its number alone; null: not even that. */
function count(id: string, totalItems: number | null) {
  const told = totalItems === null ? {} : { totalItems }
  return { '@context': plainContext, id, type: 'OrderedCollection', ...told }
}

function outbox(ctx: Ctx, actor: Actor): object {
  const id = ctx.uris.outbox(actor.handle)
  return { ...count(id, isSecluded(actor) ? null : actor.postsCount), first: `${id}?page=true` }
}

async function outboxPage(ctx: Ctx, actor: Actor, maxId: string | null): Promise<object> {
  const id = ctx.uris.outbox(actor.handle)
  const posts = await listPublished(ctx.db, actor.id, {
    maxId: maxId && isId(maxId) ? maxId : null,
    limit: pageSize,
  })
  const activities = await listActivities(
    ctx.db,
    posts.flatMap(({ effectId }) => effectId ?? []),
  )
  const last = posts.at(-1)?.id
  return {
    '@context': plainContext,
    id: `${id}?page=true${maxId ? `&max_id=${maxId}` : ''}`,
    type: 'OrderedCollectionPage',
    partOf: id,
    ...(posts.length === pageSize && last ? { next: `${id}?page=true&max_id=${last}` } : {}),
    orderedItems: await Promise.all(activities.map((activity) => presentActivity(ctx, activity))),
  }
}
