import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, nextBody, nextOf, placeQuery } from '#src/http/browse.ts'
import { type App, flag } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { mutedList } from '#src/web/components/muted-list.ts'
import { muteDurations } from '#src/web/components/relation-forms.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths, profilePath } from '#src/web/paths.ts'
import { listMutes } from './queries.ts'
import { muteActor, unmuteActor } from './service.ts'

/** Lines on one page. */
const pageLength = 40

const params = z.object({ handle: z.string() })
const muteBody = nextBody.extend({ duration: z.enum(muteDurations).default('0'), notifications: flag.default(false) })

/** The buttons by which one mutes somebody and takes that back, and whom one has muted. */
export function registerMutePages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  app.post('/@:handle/mute', { config, schema: { params, body: muteBody } }, async (request, reply) => {
    const { notifications: hidesNotifications, duration } = request.body
    const actor = await getByAcct(ctx, request.params.handle)
    const durationMs = duration === '0' ? null : Number(duration) * 1_000
    await muteActor(ctx, actingViewer(request), { actorId: actor.id, hidesNotifications, durationMs })
    const words = translatorFor(localeOf(request)).relations
    setFlash(reply, { kind: 'done', text: words.muted(nameOf(toActorValue(ctx, actor))) })
    return reply.redirect(nextOf(request.body, profilePath(request.params.handle)), 303)
  })
  app.post('/@:handle/unmute', { config, schema: { params, body: nextBody } }, async (request, reply) => {
    const actor = await getByAcct(ctx, request.params.handle)
    await unmuteActor(ctx, actingViewer(request), actor.id)
    const words = translatorFor(localeOf(request)).relations
    setFlash(reply, { kind: 'done', text: words.unmuted(nameOf(toActorValue(ctx, actor))) })
    return reply.redirect(nextOf(request.body, profilePath(request.params.handle)), 303)
  })
  registerMuted(app, ctx)
}

function registerMuted(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { querystring: placeQuery } } as const
  app.get(paths.settingsMuted, options, async (request, reply) => {
    const viewer = actingViewer(request)
    requireRole(viewer, 'follow')
    const { rows, pager } = await browse(request.query, {
      path: paths.settingsMuted,
      length: pageLength,
      read: async (page) => inListOrder(await listMutes(ctx.db, viewer.actorId, page), page),
    })
    const ends = new Map(rows.map(({ mutedId, expiresAt }) => [mutedId, expiresAt]))
    const actors = await listActors(ctx.db, [...ends.keys()])
    const people = actors.map((actor) => ({ actor: toActorValue(ctx, actor), endsAt: ends.get(actor.id) ?? null }))
    const t = translatorFor(localeOf(request))
    return sendPage(request, reply, {
      title: t.mutedPage.title,
      isIndexable: false,
      body: mutedList({ people, pager, next: request.url }, t),
    })
  })
}
