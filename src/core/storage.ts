import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { storageFull, tooLarge } from '#src/errors.ts'

/** The bytes from `start` to `end`, both included and counted from 0; without `end`, to the last one. */
export type ByteRange = Readonly<{ start: number; end?: number }>

/** An open file: `size` is that of the whole file even when a range was asked for. Consume or destroy the stream. */
export type StoredFile = Readonly<{ stream: Readable; size: number }>

/**
 * Where files are kept. A key is `<folder>/<file>`: the folder 8 to 64 small letters and digits, random so that shards
 * fill evenly; the file small letters, digits, `.`, `_` and `-`. Any other key is a bug and throws a `TypeError`.
 */
export type Storage = Readonly<{
  /**
   * Stores the whole source or nothing, replacing what was there; on the disk for good when it returns the size in bytes.
   * Throws `tooLarge` past `maxBytes`, `storageFull` when there is no room, and whatever error ended the source.
   */
  put(key: string, source: Readable | Uint8Array, limits?: { maxBytes?: number }): Promise<number>
  /** Opens a file, or answers null where there is none. Throws a `RangeError` for a range beyond the end. */
  open(key: string, range?: ByteRange): Promise<StoredFile | null>
  /** Lends a path on this machine to a program that cannot read a stream, or answers null where there is no file. */
  withPath<T>(key: string, use: (path: string) => Promise<T>): Promise<T | null>
  /** Lends an empty folder of this machine for work on a storage folder and takes it away again, whatever happened. */
  withScratch<T>(folder: string, use: (dir: string) => Promise<T>): Promise<T>
  /** Removes a file; one that is not there is fine. */
  remove(key: string): Promise<void>
  /** Removes a folder with all its files; one that is not there is fine. */
  removeFolder(folder: string): Promise<void>
  /** Removes what was left half written for one folder. Only for who alone works on it: work that goes on would fail. */
  clearTemporary(folder: string): Promise<void>
  /** Removes what a killed process has left half written, and answers how many entries that were. */
  sweepTemporary(olderThanMs: number): Promise<number>
}>

const FOLDER = /^[0-9a-z]{8,64}$/
const FILE = /^[0-9a-z][0-9a-z._-]{0,63}$/

/**
 * The storage that the settings name: a `file:` address, or `<dataDir>/media` without one.
 * Throws an error with a sentence for the operator when the address cannot be used.
 */
export function createStorage(settings: { storageUrl?: string | undefined; dataDir: string }): Storage {
  const root = settings.storageUrl === undefined ? join(settings.dataDir, 'media') : readFileUrl(settings.storageUrl)
  return createDiskStorage(resolve(root))
}

function readFileUrl(storageUrl: string): string {
  const url = URL.canParse(storageUrl) ? new URL(storageUrl) : null
  const isFile = url?.protocol === 'file:' && url.host === '' && !url.search && !url.hash
  if (url && isFile) return fileURLToPath(url)
  // The address itself may hold a password: it is not repeated here.
  throw new Error('STORAGE_URL must be a folder of this machine, written as file:///srv/entremise/media')
}

function createDiskStorage(root: string): Storage {
  const scratch = join(root, 'tmp')
  return {
    put: async (key, source, limits) => putFile({ root, target: pathOf(root, key), scratch, source, limits }),
    open: async (key, range) => openFile(pathOf(root, key), range),
    withPath: async (key, use) => {
      const path = pathOf(root, key)
      return (await isFile(path)) ? use(path) : null
    },
    withScratch: (folder, use) => withScratch(temporaryPath(scratch, folderOf(root, folder)), use),
    remove: async (key) => rm(pathOf(root, key), { force: true }),
    removeFolder: async (folder) => rm(folderOf(root, folder), { force: true, recursive: true }),
    clearTemporary: async (folder) => clear(scratch, temporaryPrefix(folderOf(root, folder))),
    sweepTemporary: (olderThanMs) => sweep(scratch, Date.now() - olderThanMs),
  }
}

/** Two levels of 256 folders (for hexadecimal names), so that a million pictures are no large directory anywhere. */
function folderOf(root: string, folder: string): string {
  if (!FOLDER.test(folder)) throw new TypeError(`Not a storage folder: ${JSON.stringify(folder)}`)
  return join(root, folder.slice(0, 2), folder.slice(2, 4), folder)
}

function pathOf(root: string, key: string): string {
  const slash = key.indexOf('/')
  const file = key.slice(slash + 1)
  if (slash < 0 || !FILE.test(file)) throw new TypeError(`Not a storage key: ${JSON.stringify(key)}`)
  return join(folderOf(root, key.slice(0, slash)), file)
}

