import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { unauthenticated } from '#src/errors.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { safeNext } from '#src/web/preferences.ts'
import { dismissAnnouncement } from './service.ts'

const body = z.object({ next: z.string().optional() })

/** The button by which somebody says that they have read an announcement. */
export function registerAnnouncementPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params: idParams, body } } as const
  app.post('/announcements/:id/dismiss', options, async (request, reply) => {
    if (!request.session) throw unauthenticated('Sign in first')
    await dismissAnnouncement(ctx, request.session, request.params.id)
    return reply.redirect(safeNext(request.body.next), 303)
  })
}
