import type { Ctx } from '#src/context.ts'
import { type Copy, openCopyOf } from '#src/core/copies.ts'
import { findPolicy } from '#src/db/severities.ts'
import { notFound } from '#src/errors.ts'
import { remoteFile } from './addresses.ts'
import { arePicturesRejected, type Media, markCached } from './queries.ts'
import { maxUploadBytes } from './service.ts'

/** Opens a copy of another server's picture, as `openCopyOf` does; none of a server whose pictures are not wanted. */
export async function openCopy(ctx: Ctx, { id, actorId, key, mime, remoteUrl, cachedAt }: Media): Promise<Copy> {
  if (!remoteUrl) throw notFound()
  if (await arePicturesRejected(ctx.db, actorId)) throw notFound()
  // Whoever shows it: nothing is asked of a server with which the instance does not speak.
  if (!cachedAt && (await findPolicy(ctx.db, new URL(remoteUrl).host)).severity === 'block') throw notFound()
  const source = {
    url: remoteUrl,
    storageKey: `${key}/${remoteFile}`,
    mime: cachedAt ? mime : null,
    maxBytes: maxUploadBytes,
  }
  return openCopyOf(ctx, source, (found) => markCached(ctx.db, id, found, ctx.now()))
}
