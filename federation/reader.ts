import type { FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findPost, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { isSharedWithHost } from '#src/features/posts/sharing-queries.ts'
import type { Keyring } from './keys.ts'
import { readSignature } from './signatures/verify.ts'

/** Who signed a request for a document; null when nobody did, or the signature does not hold. */
export async function readerOf(ctx: Ctx, keyring: Keyring, request: FastifyRequest): Promise<Actor | null> {
  if (!request.headers.signature) return null
  const url = ctx.uris.publicUrl + request.url
  const signature = readSignature({ method: 'GET', url, headers: request.headers }, ctx.now())
  if ('problem' in signature) return null
  // A stranger whose key cannot be had is nobody; whether it is our network or theirs makes no difference to what it may see.
  const found = await keyring.find(signature.keyId).catch(() => null)
  return found && signature.check(found.key) ? found.owner : null
}

/**
 * A post that another server may fetch: public, or addressed to the actor who asks, or asked for by the instance actor of a server that
 * holds it already on behalf of an accepted follower. Otherwise it is as if it were not there.
 */
export async function findPostFor(ctx: Ctx, reader: Actor | null, id: string): Promise<Post | null> {
  const visible = await findVisiblePost(ctx.db, reader?.id ?? null, id)
  if (visible || !reader?.host || reader.type !== 'Application') return visible
  return (await isSharedWithHost(ctx.db, id, reader.host)) ? findPost(ctx.db, id) : null
}
