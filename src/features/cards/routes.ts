import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import type { App } from '#src/http/zod.ts'
import { findCardImage } from './queries.ts'

const params = z.object({
  key: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.string().regex(/^[0-9a-z][0-9a-z._-]{0,63}$/),
})

/** The pictures of linked pages, from here, so that the pages' servers do not learn who reads the posts. */
export function registerCardRoutes(app: App, ctx: Ctx): void {
  app.get('/cards/:key/:file', { config: { access: 'onlooker', limit: false } }, async (request, reply) => {
    const asked = params.safeParse(request.params)
    if (!asked.success) throw notFound()
    const { key, file } = asked.data
    const variant = (await findCardImage(ctx.db, key))?.find((candidate) => candidate.file === file)
    const stored = variant && (await ctx.storage.open(`${key}/${file}`))
    if (!variant || !stored) throw notFound()
    reply
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .header('content-length', stored.size)
      // A folder comes back when the page was read twice more, two weeks each.
      .header('cache-control', 'public, max-age=1209600, immutable')
      .type(variant.mime)
    return reply.send(stored.stream)
  })
}
