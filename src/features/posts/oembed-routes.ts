import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import { notFound } from '#src/errors.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { findEmbeddable } from './embed.ts'

const pixels = z.coerce.number('must be a number').int().min(1)
const query = z.object({ url: z.string('is missing'), maxwidth: pixels.optional(), maxheight: pixels.optional() })

/** The frame of a post. Without a script it cannot grow with what is in it. In pixels. */
const usualSize = { width: 400, height: 480 } as const

/** Answers may be kept for a day: what is in the frame is always as it is now. In seconds. */
const cacheSeconds = 86_400

/** How other sites show our posts. @see https://oembed.com @see https://docs.joinmastodon.org/methods/oembed/ */
export function registerOembedRoutes(app: App, ctx: Ctx): void {
  app.get('/api/oembed', { config: { access: 'public' }, schema: { querystring: query } }, async (request) => {
    const { url, maxwidth, maxheight } = request.query
    const target = ctx.uris.read(url)
    const shown = target?.kind === 'post' ? await findEmbeddable(ctx, target.id) : null
    if (!shown || target?.kind !== 'post' || shown.author.handle.toLowerCase() !== target.handle.toLowerCase())
      throw notFound()
    const { instance } = await request.frame()
    const { handle } = shown.author
    const author = nameOf(toActorValue(ctx, shown.author))
    const title = translatorFor(localeOf(request)).post.by(author)
    const width = maxwidth ?? usualSize.width
    const height = maxheight ?? usualSize.height
    return {
      type: 'rich',
      version: '1.0',
      title,
      author_name: author,
      author_url: ctx.uris.profile(handle),
      provider_name: instance?.name ?? new URL(ctx.config.publicUrl).host,
      provider_url: `${ctx.config.publicUrl}/`,
      cache_age: cacheSeconds,
      html: frameHtml(`${ctx.uris.postPage(handle, shown.row.id)}/embed`, { width, height, title }),
      width,
      height,
    }
  })
}

function frameHtml(src: string, { width, height, title }: { width: number; height: number; title: string }): string {
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox'
  return `<iframe src="${escapeHtml(src)}" title="${escapeHtml(title)}" width="${width}" height="${height}" frameborder="0" loading="lazy" sandbox="${sandbox}"></iframe>`
}
