import type { Ctx } from '#src/context.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { getStatus } from './entity.ts'
import { pinPost, unpinPost } from './pin.ts'

/** Posts that are shown first, in the client API. @see https://docs.joinmastodon.org/methods/statuses/#pin */
export function registerPinRoutes(app: App, ctx: Ctx): void {
  const options = { config: { access: { scope: 'write:accounts' } }, schema: { params: idParams } }
  for (const [name, act] of [
    ['pin', pinPost],
    ['unpin', unpinPost],
  ] as const) {
    app.post(`/api/v1/statuses/:id/${name}`, options, async (request) => {
      const viewer = viewerOf(request)
      await act(ctx, viewer, request.params.id)
      return getStatus(ctx, viewer.actorId, request.params.id)
    })
  }
}
