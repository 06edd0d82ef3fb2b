import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { findActivity, type StoredActivity } from '#src/db/deliveries.ts'
import { notFound } from '#src/errors.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findPlace } from '#src/features/groups/place-queries.ts'
import type { Keyring } from '../keys.ts'
import { activityType } from '../negotiation.ts'
import { findPostFor, readerOf } from '../reader.ts'
import { presentActivity } from './present.ts'

/** Our activities by their ids: others fetch what was passed on to them. */
export function serveActivities(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const config = { access: 'server', limit: false } as const
  app.get<{ Params: { id: string } }>('/activities/:id', { config }, async (request, reply) => {
    const { id } = request.params
    const activity = isId(id) ? await findActivity(ctx.db, id) : null
    const reader = activity && (await readerOf(ctx, keyring, request))
    if (!activity || !(await mayRead(ctx, reader, activity))) throw notFound()
    return reply
      .type(activityType)
      .header('cache-control', 'private, no-store')
      .send(await presentActivity(ctx, activity))
  })
}

async function mayRead(ctx: Ctx, reader: Actor | null, activity: StoredActivity): Promise<boolean> {
  if (ctx.config.authorizedFetch && !reader) return false
  if (activity.postId) return mayReadPost(ctx, reader, activity.actorId, activity.postId)
  if (!activity.recipientIds) return true
  return reader !== null && activity.recipientIds.includes(reader.id)
}

/** What a group has taken out it does not hand out any more, though its author still may. */
async function mayReadPost(ctx: Ctx, reader: Actor | null, actorId: string, postId: string): Promise<boolean> {
  const [post, place] = [await findPostFor(ctx, reader, postId), await findPlace(ctx.db, actorId, postId)]
  return post !== null && !place?.removedAt
}
