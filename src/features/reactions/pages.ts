import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { profilePath } from '#src/web/paths.ts'
import { likePost, unlikePost } from './service.ts'

const params = z.object({ handle: z.string(), id: z.string() })

/** The button on the page of a post by which one likes it, and takes that back. */
export function registerReactionPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params } } as const
  for (const [name, act] of Object.entries({ like: likePost, unlike: unlikePost })) {
    app.post(`/@:handle/:id/${name}`, options, async (request, reply) => {
      const { handle, id } = request.params
      await act(ctx, actingViewer(request), id)
      return reply.redirect(`${profilePath(handle)}/${encodeURIComponent(id)}`, 303)
    })
  }
}
