import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { gone, notFound } from '#src/errors.ts'
import { readAcct } from '#src/features/actors/acct.ts'
import { actorUrl, pictureUrl } from '#src/features/actors/entity.ts'
import { type Actor, findActorByAcct } from '#src/features/actors/queries.ts'
import { resolveActorIri } from '#src/features/actors/service.ts'
import { refreshShowcase } from '#src/features/actors/showcase.ts'
import { summaryOf, toActorValue } from '#src/features/actors/views.ts'
import { getRelation, type Relation } from '#src/features/follows/relation-queries.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { foldHashtag, type Hashtag } from '#src/features/posts/hashtags.ts'
import { listPinned } from '#src/features/posts/pin-queries.ts'
import { readingScenery } from '#src/features/posts/reading-pages.ts'
import { loadShownPosts, type ShownPost } from '#src/features/posts/shown.ts'
import { findTag } from '#src/features/posts/tag-queries.ts'
import { hasProducts } from '#src/features/products/queries.ts'
import { listFeaturedTags } from '#src/features/tags/queries.ts'
import { may } from '#src/features/teams/policy.ts'
import { placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { addressOf, nameOf } from '#src/web/components/actor.ts'
import { openGraph } from '#src/web/components/open-graph.ts'
import type { PagerValue } from '#src/web/components/pager.ts'
import { type PageOptions, sendPage } from '#src/web/frame.ts'
import { groupPath, profilePath } from '#src/web/paths.ts'
import { listOfActor, listTagged } from './queries.ts'
import { registerRelationPages, toAbout } from './relation-pages.ts'
import { movedSentence, type ProfileView, profileView, tagView } from './views.ts'

/** Posts on one page: full rows of the grid at every width. */
const pageLength = 24

/** Posts that are shown before the others. Some servers let people pin many. */
const mostPinned = 5

const pageQuery = placeQuery.pick({ max_id: true })

/** The public face of an actor, and what is public under a hashtag. */
export function registerTimelinePages(app: App, ctx: Ctx): void {
  const schema = { params: z.object({ handle: z.string() }), querystring: pageQuery }
  const views = [
    ['/@:handle', 'overview'],
    ['/@:handle/with_replies', 'with_replies'],
  ] as const
  for (const [path, view] of views) {
    app.get(path, { config: { access: 'page', isShared: true }, schema }, (request, reply) =>
      showProfile(ctx, request, reply, { handle: request.params.handle, maxId: request.query.max_id, view }),
    )
  }
  registerRelationPages(app, ctx)
  const tagSchema = { params: z.object({ name: z.string().max(300) }), querystring: pageQuery }
  app.get('/tags/:name', { config: { access: 'page', isShared: true }, schema: tagSchema }, (request, reply) =>
    showTag(ctx, request, reply, { name: request.params.name, maxId: request.query.max_id }),
  )
}

type Asked = Readonly<{ handle: string; maxId: string | undefined; view: ProfileView }>

async function showProfile(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked,
): Promise<FastifyReply> {
  const { viewer } = request
  const actor = await findProfile(ctx, asked.handle)
  // What a group is stands on pages of its own.
  if (actor.host === null && actor.type === 'Group') return reply.redirect(groupPath(actor.handle), 302)
  if (actor.host === null && asked.handle.includes('@')) return reply.redirect(profilePath(actor.handle), 301)
  // Strangers are shown what is at home here; of the rest there are copies for the people of this instance.
  if (actor.host !== null && !viewer) return reply.redirect(actorUrl(ctx.uris, actor), 302)
  const readerId = viewer?.actorId ?? null
  const [relation, { posts, pinnedIds, pager }, scenery, movedTo, featuredTags, isSelling] = await Promise.all([
    findRelation(ctx, request, actor),
    listPosts(ctx, actor, readerId, asked),
    readingScenery(ctx, request),
    actor.movedToIri ? resolveActorIri(ctx, actor.movedToIri) : null,
    listFeatured(ctx, readerId, actor),
    hasProducts(ctx.db, actor.id),
  ])
  const t = translatorFor(localeOf(request))
  const page = {
    actor,
    relation: changeable(relation, viewer, actor),
    about: toAbout({ viewer, actor, relation }, t.relations),
    viewer,
    view: asked.view,
    posts,
    pager,
    featuredTags,
    isSelling,
    now: ctx.now(),
  }
  const { instance } = await request.frame()
  return sendPage(request, reply, {
    ...aboutProfile(ctx, actor, instance?.name ?? ''),
    ...(viewer?.actorId === actor.id ? { current: 'profile' } : {}),
    ...(movedTo ? { flash: { kind: 'notice', text: movedSentence(ctx, actor, movedTo, t) } } : {}),
    width: 'wide',
    body: profileView({ ...scenery, pinnedIds }, page, t),
  })
}

/** The hashtags on a profile. Those of somebody elsewhere are shown while they are fresh, and read where they are not. */
async function listFeatured(ctx: Ctx, readerId: string | null, actor: Actor): Promise<Hashtag[]> {
  if (!actor.showsFeatured) return []
  if (actor.host !== null) await refreshShowcase(ctx, { readerId, actorId: actor.id, showcase: 'tags' })
  return listFeaturedTags(ctx.db, actor.id)
}

/** @throws Problem `gone` for one of ours that was deleted, `not_found` for nobody, the instance itself and the suspended */
async function findProfile(ctx: Ctx, handle: string): Promise<Actor> {
  const acct = readAcct(ctx.config, handle)
  const actor = acct && (await findActorByAcct(ctx.db, acct.handle, acct.host ?? null))
  if (!actor || actor.suspendedAt || (actor.host === null && actor.type === 'Application')) throw notFound()
  if (actor.deletedAt) throw actor.host === null ? gone() : notFound()
  return actor
}

async function findRelation(ctx: Ctx, { viewer }: FastifyRequest, actor: Actor): Promise<Relation | null> {
  return viewer && viewer.actorId !== actor.id ? getRelation(ctx.db, viewer.actorId, actor.id) : null
}

/** What the viewer could change; who may not follow, or has moved away or been shut out, is shown no button for it. */
function changeable(relation: Relation | null, viewer: Viewer | null, actor: Actor): Relation | null {
  if (!relation || !viewer || !may(viewer.role, 'follow')) return null
  if (relation.mine && relation.mine.state !== 'rejected') return relation
  return relation.isBlocking || relation.isBlockedBy || actor.movedToIri ? null : relation
}

async function listPosts(
  ctx: Ctx,
  { id: actorId, handle, host }: Actor,
  readerId: string | null,
  { maxId, view }: Asked,
): Promise<{ posts: ShownPost[]; pinnedIds: ReadonlySet<string>; pager: PagerValue }> {
  if (host !== null && !maxId) await refreshShowcase(ctx, { readerId, actorId, showcase: 'pins' })
  const withReplies = view === 'with_replies'
  const page = { maxId, limit: pageLength + 1 }
  const wishes = { withReplies, withBoosts: false, onlyMedia: false, tagId: null }
  const [ids, pinned] = await Promise.all([
    listOfActor(ctx.db, { actorId, readerId, page, ...wishes }),
    maxId ? [] : listPinned(ctx.db, actorId, readerId, { limit: mostPinned }),
  ])
  const path = `${profilePath(host === null ? handle : `${handle}@${host}`)}${withReplies ? '/with_replies' : ''}`
  const shown = [...new Set([...pinned, ...ids.slice(0, pageLength)])]
  const posts = await loadShownPosts(ctx, readerId, shown, { context: 'account' })
  return { posts, pinnedIds: new Set(pinned), pager: pagerOf(path, ids, maxId) }
}

/** The list was read one further than is shown: that tells whether it goes on. */
function pagerOf(path: string, ids: readonly string[], maxId: string | undefined): PagerValue {
  const last = ids[pageLength - 1]
  return {
    newerHref: maxId ? path : null,
    olderHref: ids.length > pageLength && last ? `${path}?max_id=${last}` : null,
  }
}

/** What programs and other sites are told of a profile. */
function aboutProfile(ctx: Ctx, actor: Actor, siteName: string): Pick<PageOptions, 'title'> & Partial<PageOptions> {
  const value = toActorValue(ctx, actor)
  const title = `${nameOf(value)} (${addressOf(value)})`
  if (actor.host !== null) return { title, isIndexable: false }
  const url = ctx.uris.profile(actor.handle)
  const description = summaryOf(actor)
  const picture = pictureUrl(ctx.uris, actor.avatar, 'largest')
  const image = picture ? { url: picture, width: null, height: null, alt: actor.avatar?.description ?? '' } : null
  const document = { href: ctx.uris.actor(actor.handle), type: 'application/activity+json' }
  const head = openGraph({ type: 'profile', title, description: description || title, url, siteName, image })
  return { title, description, isIndexable: actor.isDiscoverable, canonical: url, alternates: [document], head }
}

async function showTag(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, maxId }: Readonly<{ name: string; maxId: string | undefined }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const readerId = request.viewer?.actorId ?? null
  const folded = foldHashtag(name)
  const tag = await findTag(ctx.db, folded)
  const page = { maxId, limit: pageLength + 1 }
  // Strangers again are shown what is at home here.
  const origin = readerId === null ? 'local' : 'all'
  const ids = tag
    ? await listTagged(ctx.db, { readerId, origin, onlyMedia: false, page, any: [tag.id], all: [], none: [] })
    : []
  const [posts, addresses] = await Promise.all([
    loadShownPosts(ctx, readerId, ids.slice(0, pageLength), { context: 'public' }),
    pictureAddresses(ctx),
  ])
  const label = tag?.label ?? name
  const value = { label, posts, pager: pagerOf(`/tags/${encodeURIComponent(folded)}`, ids, maxId) }
  return sendPage(request, reply, {
    title: `#${label}`,
    // Gathered from many, some of whom do not want to be found by their words.
    isIndexable: false,
    width: 'wide',
    body: tagView({ ctx, addresses, readerId }, value, t),
  })
}
