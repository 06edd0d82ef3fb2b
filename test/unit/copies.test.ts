import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openCopyOf } from '#src/core/copies.ts'
import type { Fetcher } from '#src/core/fetch.ts'
import type { Storage } from '#src/core/storage.ts'
import { tinyPng } from '#test/support/pictures.ts'

/** Keeps everything in memory; every address has the same picture. */
async function means(): Promise<{ storage: Storage; fetcher: Fetcher; asked: string[] }> {
  const png = await tinyPng()
  const stored = new Map<string, Buffer>()
  const asked: string[] = []
  const storage = {
    put: async (key: string) => {
      stored.set(key, png)
      return png.length
    },
    open: async (key: string) => (stored.has(key) ? { stream: Readable.from([png]), size: png.length } : null),
  }
  const fetcher = {
    stream: async (url: string) => {
      asked.push(url)
      return { status: 200, body: Readable.from([png]) }
    },
  }
  return { storage: storage as unknown as Storage, fetcher: fetcher as unknown as Fetcher, asked }
}

describe('copies of pictures of one site', () => {
  it('are three hundred in a minute, under whatever names below it, and others are copied meanwhile (row 56)', async () => {
    const { storage, fetcher, asked } = await means()
    const copy = (host: string, n: number) =>
      openCopyOf(
        { storage, fetcher },
        { url: `https://${host}/${n}.png`, storageKey: `${host}/${n}`, mime: null, maxBytes: 1_000 },
        async () => {},
      )
    for (let n = 0; n < 300; n++) await copy(`files${n % 7}.far.example`, n)
    await expect(copy('files8.far.example', 1)).rejects.toMatchObject({ code: 'unavailable' })
    await copy('other.example', 1)
    expect([asked.length, asked.at(-1)]).toEqual([301, 'https://other.example/1.png'])
  })
})
