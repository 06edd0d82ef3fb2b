import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { inListOrder } from '#src/core/paging.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { loadRelationship } from '#src/features/follows/entity.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, flag, idParams } from '#src/http/zod.ts'
import { listMutes } from './queries.ts'
import { muteActor, unmuteActor } from './service.ts'

/** Longer is for ever: a hundred years, in seconds. */
const longest = 3_155_760_000

const body = z.object({
  notifications: flag.default(true),
  duration: z.coerce
    .number('must be a number of seconds')
    .int()
    .min(0, 'must not be negative')
    .max(longest, 'is too long: leave it out for a mute without an end')
    .default(0),
})

/** @see https://docs.joinmastodon.org/entities/Account/#MutedAccount */
export type MutedAccount = Account & { mute_expires_at: string | null }

/** Whom an actor does not want to read. @see https://docs.joinmastodon.org/methods/mutes/ */
export function registerMuteRoutes(app: App, ctx: Ctx): void {
  const reads = { config: { access: { scope: 'read:mutes' } }, schema: { querystring: pageQuery(40, 80) } }
  app.get('/api/v1/mutes', reads, async (request, reply): Promise<MutedAccount[]> => {
    const page = toPage(request.query)
    const rows = inListOrder(await listMutes(ctx.db, viewerOf(request).actorId, page), page)
    const ids = rows.map(({ id }) => id)
    linkPages(request, reply, ctx.uris.publicUrl, ids, page)
    const ends = new Map(rows.map(({ mutedId, expiresAt }) => [mutedId, expiresAt]))
    const muted = await listActors(ctx.db, [...ends.keys()])
    return muted.map((actor) => ({
      ...toAccount(ctx, actor),
      mute_expires_at: ends.get(actor.id)?.toISOString() ?? null,
    }))
  })

  const config = { access: { scope: 'write:mutes' } }
  const mute = { config, schema: { params: idParams, body }, preValidation: acceptFields }
  app.post('/api/v1/accounts/:id/mute', mute, async (request) => {
    const { notifications: hidesNotifications, duration } = request.body
    const [viewer, actorId] = [viewerOf(request), request.params.id]
    await muteActor(ctx, viewer, { actorId, hidesNotifications, durationMs: duration === 0 ? null : duration * 1_000 })
    return loadRelationship(ctx, viewer, actorId)
  })

  const unmute = { config, schema: { params: idParams }, preValidation: acceptFields }
  app.post('/api/v1/accounts/:id/unmute', unmute, async (request) => {
    const viewer = viewerOf(request)
    await unmuteActor(ctx, viewer, request.params.id)
    return loadRelationship(ctx, viewer, request.params.id)
  })
}
