import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { findInteraction, isInteractionUri } from './interaction.ts'
import { registerResultPages } from './result-pages.ts'
import { findView } from './views.ts'

/** Longer addresses lead nowhere. */
const mostCharacters = 2_000

/** Each may ask another server; nobody types faster. */
const limit = { max: 60, windowMs: 5 * 60_000, per: 'caller' } as const

/**
 * The way from another server, and from an address that somebody was told, to the person or post that is meant: it ends on their page
 * here, where the buttons are.
 */
export function registerSearchPages(app: App, ctx: Ctx): void {
  registerResultPages(app, ctx)
  const schema = { querystring: z.object({ uri: z.string().max(mostCharacters).optional().catch(undefined) }) }
  app.get(paths.interaction, { config: { access: 'session', limit }, schema }, async (request, reply) => {
    const viewer = actingViewer(request)
    const t = translatorFor(localeOf(request))
    const send = (typed: string, status: number, error?: string) =>
      sendPage(request, reply, {
        title: t.pages.find.title,
        width: 'narrow',
        isIndexable: false,
        status,
        body: findView({ typed, error }, t),
      })
    const uri = request.query.uri?.trim() ?? ''
    if (uri === '') return send('', 200)
    if (!isInteractionUri(ctx, uri)) return send(uri, 422, t.pages.find.unreadable)
    const page = await findPage(ctx, viewer, uri)
    return page ? reply.redirect(page, 303) : send(uri, 404, t.pages.find.nothing)
  })
}

async function findPage(ctx: Ctx, viewer: Viewer, uri: string): Promise<string | null> {
  const target = await findInteraction(ctx, viewer, uri)
  if (!target) return null
  if (target.kind === 'actor') return toActorValue(ctx, target.actor).href
  const [post] = await loadShownPosts(ctx, viewer.actorId, [target.id], null)
  return post ? `${toActorValue(ctx, post.author).href}/${target.id}` : null
}
