import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { sendReading } from '#src/features/posts/reading-pages.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, nextBody, nextOf, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { paths, profilePath } from '#src/web/paths.ts'
import { listBookmarked } from './bookmark-queries.ts'
import { type Keeping, keepPost } from './keeping.ts'
import { listLiked } from './queries.ts'
import { likePost, unlikePost } from './service.ts'

/** Posts on one page. */
const pageLength = 20

const params = z.object({ handle: z.string(), id: z.string() })

/** The buttons of a post by which one likes and keeps it, and takes that back; and what one has liked and kept. */
export function registerReactionPages(app: App, ctx: Ctx): void {
  registerActs(app, ctx)
  const options = { config: { access: 'session' }, schema: { querystring: placeQuery } } as const
  for (const kind of ['bookmarks', 'favourites'] as const) {
    app.get(paths[kind], options, (request, reply) => sendKept(ctx, request, reply, { kind, place: request.query }))
  }
}

function registerActs(app: App, ctx: Ctx): void {
  const keep = (keeping: Keeping) => (_ctx: Ctx, viewer: Parameters<typeof keepPost>[1], id: string) =>
    keepPost(ctx, viewer, keeping, id)
  const acts = {
    like: likePost,
    unlike: unlikePost,
    bookmark: keep('bookmark'),
    unbookmark: keep('unbookmark'),
    mute: keep('mute'),
    unmute: keep('unmute'),
  }
  const options = { config: { access: 'session' }, schema: { params, body: nextBody } } as const
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/@:handle/:id/${name}`, options, async (request, reply) => {
      const { handle, id } = request.params
      await act(ctx, actingViewer(request), id)
      return reply.redirect(nextOf(request.body, `${profilePath(handle)}/${encodeURIComponent(id)}`), 303)
    })
  }
}

const lists = { bookmarks: listBookmarked, favourites: listLiked } as const

async function sendKept(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, place }: Readonly<{ kind: keyof typeof lists; place: Place }>,
): Promise<FastifyReply> {
  const { actorId } = actingViewer(request)
  const words = translatorFor(localeOf(request)).reading[kind]
  const { rows, pager } = await browse(place, {
    path: paths[kind],
    length: pageLength,
    read: (page) => lists[kind](ctx.db, actorId, page),
  })
  return sendReading(ctx, request, reply, {
    ...words,
    postIds: rows.map(({ subjectId }) => subjectId),
    pager,
    empty: { icon: kind === 'bookmarks' ? 'bookmark' : 'like', title: words.emptyTitle, text: words.emptyText },
    // Whoever keeps a post has seen it.
    place: null,
  })
}
