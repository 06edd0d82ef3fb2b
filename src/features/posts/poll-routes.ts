import type { Ctx } from '#src/context.ts'
import { votesBody } from '#src/features/polls/fields.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { getPoll, voteInPoll } from './poll.ts'

/** Polls in the client API, by the rule of their posts. @see https://docs.joinmastodon.org/methods/polls/ */
export function registerPollRoutes(app: App, ctx: Ctx): void {
  const read = {
    config: { access: { scope: 'read:statuses', isOptional: true } },
    schema: { params: idParams },
  } as const
  app.get('/api/v1/polls/:id', read, (request) => getPoll(ctx, request.viewer?.actorId ?? null, request.params.id))
  const write = {
    config: { access: { scope: 'write:statuses' } },
    schema: { params: idParams, body: votesBody },
    preValidation: acceptFields,
  } as const
  app.post('/api/v1/polls/:id/votes', write, (request) =>
    voteInPoll(ctx, viewerOf(request), request.params.id, request.body.choices),
  )
}
