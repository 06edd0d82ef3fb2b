import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { findEmoji } from '#src/features/emoji/queries.ts'
import { toEmojiDocument } from '../emojis.ts'
import { activityType, asActivity } from '../negotiation.ts'

const config = { access: 'server', limit: false } as const

/** The documents of our emojis, for everybody: they show what every text shows. One that was removed still stands in texts. */
export function serveEmojis(app: FastifyInstance, ctx: Ctx): void {
  app.get(
    '/emojis/:id',
    { config, constraints: asActivity },
    async (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
      const emoji = await findEmoji(ctx.db, request.params.id)
      if (!emoji) throw notFound()
      reply.type(activityType).header('vary', 'Accept').header('cache-control', 'public, max-age=60')
      return toEmojiDocument(ctx, emoji)
    },
  )
}
