import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound } from '#src/errors.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { postCard } from '#src/web/components/post-card.ts'
import { embedDocument } from '#src/web/embed.ts'
import { html } from '#src/web/html.ts'
import { findEmbeddable } from './embed.ts'
import { toPostValue } from './views.ts'

const params = z.object({ handle: z.string(), id: z.string() })

/** A post as it stands in a frame on another site: as everybody sees it, whoever looks, since a page around it must not learn more. */
export function registerEmbedPages(app: App, ctx: Ctx): void {
  const config = { access: 'page', isFramed: true, isShared: true } as const
  app.get('/@:handle/:id/embed', { config, schema: { params } }, async (request, reply) => {
    const { handle, id } = request.params
    const shown = await findEmbeddable(ctx, id)
    if (shown?.author.handle.toLowerCase() !== handle.toLowerCase()) throw notFound()
    const t = translatorFor(localeOf(request))
    const post = toPostValue({ ctx, addresses: await pictureAddresses(ctx), readerId: null }, shown)
    const canonical = ctx.uris.postPage(shown.author.handle, shown.row.id)
    const { host } = new URL(ctx.config.publicUrl)
    const document = embedDocument({
      locale: t.locale,
      title: t.post.by(nameOf(post.author)),
      canonical,
      body: html`${postCard(post, ctx.now(), t)}<p class="embed__home"><a href="${canonical}">${t.post.original(host)}</a></p>`,
    })
    return reply.type('text/html; charset=utf-8').send(document)
  })
}
