import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { loadRelationship } from '#src/features/follows/entity.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { writeNote } from './service.ts'

const body = z.object({
  comment: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
})

/** What a team remembers about others. @see https://docs.joinmastodon.org/methods/accounts/#note */
export function registerNoteRoutes(app: App, ctx: Ctx): void {
  const config = { access: { scope: 'write:accounts' } }
  const options = { config, schema: { params: idParams, body }, preValidation: acceptFields }
  app.post('/api/v1/accounts/:id/note', options, async (request) => {
    const [viewer, aboutId] = [viewerOf(request), request.params.id]
    await writeNote(ctx, viewer, { aboutId, comment: request.body.comment })
    return loadRelationship(ctx, viewer, aboutId)
  })
}
