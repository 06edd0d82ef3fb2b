import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { readSignedAddress, remoteFile, type Signed } from '#src/features/media/addresses.ts'
import { openCopy } from '#src/features/media/copies.ts'
import { findMediaByKey, isProfilePicture, type Media } from '#src/features/media/queries.ts'
import { findProduct } from '#src/features/products/queries.ts'
import type { App } from '#src/http/zod.ts'
import { findPost, findVisiblePost } from './queries.ts'

const params = z.object({
  key: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.string().regex(/^[0-9a-z][0-9a-z._-]{0,63}$/),
})
const query = z.object({ for: z.string().optional(), until: z.string().optional(), sign: z.string().optional() })

/**
 * The pictures themselves. Whether one may be seen is asked of its post at every request, by the rule that guards the post, so that a
 * removed follower or a deleted post takes effect at once.
 */
export function registerPictureRoutes(app: App, ctx: Ctx): void {
  app.get(
    '/media/:key/:file',
    { config: { access: 'onlooker', limit: false }, schema: { querystring: query } },
    async (request, reply) => {
      const asked = params.safeParse(request.params)
      if (!asked.success) throw notFound()
      const { key, file } = asked.data
      const picture = await findMediaByKey(ctx.db, key)
      if (!picture || picture.deletedAt || picture.state !== 'ready') throw notFound()
      const signed = await readSignedAddress(ctx, key, request.query)
      const reach = await reachOf(ctx, request, picture, signed)
      if (!reach) throw notFound()
      reply.header(
        'cache-control',
        reach === 'everybody' ? 'public, max-age=2592000, immutable' : 'private, max-age=3600',
      )
      return send(ctx, reply, picture, file)
    },
  )
}

/** Who may see it: everybody, only who asks, or (null) not who asks. */
async function reachOf(
  ctx: Ctx,
  request: FastifyRequest,
  picture: Media,
  signed: Signed | null,
): Promise<'everybody' | 'reader' | null> {
  const asking = request.viewer?.actorId ?? null
  if (!picture.postId) {
    if (await isOpenAnyway(ctx, picture)) return 'everybody'
    const reader = asking ?? (signed && signed.for !== 'servers' ? signed.for.actorId : null)
    return reader === picture.actorId ? 'reader' : null
  }
  if (await findVisiblePost(ctx.db, null, picture.postId)) return 'everybody'
  // Somebody who says who they are is judged by that, whatever address they were given.
  if (asking) return (await findVisiblePost(ctx.db, asking, picture.postId)) ? 'reader' : null
  if (!signed) return null
  if (signed.for !== 'servers')
    return (await findVisiblePost(ctx.db, signed.for.actorId, picture.postId)) ? 'reader' : null
  return (await isAuthorThere(ctx, picture.postId)) ? 'reader' : null
}

/** The servers that hold a post have its pictures for as long as it is there, and so is its author. */
async function isAuthorThere(ctx: Ctx, postId: string): Promise<boolean> {
  const post = await findPost(ctx.db, postId)
  const author = post && !post.deletedAt ? await findActor(ctx.db, post.actorId) : null
  return author !== null && !author.deletedAt && !author.suspendedAt
}

/** Pictures of profiles and of products that are published are for everybody. */
async function isOpenAnyway(ctx: Ctx, { id, productId }: Media): Promise<boolean> {
  if (!productId) return isProfilePicture(ctx.db, id)
  const product = await findProduct(ctx.db, productId)
  return product !== null && product.state !== 'draft' && product.state !== 'gone'
}

async function send(ctx: Ctx, reply: FastifyReply, picture: Media, file: string) {
  const found = picture.remoteUrl ? await openRemote(ctx, picture, file) : await openVariant(ctx, picture, file)
  // What is served here must never act as a page, whatever a browser makes of it.
  reply
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('content-length', found.file.size)
    .type(found.mime)
  return reply.send(found.file.stream)
}

async function openVariant(ctx: Ctx, picture: Media, file: string) {
  const variant = picture.variants.find((candidate) => candidate.file === file)
  const stored = variant && (await ctx.storage.open(`${picture.key}/${file}`))
  if (!variant || !stored) throw notFound()
  return { file: stored, mime: variant.mime }
}

function openRemote(ctx: Ctx, picture: Media, file: string) {
  if (file !== remoteFile || picture.kind !== 'image') throw notFound()
  return openCopy(ctx, picture)
}
