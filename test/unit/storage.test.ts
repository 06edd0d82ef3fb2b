import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ByteRange, createStorage, type Storage } from '#src/core/storage.ts'

const FOLDER = '0f'.repeat(16)
const KEY = `${FOLDER}/640.jpg`

let dataDir: string
let storage: Storage

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'entremise-storage-'))
  storage = createStorage({ dataDir })
})

afterEach(() => rm(dataDir, { recursive: true, force: true }))

/** All files below the data folder. */
async function listFiles(dir = dataDir): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

async function read(key: string, range?: ByteRange): Promise<string | null> {
  const file = await storage.open(key, range)
  return file && text(file.stream)
}

describe('what is stored', () => {
  it('comes back as it was, with its size', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    expect(await storage.put(KEY, Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]))).toBe(300_000)
    const file = await storage.open(KEY)
    expect(file?.size).toBe(300_000)
    expect(file && bytes.equals(await buffer(file.stream))).toBe(true)
  })

  it('comes back in part, with the size of the whole', async () => {
    await storage.put(KEY, Buffer.from('0123456789'))
    expect(await read(KEY, { start: 2, end: 4 })).toBe('234')
    expect(await read(KEY, { start: 7 })).toBe('789')
    expect(await read(KEY, { start: 8, end: 99 })).toBe('89')
    const file = await storage.open(KEY, { start: 9 })
    expect(file?.size).toBe(10)
    file?.stream.destroy()
    await expect(storage.open(KEY, { start: 10 })).rejects.toThrow(RangeError)
    await expect(storage.open(KEY, { start: 4, end: 3 })).rejects.toThrow(RangeError)
  })

  it('replaces what was there', async () => {
    await storage.put(KEY, Buffer.from('first, and longer'))
    await storage.put(KEY, Buffer.from('second'))
    expect(await read(KEY)).toBe('second')
    expect(await listFiles()).toEqual(['640.jpg'])
  })

  it('is gone when removed, alone or with its folder, and may be removed twice', async () => {
    await storage.put(KEY, Buffer.from('a'))
    await storage.put(`${FOLDER}/1280.jpg`, Buffer.from('b'))
    await storage.put(`${'a1'.repeat(16)}/640.jpg`, Buffer.from('c'))
    await storage.remove(KEY)
    await storage.remove(KEY)
    expect(await read(KEY)).toBeNull()
    expect(await read(`${FOLDER}/1280.jpg`)).toBe('b')
    await storage.removeFolder(FOLDER)
    await storage.removeFolder(FOLDER)
    expect(await listFiles()).toEqual(['640.jpg'])
  })

  it('is lent by its path, or null where there is nothing', async () => {
    await storage.put(KEY, Buffer.from('lent'))
    expect(await storage.withPath(KEY, (path) => readFile(path, 'utf8'))).toBe('lent')
    expect(await storage.withPath(`${FOLDER}/none.jpg`, (path) => readFile(path, 'utf8'))).toBeNull()
    expect(await storage.open(`${FOLDER}/none.jpg`)).toBeNull()
  })

  it('is spread over folders', async () => {
    await storage.put('abcd0123456789ef/640.jpg', Buffer.from('x'))
    expect(await readFile(join(dataDir, 'media', 'ab', 'cd', 'abcd0123456789ef', '640.jpg'), 'utf8')).toBe('x')
  })
})

describe('a key that leads elsewhere', () => {
  const bad = ['640.jpg', `${FOLDER}/`, `${FOLDER}/..`, `../${FOLDER}/a`, `${FOLDER}/../../a`, `/etc/passwd`]
  const worse = [
    `${FOLDER}/a/b`,
    `${FOLDER}\\a/b`,
    `${FOLDER}/a\0b`,
    '..%2f..%2f/etc',
    `${FOLDER}/.hidden`,
    'short/a',
    '',
  ]
  it.each([...bad, ...worse])('is refused: %j (rows 57, 70)', async (key) => {
    await expect(storage.put(key, Buffer.from('x'))).rejects.toThrow(TypeError)
    await expect(storage.open(key)).rejects.toThrow(TypeError)
    await expect(storage.remove(key)).rejects.toThrow(TypeError)
    expect(await listFiles()).toEqual([])
  })

  it('is refused as a folder to remove', async () => {
    await storage.put(KEY, Buffer.from('x'))
    for (const folder of ['', '.', '..', '../media', FOLDER.slice(0, 4), `${FOLDER}/..`]) {
      await expect(storage.removeFolder(folder)).rejects.toThrow(TypeError)
    }
    expect(await read(KEY)).toBe('x')
  })
})

