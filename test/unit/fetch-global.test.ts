import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createFetcher, installGlobalDispatcher } from '#src/core/fetch.ts'

// The dispatcher stays in this file: every test file runs in a process or thread of its own.
const warn = vi.fn()
let answer: RequestListener = (_request, response) => response.end()
const listed = createServer((request, response) => answer(request, response))
const unlisted = createServer((_request, response) => response.end('secret'))
let listedOrigin = ''
let unlistedOrigin = ''

beforeAll(async () => {
  for (const server of [listed, unlisted]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const [host, other] = [listed, unlisted].map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
  listedOrigin = `http://${host}`
  unlistedOrigin = `http://${other}`
  installGlobalDispatcher(createFetcher({ allow: [host ?? ''], userAgent: 'Test/1', log: { warn } }))
})

afterAll(async () => {
  for (const server of [listed, unlisted]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const causeOf = async (url: string) => {
  try {
    return { text: await (await fetch(url)).text() }
  } catch (error) {
    const { cause } = error as Error
    return cause ?? error
  }
}

test('a library that uses fetch reaches what is listed, with its own headers', async () => {
  answer = (request, response) => response.end(`${request.headers.accept} ${request.headers['accept-encoding']}`)
  const response = await fetch(listedOrigin, { headers: { accept: 'application/json' } })
  expect(await response.text()).toBe('application/json identity')
})

test('a library reaches nothing private, directly or by redirect (row 42)', async () => {
  expect(await causeOf(unlistedOrigin)).toMatchObject({ code: 'refused-address' })
  answer = (_request, response) => response.writeHead(302, { location: unlistedOrigin }).end()
  expect(await causeOf(listedOrigin)).toMatchObject({ code: 'refused-address' })
  expect(warn).toHaveBeenCalledTimes(2)
})

test('a library gets no more than 2 MB', async () => {
  answer = (_request, response) => response.end(Buffer.alloc(2 * 1024 * 1024))
  expect((await (await fetch(listedOrigin)).arrayBuffer()).byteLength).toBe(2 * 1024 * 1024)
  answer = (_request, response) => response.end(Buffer.alloc(2 * 1024 * 1024 + 1))
  expect(await causeOf(listedOrigin)).toMatchObject({ code: 'too-large' })
})

test('a library gets no bomb', async () => {
  answer = (_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(100_000)))
  expect(await causeOf(listedOrigin)).toMatchObject({ code: 'bad-response' })
})

test('a library is not held for longer than 20 s (row 82)', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const asked = Promise.withResolvers<void>()
  answer = () => asked.resolve()
  const outcome = causeOf(listedOrigin)
  await asked.promise
  vi.advanceTimersByTime(20_001)
  vi.useRealTimers()
  expect(await outcome).toMatchObject({ code: 'timeout' })
})
