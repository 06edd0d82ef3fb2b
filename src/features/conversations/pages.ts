import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { postPath } from '#src/features/posts/action-views.ts'
import { loadShownPosts, type ShownPost } from '#src/features/posts/shown.ts'
import { excerptOf } from '#src/features/posts/views.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { conversationList } from '#src/web/components/conversation-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { findConversation, listConversations } from './queries.ts'
import { actOnConversation } from './service.ts'

/** Conversations on one page. */
const pageLength = 20

const params = z.object({ id: z.string() })

/** What was said to named people only, by the conversations that it makes. */
export function registerConversationPages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  app.get(paths.conversations, { config, schema: { querystring: placeQuery } }, (request, reply) =>
    sendList(ctx, request, reply, request.query),
  )
  app.get(`${paths.conversations}/:id`, { config, schema: { params } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const { id } = request.params
    const row = isId(id) ? await findConversation(ctx.db, viewer.actorId, id) : null
    const [shown] = row ? await loadShownPosts(ctx, viewer.actorId, [row.shownPostId], null) : []
    if (!row || !shown) throw notFound()
    // Roles that only look leave it unread for the others.
    if (row.isUnread && may(viewer.role, 'react')) await actOnConversation(ctx, viewer, 'read', id)
    return reply.redirect(postPath({ ctx }, shown), 303)
  })
  app.post(`${paths.conversations}/:id/delete`, { config, schema: { params } }, async (request, reply) => {
    await actOnConversation(ctx, actingViewer(request), 'delete', request.params.id)
    const text = translatorFor(localeOf(request)).reading.conversations.removed
    setFlash(reply, { kind: 'done', text })
    return reply.redirect(paths.conversations, 303)
  })
}

async function sendList(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, place: Place): Promise<FastifyReply> {
  const { actorId, role } = actingViewer(request)
  const t = translatorFor(localeOf(request))
  const { rows, pager } = await browse(place, {
    path: paths.conversations,
    length: pageLength,
    // They are paged by their last post.
    read: async (page) => (await listConversations(ctx.db, actorId, page)).map((row) => ({ id: row.lastPostId, row })),
  })
  const found = rows.map(({ row }) => row)
  const [actors, posts] = await Promise.all([
    listActors(ctx.db, [...new Set(found.flatMap(({ participantIds }) => participantIds))]),
    loadShownPosts(
      ctx,
      actorId,
      found.map(({ shownPostId }) => shownPostId),
      { context: 'thread' },
    ),
  ])
  const people = new Map(actors.map((actor) => [actor.id, toActorValue(ctx, actor)]))
  const shown = new Map(posts.map((post) => [post.row.id, post]))
  return sendPage(request, reply, {
    title: t.reading.conversations.title,
    isIndexable: false,
    body: conversationList(
      {
        conversations: found.map((row) => ({
          id: row.id,
          isUnread: row.isUnread,
          people: row.participantIds.flatMap((id) => people.get(id) ?? []),
          ...lastOf(shown.get(row.shownPostId), t),
        })),
        mayRemove: may(role, 'react'),
        mayWrite: may(role, 'publish'),
        pager,
        now: ctx.now(),
      },
      t,
    ),
  })
}

/** The beginning of what was last said; a filter that hides it hides the words and not that there is somebody. */
function lastOf(shown: ShownPost | undefined, t: Translator) {
  if (!shown) return { excerpt: null, at: null }
  const titles = shown.matches.filter(({ filter }) => filter.action === 'warn').map(({ filter }) => filter.title)
  const words = titles.length > 0 ? t.post.filtered(titles.join(', ')) : excerptOf(shown.row)
  return { excerpt: words || t.reading.conversations.picture, at: shown.row.publishedAt }
}
