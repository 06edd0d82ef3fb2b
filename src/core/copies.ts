import type { Readable } from 'node:stream'
import type { Fetcher } from '#src/core/fetch.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import { SNIFF_BYTES, sniffImage } from '#src/core/images/sniff.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { siteOf } from '#src/core/site.ts'
import type { Storage, StoredFile } from '#src/core/storage.ts'
import { notFound, Problem, remoteFailed, unavailable } from '#src/errors.ts'

/** A copy of another server's picture, ready to be sent. */
export type Copy = Readonly<{ file: StoredFile; mime: string }>

/** A picture of another server: where it is, and where its copy is kept. `mime`: what the stored copy is; null: there is none yet. */
export type CopySource = Readonly<{
  url: string
  storageKey: string
  mime: string | null
  maxBytes: number
}>

/** What was stored: what it is, and how large. */
export type Stored = Readonly<{ mime: string; bytes: number }>

type Means = Readonly<{ storage: Storage; fetcher: Fetcher }>

const deadlineMs = 15_000

const underWay = new Map<string, Promise<string>>()

/** A picture that could not be had is not asked for again before this: whoever asks us would make us ask others, and often for far more. */
const forgetMs = 60_000

const mostRemembered = 5_000

/**
 * What is copied of one site within a minute, by one process: whoever has pictures there and asks us for them would otherwise fill our disk with
 * our own bandwidth. A page of a timeline has some forty.
 */
const mostOfSite = { copies: 300, bytes: 300_000_000 }
const windowMs = 60_000

let taken = new Map<string, { copies: number; bytes: number }>()
let windowEndsAt = 0

/** What a site has given in this minute. @throws Problem `unavailable` when that is enough */
function shareOf(url: string): { copies: number; bytes: number } {
  const now = performance.now()
  if (now >= windowEndsAt) [taken, windowEndsAt] = [new Map(), now + windowMs]
  const site = siteOf(new URL(url).host)
  const share = taken.get(site) ?? { copies: 0, bytes: 0 }
  if (share.copies >= mostOfSite.copies || share.bytes >= mostOfSite.bytes) throw unavailable()
  taken.set(site, share)
  return share
}

/** Why a picture could not be had lately, by the place of its copy. */
const failures = new Map<string, { error: unknown; until: number }>()

/**
 * Opens a copy of another server's picture; the first who asks has it fetched, others who ask meanwhile wait for the same. Only
 * pictures are passed on, told by their bytes: nothing else may be served under our name.
 * @param note writes down what was stored
 * @throws Problem `remote_failed` when the other server does not answer, `not_found` when it is no picture, `unavailable` when much was copied of
 * its site in this minute
 */
export async function openCopyOf(
  { storage, fetcher }: Means,
  source: CopySource,
  note: (stored: Stored) => Promise<void>,
): Promise<Copy> {
  const { storageKey } = source
  const stored = source.mime === null ? null : await storage.open(storageKey)
  if (stored && source.mime !== null) return { file: stored, mime: source.mime }
  const failed = failures.get(storageKey)
  if (failed && failed.until > performance.now()) throw failed.error
  const fetching =
    underWay.get(storageKey) ??
    fetchCopy({ storage, fetcher }, source, note)
      .catch((error) => {
        remember(storageKey, error)
        throw error
      })
      .finally(() => underWay.delete(storageKey))
  underWay.set(storageKey, fetching)
  const mime = await fetching
  const file = await storage.open(storageKey)
  if (!file) throw notFound()
  return { file, mime }
}

/** Only what is another server's doing: a full disk is ours, and may have room in a moment. */
function remember(storageKey: string, error: unknown): void {
  if (!(error instanceof Problem) || !['not_found', 'remote_failed'].includes(error.code)) return
  failures.delete(storageKey)
  failures.set(storageKey, { error, until: performance.now() + forgetMs })
  const [oldest] = failures.keys()
  if (failures.size > mostRemembered && oldest) failures.delete(oldest)
}

async function fetchCopy(
  { storage, fetcher }: Means,
  { url, storageKey, maxBytes }: CopySource,
  note: (stored: Stored) => Promise<void>,
): Promise<string> {
  const share = shareOf(url)
  share.copies++
  const answer = await fetcher.stream(url, { accept: 'image/*', maxBytes, deadlineMs }).catch((error) => {
    const isGone = error instanceof OutboundError && (error.status === 404 || error.status === 410)
    const isRefused = error instanceof OutboundError && error.code === 'refused-host'
    throw isGone || isRefused ? notFound() : remoteFailed(new URL(url).host, error)
  })
  const bytes = await storage.put(storageKey, answer.body, { maxBytes }).catch((error) => {
    // It was cut off, took too long, or is larger than anything that is shown here.
    throw error instanceof OutboundError ? remoteFailed(new URL(url).host, error) : error
  })
  share.bytes += bytes
  const mime = await sniffStored(storage, storageKey)
  await note({ mime, bytes })
  return mime
}

async function sniffStored(storage: Storage, storageKey: string): Promise<string> {
  try {
    const head = await storage.open(storageKey, {
      start: 0,
      end: SNIFF_BYTES - 1,
    })
    return `image/${sniffImage(head ? await readAll(head.stream) : new Uint8Array())}`
  } catch (error) {
    await storage.remove(storageKey)
    if (error instanceof ImageRefused) throw notFound()
    throw error
  }
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
