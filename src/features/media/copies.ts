import type { Readable } from 'node:stream'
import type { Ctx } from '#src/context.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import { SNIFF_BYTES, sniffImage } from '#src/core/images/sniff.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { StoredFile } from '#src/core/storage.ts'
import { notFound, remoteFailed } from '#src/errors.ts'
import { remoteFile } from './addresses.ts'
import { type Media, markCached } from './queries.ts'
import { maxUploadBytes } from './service.ts'

/** A copy of another server's picture, ready to be sent. */
export type Copy = Readonly<{ file: StoredFile; mime: string }>

const deadlineMs = 15_000

const underWay = new Map<string, Promise<string>>()

/**
 * Opens a copy of another server's picture; the first who asks has it fetched, others who ask meanwhile wait for the same. Only
 * pictures are passed on, told by their bytes: nothing else may be served under our name.
 * @throws Problem `remote_failed` when the other server does not answer, `not_found` when it is no picture
 */
export async function openCopy(ctx: Ctx, picture: Media): Promise<Copy> {
  const stored = picture.cachedAt ? await ctx.storage.open(`${picture.key}/${remoteFile}`) : null
  if (stored) return { file: stored, mime: picture.mime }
  const fetching = underWay.get(picture.key) ?? fetchCopy(ctx, picture).finally(() => underWay.delete(picture.key))
  underWay.set(picture.key, fetching)
  const mime = await fetching
  const file = await ctx.storage.open(`${picture.key}/${remoteFile}`)
  if (!file) throw notFound()
  return { file, mime }
}

async function fetchCopy(ctx: Ctx, picture: Media): Promise<string> {
  const url = picture.remoteUrl
  if (!url) throw notFound()
  const key = `${picture.key}/${remoteFile}`
  const answer = await ctx.fetcher
    .stream(url, { accept: 'image/*', maxBytes: maxUploadBytes, deadlineMs })
    .catch((error) => {
      const isGone = error instanceof OutboundError && (error.status === 404 || error.status === 410)
      throw isGone ? notFound() : remoteFailed(new URL(url).host, error)
    })
  await ctx.storage.put(key, answer.body, { maxBytes: maxUploadBytes })
  const mime = await sniffStored(ctx, key)
  await markCached(ctx.db, picture.id, mime, ctx.now())
  return mime
}

async function sniffStored(ctx: Ctx, key: string): Promise<string> {
  try {
    const head = await ctx.storage.open(key, { start: 0, end: SNIFF_BYTES - 1 })
    return `image/${sniffImage(head ? await readAll(head.stream) : new Uint8Array())}`
  } catch (error) {
    await ctx.storage.remove(key)
    if (error instanceof ImageRefused) throw notFound()
    throw error
  }
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
