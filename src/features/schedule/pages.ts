import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isZone, toInstant } from '#src/core/zones.ts'
import { Problem } from '#src/errors.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { findUser } from '#src/features/users/queries.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { scheduledList } from '#src/web/components/scheduled-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { requireScheduler, scheduleLimits } from './policy.ts'
import { listHeld, listPlanned } from './queries.ts'
import { cancelScheduled, reschedule } from './service.ts'
import { toScheduledValue } from './views.ts'

const params = z.object({ id: z.string() })
const moveBody = z.object({
  scheduled_at: z.string().default(''),
  time_zone: z.string().refine(isZone, 'must be a time zone').default('UTC'),
})

/** What is to be published later, with its time to change and a way to give it up. */
export function registerSchedulePages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  app.get(paths.scheduled, { config }, (request, reply) => sendList(ctx, request, reply))

  app.post(`${paths.scheduled}/:id`, { config, schema: { params, body: moveBody } }, async (request, reply) => {
    const { scheduled_at: wall, time_zone: zone } = request.body
    const t = translatorFor(localeOf(request))
    const at = toInstant(wall, zone)
    if (!at) setFlash(reply, { kind: 'problem', text: t.schedule.noMoment })
    else {
      await attempt(reply, t, t.schedule.moved(t.format.inZone(at, zone)), () =>
        reschedule(ctx, actingViewer(request), request.params.id, at),
      )
    }
    return reply.redirect(paths.scheduled, 303)
  })

  app.post(`${paths.scheduled}/:id/delete`, { config, schema: { params } }, async (request, reply) => {
    const t = translatorFor(localeOf(request))
    await attempt(reply, t, t.schedule.deleted, () => cancelScheduled(ctx, actingViewer(request), request.params.id))
    return reply.redirect(paths.scheduled, 303)
  })
}

/** Leaves a sentence for the next page: what was done, or why it was not. */
async function attempt(reply: FastifyReply, t: Translator, done: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
    setFlash(reply, { kind: 'done', text: done })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    setFlash(reply, { kind: 'problem', text: sentenceOf(error, t) })
  }
}

function sentenceOf(problem: Problem, t: Translator): string {
  if (problem.code === 'not_found') return t.schedule.publishedMeanwhile
  if (problem.details?.scheduled_at) return t.schedule.tooSoon
  if (problem.details?.base) return t.schedule.tooMany
  throw problem
}

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireScheduler(viewer)
  const t = translatorFor(localeOf(request))
  const [rows, addresses, user] = await Promise.all([
    listPlanned(ctx.db, viewer.actorId, scheduleLimits.total),
    pictureAddresses(ctx),
    findUser(ctx.db, viewer.userId),
  ])
  const held = await listHeld(
    ctx.db,
    rows.map(({ id }) => id),
  )
  const zone = user?.timeZone ?? 'UTC'
  const scenery = { addresses, held: new Map(held.map((picture) => [picture.id, picture])), zone }
  // What needs a decision comes first.
  const ordered = [...rows.filter(({ failedAt }) => failedAt), ...rows.filter(({ failedAt }) => !failedAt)]
  const posts = ordered.map((row) => toScheduledValue(row, scenery, t))
  return sendPage(request, reply, {
    title: t.schedule.title,
    isIndexable: false,
    current: 'create',
    body: scheduledList({ posts, zone }, t),
  })
}
