import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { listPublicActors } from '#src/features/actors/directory-queries.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { listPublic } from '#src/features/timelines/queries.ts'
import { sendHome } from '#src/features/timelines/reading-pages.ts'
import { placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { openGraph } from '#src/web/components/open-graph.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { countUsage, getInstance } from './service.ts'
import { landingPage, setupWaiting } from './views.ts'

/** What stands on the front page: enough to see what this place is like, little enough to be there at once. */
const most = { pictures: 18, identities: 12 } as const

/** The front page: what this instance is, who speaks there, and their latest pictures. Whoever acts as somebody reads there. */
export function registerLandingPage(app: App, ctx: Ctx): void {
  const config = { access: 'page', isShared: true } as const
  app.get(paths.home, { config, schema: { querystring: placeQuery } }, async (request, reply) => {
    const { viewer } = request
    if (viewer) return sendHome(ctx, viewer, { request, reply }, request.query)
    const instance = await getInstance(ctx)
    return instance.isSetUp ? sendLanding(ctx, request, reply) : sendWaiting(request, reply)
  })
  app.get(paths.about, { config }, async (request, reply) => sendLanding(ctx, request, reply))
}

async function sendLanding(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const readerId = request.viewer?.actorId ?? null
  const page = { limit: most.pictures }
  const [instance, usage, actors, addresses, ids] = await Promise.all([
    getInstance(ctx),
    countUsage(ctx),
    listPublicActors(ctx.db, most.identities),
    pictureAddresses(ctx),
    // The same for everybody: the face of the place, not somebody's timeline.
    listPublic(ctx.db, { readerId: null, origin: 'local', onlyMedia: true, page }),
  ])
  const posts = await loadShownPosts(ctx, readerId, ids, { context: 'public' })
  const { name, description } = instance
  const url = `${ctx.uris.publicUrl}/`
  return sendPage(request, reply, {
    title: name,
    description,
    canonical: url,
    width: 'wide',
    head: openGraph({ type: 'website', title: name, description, url, siteName: name, image: null }),
    body: landingPage(
      { ctx, addresses, readerId },
      { instance, identityCount: usage.users, actors, posts },
      translatorFor(localeOf(request)),
    ),
  })
}

function sendWaiting(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const body = setupWaiting(t)
  // It is over with the next click of whoever sets it up.
  reply.header('cache-control', 'no-store')
  return sendPage(request, reply, { title: t.pages.landing.waitingTitle, width: 'narrow', isIndexable: false, body })
}
