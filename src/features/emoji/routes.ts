import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import type { App } from '#src/http/zod.ts'
import type { CustomEmoji } from './entity.ts'
import { type EmojiRow, listEmojis } from './queries.ts'
import { openEmoji } from './service.ts'

const params = z.object({
  key: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.string().regex(/^[0-9a-z][0-9a-z._-]{0,63}$/),
})

/** Emojis that can be used here, and the pictures of all. @see https://docs.joinmastodon.org/methods/custom_emojis/ */
export function registerEmojiRoutes(app: App, ctx: Ctx): void {
  app.get('/api/v1/custom_emojis', { config: { access: 'public' } }, async (_request, reply) => {
    // Apps ask for it at every start.
    reply.header('cache-control', 'public, max-age=300')
    return (await listEmojis(ctx.db)).map((row) => toCustomEmoji(ctx, row))
  })
  app.get('/emojis/:key/:file', { config: { access: 'onlooker', limit: false } }, async (request, reply) => {
    const asked = params.safeParse(request.params)
    if (!asked.success) throw notFound()
    const { file, mime } = await openEmoji(ctx, asked.data.key, asked.data.file)
    reply
      // What is served here must never act as a page, whatever a browser makes of it.
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .header('content-length', file.size)
      .header('cache-control', 'public, max-age=2592000, immutable')
      .type(mime)
    return reply.send(file.stream)
  })
}

function toCustomEmoji({ uris }: Ctx, { shortcode, key, file, isVisibleInPicker, category }: EmojiRow): CustomEmoji {
  const url = uris.emojiPicture(key, file)
  return {
    shortcode,
    url,
    static_url: url,
    visible_in_picker: isVisibleInPicker,
    category,
  }
}