/** Temporary files say for which folder they are: whoever does the work again after a kill can take them away. */
const temporaryPrefix = (folder: string): string => `${basename(folder)}.`

const temporaryPath = (scratch: string, folder: string): string =>
  join(scratch, `${temporaryPrefix(folder)}${randomUUID()}`)

type Put = Readonly<{
  root: string
  target: string
  scratch: string
  source: Readable | Uint8Array
  limits: { maxBytes?: number } | undefined
}>

/**
 * Written beside, flushed, then renamed: whoever looks sees the old file, the new one or none, also after a power cut.
 * The folder is flushed as well, since a rename lives in the folder and not in the file.
 */
async function putFile({ root, target, scratch, source, limits }: Put): Promise<number> {
  const part = temporaryPath(scratch, dirname(target))
  try {
    await mkdir(scratch, { recursive: true })
    const size = await writeFlushed(part, source, limits?.maxBytes)
    await mkdir(dirname(target), { recursive: true })
    await rename(part, target)
    await flushFolders(root, dirname(target))
    return size
  } catch (error) {
    destroySource(source)
    await rm(part, { force: true })
    throw isNoRoom(error) ? storageFull(error) : error
  }
}

async function writeFlushed(
  path: string,
  source: Readable | Uint8Array,
  maxBytes: number | undefined,
): Promise<number> {
  const counter = countBytes(maxBytes)
  const chunks = source instanceof Readable ? source : Readable.from([source])
  await pipeline(chunks, counter.stream, createWriteStream(path, { flags: 'wx', flush: true, mode: 0o640 }))
  return counter.total()
}

function countBytes(maxBytes = Number.POSITIVE_INFINITY): { stream: Transform; total: () => number } {
  let total = 0
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      total += chunk.length
      if (total > maxBytes) done(tooLarge(`The file is larger than ${Math.floor(maxBytes / 1e6)} MB`))
      else done(null, chunk)
    },
  })
  return { stream, total: () => total }
}

/** Without this, a source that nobody reads any more (an upload, no room for the first byte) would hang open. */
function destroySource(source: Readable | Uint8Array): void {
  if (source instanceof Readable) source.destroy()
}

/**
 * Flushes a folder and those above it up to the root. All of them each time: the one that another call has just made may
 * not be on the disk yet, and flushing a folder that is costs next to nothing.
 */
async function flushFolders(root: string, folder: string): Promise<void> {
  for (let at = folder; at.length >= root.length; at = dirname(at)) await flushFolder(at)
}

async function flushFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

async function openFile(path: string, range: ByteRange | undefined): Promise<StoredFile | null> {
  const handle = await orNull(open(path, 'r'))
  if (!handle) return null
  try {
    const { size } = await handle.stat()
    if (range && !isWithin(range, size))
      throw new RangeError(`Bytes from ${range.start} on asked for, there are ${size}`)
    return { stream: createReadStream(path, { ...range, fd: handle }), size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

const isWithin = ({ start, end }: ByteRange, size: number): boolean =>
  Number.isSafeInteger(start) && start >= 0 && start < size && (end === undefined || end >= start)

async function withScratch<T>(dir: string, use: (dir: string) => Promise<T>): Promise<T> {
  try {
    await mkdir(dir, { recursive: true })
    return await use(dir)
  } catch (error) {
    throw isNoRoom(error) ? storageFull(error) : error
  } finally {
    await rm(dir, { force: true, recursive: true })
  }
}

async function clear(scratch: string, prefix: string): Promise<void> {
  const names = (await orNull(readdir(scratch))) ?? []
  for (const name of names.filter((entry) => entry.startsWith(prefix))) {
    await rm(join(scratch, name), { force: true, recursive: true })
  }
}

async function sweep(scratch: string, beforeMs: number): Promise<number> {
  const names = (await orNull(readdir(scratch))) ?? []
  let swept = 0
  for (const name of names) {
    const found = await orNull(stat(join(scratch, name)))
    if (!found || found.mtimeMs >= beforeMs) continue
    await rm(join(scratch, name), { force: true, recursive: true })
    swept += 1
  }
  return swept
}

const isFile = async (path: string): Promise<boolean> => (await orNull(stat(path)))?.isFile() ?? false

/** The result, or null where the file or folder is not there. */
async function orNull<T>(pending: Promise<T>): Promise<T | null> {
  try {
    return await pending
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return null
    throw error
  }
}

const isNoRoom = (error: unknown): boolean => hasCode(error, ['ENOSPC', 'EDQUOT'])

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
