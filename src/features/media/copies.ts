import type { Ctx } from '#src/context.ts'
import { type Copy, openCopyOf } from '#src/core/copies.ts'
import { findPolicy } from '#src/db/severities.ts'
import { notFound } from '#src/errors.ts'
import { remoteFile } from './addresses.ts'
import { arePicturesRejected, clearCached, listCopiesBeyond, type Media, markCached } from './queries.ts'
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
  return openCopyOf(ctx, source, async (stored) => {
    await markCached(ctx.db, id, { ...stored, at: ctx.now() })
    makeRoomBesides(ctx, stored.bytes)
  })
}

/** After so many bytes of copies it is looked whether all of them have become too many; every hour as well. */
const lookAfterBytes = 250_000_000

let copied = 0

/** Nobody who wants to see a picture waits for it. */
function makeRoomBesides(ctx: Ctx, bytes: number): void {
  copied += bytes
  if (copied < lookAfterBytes) return
  copied = 0
  makeRoom(ctx).catch((error: unknown) => ctx.log.error({ err: error }, 'copies of pictures were not removed'))
}

/** Removes the oldest copies while all together are too large. Whoever wants to see one of these again has it fetched again. */
export async function makeRoom(ctx: Ctx): Promise<void> {
  const { remoteMediaBytes } = ctx.config
  if (remoteMediaBytes === 0) return
  for (;;) {
    const beyond = await listCopiesBeyond(ctx.db, remoteMediaBytes)
    for (const { id, key } of beyond) {
      await clearCached(ctx.db, id)
      await ctx.storage.removeFolder(key)
    }
    if (beyond.length === 0) return
  }
}
