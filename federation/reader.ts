import type { FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { findPost, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { isApartFromAuthor, isSharedWithHost } from '#src/features/posts/sharing-queries.ts'
import { countedAddress } from '#src/http/address.ts'
import type { Keyring } from './keys.ts'
import { isMemberElsewhere } from './membership.ts'
import { createFloodGuard, type FloodGuard } from './serve/flood.ts'
import { readSignature } from './signatures/verify.ts'

const guards = new WeakMap<Keyring, FloodGuard>()

/**
 * Who signed a request for a document; null when nobody did, or the signature does not hold. Each false one may make us fetch a key from where
 * its sender likes: an address that has sent a hundred in a minute is nobody for the rest of it.
 */
export async function readerOf(ctx: Ctx, keyring: Keyring, request: FastifyRequest): Promise<Actor | null> {
  if (!request.headers.signature) return null
  const guard = guards.get(keyring) ?? createFloodGuard(() => performance.now())
  guards.set(keyring, guard)
  const address = countedAddress(request.ip)
  if (guard.waitFor(address)) return null
  const reader = await guard.run(address, () => findReader(ctx, keyring, request))
  if (!reader) guard.refused(address)
  return reader
}

async function findReader(ctx: Ctx, keyring: Keyring, request: FastifyRequest): Promise<Actor | null> {
  const url = ctx.uris.publicUrl + request.url
  const signature = readSignature({ method: 'GET', url, headers: request.headers }, ctx.now())
  if ('problem' in signature) return null
  const found = await keyring.find(signature.keyId, countedAddress(request.ip))
  if (!found?.owner.host || !signature.check(found.key)) return null
  return (await isHostBlocked(ctx.db, found.owner.host)) ? null : found.owner
}

/**
 * A post that another server may fetch: public, or addressed to the actor who asks, or asked for by the instance actor of a server that
 * holds it already on behalf of an accepted follower, or by a member of the private group elsewhere to which it was said. Otherwise it is as if it were not there.
 */
export async function findPostFor(ctx: Ctx, reader: Actor | null, id: string): Promise<Post | null> {
  const visible = await findVisiblePost(ctx.db, reader?.id ?? null, id)
  // Another server would keep what is held as a private message, and not hear of it when it is let in.
  if (visible?.isHeld) return null
  if (visible || !reader?.host) return visible
  const isShared =
    (reader.type === 'Application' && (await isSharedWithHost(ctx.db, id, reader.host))) ||
    ((await isMemberElsewhere(ctx, reader, id)) && !(await isApartFromAuthor(ctx.db, id, reader.id)))
  return isShared ? findPost(ctx.db, id) : null
}
