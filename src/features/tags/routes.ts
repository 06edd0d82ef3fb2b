import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { inListOrder } from '#src/core/paging.ts'
import { invalid, notFound } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { refreshShowcase } from '#src/features/actors/showcase.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { loadFeaturedTags, loadTags, type Tag, toFeaturedTag } from './entity.ts'
import { listFollowedTags, listUsedTags } from './queries.ts'
import {
  featureTag,
  featureTagByName,
  followTag,
  getTagName,
  readHashtag,
  unfeatureTag,
  unfeatureTagByName,
  unfollowTag,
} from './service.ts'

/** Hashtags in the client API, and what an actor does with them. @see https://docs.joinmastodon.org/methods/tags/ */
export function registerTagRoutes(app: App, ctx: Ctx): void {
  registerTags(app, ctx)
  registerFeatured(app, ctx)
}

const byName = z.object({ name: z.string().max(300) })

function registerTags(app: App, ctx: Ctx): void {
  app.get('/api/v1/tags/:name', { config: { access: 'public' }, schema: { params: byName } }, async (request) =>
    loadTag(ctx, request.viewer, request.params.name),
  )
  const follows = { config: { access: { scope: 'write:follows' } }, schema: { params: byName } } as const
  for (const [name, act] of [
    ['follow', followTag],
    ['unfollow', unfollowTag],
  ] as const) {
    app.post(`/api/v1/tags/:name/${name}`, { ...follows, preValidation: acceptFields }, async (request) => {
      await act(ctx, viewerOf(request), request.params.name)
      return loadTag(ctx, viewerOf(request), request.params.name)
    })
  }
  const features = { config: { access: { scope: 'write:accounts' } }, schema: { params: idParams } } as const
  for (const [name, act] of [
    ['feature', featureTagByName],
    ['unfeature', unfeatureTagByName],
  ] as const) {
    app.post(`/api/v1/tags/:id/${name}`, { ...features, preValidation: acceptFields }, async (request) => {
      await act(ctx, viewerOf(request), request.params.id)
      return loadTag(ctx, viewerOf(request), request.params.id)
    })
  }

  const list = { config: { access: { scope: 'read:follows' } }, schema: { querystring: pageQuery(100, 200) } } as const
  app.get('/api/v1/followed_tags', list, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const rows = inListOrder(await listFollowedTags(ctx.db, actorId, page), page)
    const ids = rows.map(({ id }) => id)
    linkPages(request, reply, ctx.uris.publicUrl, ids, page)
    const names = rows.map(({ name }) => name)
    return loadTags(ctx, actorId, names)
  })
}

async function loadTag(ctx: Ctx, viewer: Viewer | null, text: string): Promise<Tag> {
  const [tag] = await loadTags(ctx, viewer?.actorId ?? null, [await getTagName(ctx, text)])
  if (!tag) throw notFound()
  return tag
}

const featureBody = z.object({ name: z.string().max(300).default('') })

/** @see https://docs.joinmastodon.org/methods/featured_tags/ */
function registerFeatured(app: App, ctx: Ctx): void {
  const reads = { access: { scope: 'read:accounts' } } as const
  const writes = { access: { scope: 'write:accounts' } } as const
  app.get('/api/v1/featured_tags', { config: reads }, (request) => loadFeaturedTags(ctx, viewerOf(request).actorId))
  app.get('/api/v1/featured_tags/suggestions', { config: reads }, async (request) => {
    const { actorId } = viewerOf(request)
    return loadTags(ctx, actorId, await listUsedTags(ctx.db, actorId, 10))
  })
  const create = { config: writes, schema: { body: featureBody }, preValidation: acceptFields }
  app.post('/api/v1/featured_tags', create, async (request) => {
    const hashtag = readHashtag(request.body.name)
    if (!hashtag) {
      const problem = { error: 'ERR_INVALID', description: 'is no hashtag: letters, digits and _, not only digits' }
      throw invalid('Validation failed: Tag is invalid', { name: [problem] })
    }
    return toFeaturedTag(ctx, await featureTag(ctx, viewerOf(request), hashtag))
  })
  app.delete('/api/v1/featured_tags/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await unfeatureTag(ctx, viewerOf(request), request.params.id)
    return {}
  })
  const ofAccount = {
    config: { access: { scope: 'read:accounts', isOptional: true } },
    schema: { params: idParams },
  } as const
  app.get('/api/v1/accounts/:id/featured_tags', ofAccount, async (request) => {
    const actor = await getActor(ctx.db, request.params.id)
    if (actor.deletedAt) throw notFound()
    if (actor.suspendedAt) return []
    await refreshShowcase(ctx, { readerId: request.viewer?.actorId ?? null, actorId: actor.id, showcase: 'tags' })
    return loadFeaturedTags(ctx, actor.id)
  })
}
