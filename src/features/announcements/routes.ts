import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type App, flag, idParams } from '#src/http/zod.ts'
import { loadAnnouncements } from './entity.ts'
import { reactToAnnouncement, undoReaction } from './react.ts'
import { dismissAnnouncement } from './service.ts'

const query = z.object({ with_dismissed: flag.default(false) })
const reactionParams = idParams.extend({ name: z.string() })

/** What those who run the instance tell its people. @see https://docs.joinmastodon.org/methods/announcements/ */
export function registerAnnouncementRoutes(app: App, ctx: Ctx): void {
  const list = { config: { access: 'app' }, schema: { querystring: query } } as const
  app.get('/api/v1/announcements', list, async (request) =>
    loadAnnouncements(ctx, viewerOf(request).userId, { withDismissed: request.query.with_dismissed }),
  )

  const dismiss = { config: { access: { scope: 'write:accounts' } }, schema: { params: idParams } }
  app.post('/api/v1/announcements/:id/dismiss', dismiss, async (request) => {
    await dismissAnnouncement(ctx, viewerOf(request), request.params.id)
    return {}
  })

  const react = { config: { access: { scope: 'write:favourites' } }, schema: { params: reactionParams } }
  const path = '/api/v1/announcements/:id/reactions/:name'
  app.put(path, react, async (request) => {
    await reactToAnnouncement(ctx, viewerOf(request), request.params.id, request.params.name)
    return {}
  })
  app.delete(path, react, async (request) => {
    await undoReaction(ctx, viewerOf(request), request.params.id, request.params.name)
    return {}
  })
}
