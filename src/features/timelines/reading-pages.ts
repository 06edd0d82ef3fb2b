import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound } from '#src/errors.ts'
import { findList } from '#src/features/lists/queries.ts'
import { sendReading } from '#src/features/posts/reading-pages.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import type { Tab } from '#src/web/components/tabs.ts'
import { html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { listHome } from './home-queries.ts'
import { listOfList } from './list-queries.ts'
import { listPublic } from './queries.ts'

/** Posts on one page. */
const pageLength = 20

/** What everybody says to everybody: those here, and for those who are signed in, those elsewhere too. */
export function registerReadingPages(app: App, ctx: Ctx): void {
  const schema = {
    querystring: placeQuery.extend({ from: z.enum(['here', 'everywhere']).optional().catch(undefined) }),
  }
  app.get(paths.public, { config: { access: 'page', isShared: true }, schema }, (request, reply) => {
    const { from, ...place } = request.query
    // Strangers are shown what is at home here; of the rest there are copies for the people of this instance.
    return sendPublic(ctx, request, reply, { place, isEverywhere: request.viewer !== null && from === 'everywhere' })
  })
  const list = { params: z.object({ id: z.string() }), querystring: placeQuery }
  app.get(`${paths.lists}/:id`, { config: { access: 'session' }, schema: list }, (request, reply) =>
    sendList(ctx, request, reply, { id: request.params.id, place: request.query }),
  )
}

/** The home timeline of whoever asks. */
export async function sendHome(
  ctx: Ctx,
  { actorId }: Viewer,
  { request, reply }: Readonly<{ request: FastifyRequest; reply: FastifyReply }>,
  place: Place,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const words = t.reading.home
  const { rows, pager } = await browse(place, {
    path: paths.home,
    length: pageLength,
    read: async (page) => toRows(await listHome(ctx.db, actorId, page)),
  })
  return sendReading(ctx, request, reply, {
    title: words.title,
    current: 'home',
    views: { label: t.reading.views.label, tabs: tabsOf('home', t) },
    postIds: rows.map(({ id }) => id),
    pager,
    empty: {
      icon: 'home',
      title: words.emptyTitle,
      text: words.emptyText,
      action: { href: paths.compose, label: words.write },
    },
    place: { context: 'home' },
  })
}

async function sendPublic(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, isEverywhere }: Readonly<{ place: Place; isEverywhere: boolean }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const words = t.reading.public
  const readerId = request.viewer?.actorId ?? null
  const { rows, pager } = await browse(place, {
    path: paths.public,
    query: isEverywhere ? { from: 'everywhere' } : {},
    length: pageLength,
    read: async (page) => {
      const wanted = { readerId, origin: isEverywhere ? 'all' : 'local', onlyMedia: false, page } as const
      return toRows(await listPublic(ctx.db, wanted))
    },
  })
  return sendReading(ctx, request, reply, {
    title: isEverywhere ? words.everywhere : words.here,
    ...(request.viewer
      ? {
          current: 'home',
          views: { label: t.reading.views.label, tabs: tabsOf(isEverywhere ? 'everywhere' : 'here', t) },
        }
      : {}),
    postIds: rows.map(({ id }) => id),
    pager,
    empty: { icon: 'public', title: words.emptyTitle, text: words.emptyText },
    place: { context: 'public' },
  })
}

async function sendList(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, place }: Readonly<{ id: string; place: Place }>,
): Promise<FastifyReply> {
  const list = await findList(ctx.db, actingViewer(request).actorId, id)
  if (!list) throw notFound()
  const words = translatorFor(localeOf(request)).lists
  const path = `${paths.lists}/${id}`
  const { rows, pager } = await browse(place, {
    path,
    length: pageLength,
    read: async (page) => toRows(await listOfList(ctx.db, list, page)),
  })
  return sendReading(ctx, request, reply, {
    title: list.title,
    head: html`<p class="told__held"><a href="${path}/edit">${words.edit}</a> · <a href="${paths.lists}">${words.title}</a></p>`,
    postIds: rows.map((row) => row.id),
    pager,
    empty: { icon: 'list', title: words.noPostsTitle, text: words.noPostsText },
    place: { context: 'home' },
  })
}

function tabsOf(current: 'home' | 'here' | 'everywhere', t: Translator): Tab[] {
  const { views } = t.reading
  const places = [
    ['home', paths.home],
    ['here', paths.public],
    ['everywhere', `${paths.public}?from=everywhere`],
  ] as const
  return places.map(([name, href]) => ({ href, label: views[name], isCurrent: name === current }))
}

function toRows(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }))
}