describe('what cannot be stored whole', () => {
  it('is refused past the limit, and what was there stays', async () => {
    await storage.put(KEY, Buffer.from('old'))
    const source = Readable.from([Buffer.alloc(600), Buffer.alloc(600)])
    await expect(storage.put(KEY, source, { maxBytes: 1000 })).rejects.toMatchObject({ code: 'too_large', status: 413 })
    expect(source.destroyed).toBe(true)
    expect(await read(KEY)).toBe('old')
    expect(await listFiles()).toEqual(['640.jpg'])
  })

  it('is accepted at exactly the limit', async () => {
    expect(await storage.put(KEY, Buffer.alloc(1000), { maxBytes: 1000 })).toBe(1000)
  })

  it('leaves nothing when the sender breaks off', async () => {
    const source = new Readable({ read: () => undefined })
    source.push(Buffer.alloc(50_000))
    const put = storage.put(KEY, source)
    await expect.poll(() => listFiles()).toHaveLength(1)
    source.destroy()
    await expect(put).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    expect(await listFiles()).toEqual([])
  })

  it('does not leave the sender hanging when the folder cannot be made', async () => {
    await writeFile(join(dataDir, 'media'), 'a file in the way')
    const source = Readable.from([Buffer.alloc(10)])
    await expect(storage.put(KEY, source)).rejects.toMatchObject({ code: 'ENOTDIR' })
    expect(source.destroyed).toBe(true)
  })
})

describe('a full disk', () => {
  const canMount = tryMount()

  it.skipIf(!canMount)(
    'is said so, leaves nothing, and is over when there is room again (needs to mount a tmpfs)',
    async () => {
      const small = join(dataDir, 'small')
      await mkdir(small)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
      try {
        storage = createStorage({ dataDir: small })
        await storage.put(KEY, Buffer.alloc(600_000))
        const other = `${FOLDER}/1280.jpg`
        const full = { code: 'storage_full', status: 507 }
        await expect(
          storage.put(other, Readable.from([Buffer.alloc(300_000), Buffer.alloc(300_000)])),
        ).rejects.toMatchObject(full)
        await expect(
          storage.withScratch(FOLDER, (dir) => writeFile(join(dir, 'x'), Buffer.alloc(600_000))),
        ).rejects.toMatchObject(full)
        expect(await listFiles(small)).toEqual(['640.jpg'])
        await storage.remove(KEY)
        expect(await storage.put(other, Buffer.alloc(600_000))).toBe(600_000)
      } finally {
        execFileSync('umount', [small])
      }
    },
  )
})

function tryMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

describe('temporary files', () => {
  it('are in a folder that is gone afterwards, whatever happened', async () => {
    const lent: string[] = []
    await storage.withScratch(FOLDER, async (dir) => {
      lent.push(dir)
      await writeFile(join(dir, 'x'), 'x')
    })
    const failing = storage.withScratch(FOLDER, async (dir) => {
      await writeFile(join(dir, 'x'), 'x')
      throw new Error('in the middle')
    })
    await expect(failing).rejects.toThrow('in the middle')
    expect(lent).toHaveLength(1)
    expect(await listFiles()).toEqual([])
  })

  it('of a killed process are swept once they are old, the others not', async () => {
    const scratch = join(dataDir, 'media', 'tmp')
    await mkdir(join(scratch, 'old-folder'), { recursive: true })
    await writeFile(join(scratch, 'old-folder', '640.jpg'), 'x')
    await writeFile(join(scratch, 'old-file'), 'x')
    await writeFile(join(scratch, 'in-work'), 'x')
    await storage.put(KEY, Buffer.from('kept'))
    const before = new Date(Date.now() - 25 * 3_600_000)
    for (const name of ['old-folder', 'old-file']) await utimes(join(scratch, name), before, before)
    expect(await storage.sweepTemporary(24 * 3_600_000)).toBe(2)
    expect((await listFiles()).sort()).toEqual(['640.jpg', 'in-work'])
  })

  it('of one folder are cleared by who does its work again, those of others not', async () => {
    const scratch = join(dataDir, 'media', 'tmp')
    const other = 'a1'.repeat(16)
    await storage.withScratch(other, async () => {
      await storage.withScratch(FOLDER, async (dir) => {
        await writeFile(join(dir, '640.jpg'), 'x')
        expect(await readdir(scratch)).toHaveLength(2)
        await storage.clearTemporary(FOLDER)
        expect(await readdir(scratch)).toEqual([expect.stringMatching(new RegExp(`^${other}\\.`))])
      })
    })
  })

  it('need not exist to be swept', async () => {
    expect(await storage.sweepTemporary(0)).toBe(0)
  })
})

describe('the place', () => {
  it('is the one of a file: address', async () => {
    const folder = join(dataDir, 'élans & pictures')
    storage = createStorage({ storageUrl: pathToFileURL(folder).href, dataDir: '/nowhere' })
    await storage.put(KEY, Buffer.from('x'))
    expect(await listFiles(folder)).toEqual(['640.jpg'])
  })

  it.each(['s3://bucket/pictures', 'https://files.example/', 'file://elsewhere/pictures', '/srv/pictures', 'media'])(
    'cannot be %s, and that is said',
    (storageUrl) => {
      expect(() => createStorage({ storageUrl, dataDir })).toThrow(/^STORAGE_URL must be a folder of this machine/)
    },
  )
})
