import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createFetcher, type FetcherOptions, type GetOptions } from '#src/core/fetch.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { checkedLookup, type Resolve } from '#src/core/outbound/lookup.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** A server on loopback that counts its connections. */
async function serve(listener: RequestListener) {
  const server: Server = createServer(listener)
  const counts = { connections: 0, open: 0, requests: 0 }
  server.on('connection', (socket) => {
    counts.connections += 1
    counts.open += 1
    socket.on('close', () => {
      counts.open -= 1
    })
  })
  server.on('request', () => {
    counts.requests += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, counts }
}

function fetcherFor(options: Partial<FetcherOptions> = {}) {
  const fetcher = createFetcher({ allow: ['127.0.0.1'], userAgent: 'Test/1', ...options })
  onTestFinished(async () => {
    await fetcher.dispatcher.destroy()
  })
  return fetcher
}

const json: GetOptions = { accept: 'application/activity+json', maxBytes: 10_000, deadlineMs: 3_000 }

async function failure(work: Promise<unknown>): Promise<OutboundError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(OutboundError)
  return error as OutboundError
}

/** Answers every name with these addresses, one list for each question. */
function resolver(...answers: string[][]): Resolve & { asked: string[] } {
  const asked: string[] = []
  const resolve: Resolve = (hostname, _options, callback) => {
    asked.push(hostname)
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? []
    process.nextTick(
      callback,
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return Object.assign(resolve, { asked })
}

describe('a document', () => {
  test('comes with status, final address, headers and bytes', async () => {
    const { origin } = await serve((request, response) => {
      response.setHeader('content-type', 'application/activity+json')
      response.setHeader('link', ['<a>; rel=a', '<b>; rel=b'])
      response.end(JSON.stringify(request.headers))
    })
    const answer = await fetcherFor().get(`${origin}/users/a?x=1#key`, { ...json, headers: { 'x-extra': 'yes' } })
    expect(answer).toMatchObject({ status: 200, url: `${origin}/users/a?x=1`, hops: 0 })
    expect(answer.headers['content-type']).toBe('application/activity+json')
    expect(answer.headers.link).toBe('<a>; rel=a, <b>; rel=b')
    const sent = JSON.parse(answer.body.toString())
    expect(sent).toMatchObject({ accept: 'application/activity+json', 'user-agent': 'Test/1', 'x-extra': 'yes' })
  })

  test.each([
    ['gzip', gzipSync('{"a":1}')],
    ['x-gzip', gzipSync('{"a":1}')],
    ['br', brotliCompressSync('{"a":1}')],
    ['identity', Buffer.from('{"a":1}')],
  ])('is unpacked from %s', async (encoding, bytes) => {
    const { origin } = await serve((_request, response) => response.setHeader('content-encoding', encoding).end(bytes))
    const { body } = await fetcherFor().get(origin, json)
    expect(body.toString()).toBe('{"a":1}')
  })

  test.each([
    ['of an unknown encoding', 'zstd', Buffer.from('abc')],
    ['of stacked encodings', 'gzip, gzip', gzipSync(gzipSync('{}'))],
    ['that is broken', 'gzip', Buffer.from('this is not gzip')],
  ])('%s is refused', async (_name, encoding, bytes) => {
    const { origin } = await serve((_request, response) => response.setHeader('content-encoding', encoding).end(bytes))
    expect(await failure(fetcherFor().get(origin, json))).toMatchObject({ code: 'bad-response' })
  })

  test.each([
    ['announces', (response: Parameters<RequestListener>[1]) => response.end(Buffer.alloc(5_000_000))],
    [
      'hides',
      (response: Parameters<RequestListener>[1]) => {
        const more = () => response.write(Buffer.alloc(5_000), () => response.destroyed || more())
        more()
      },
    ],
  ])('that is too large is dropped whether it %s its size (row 50)', async (_name, answer) => {
    const { origin, counts } = await serve((_request, response) => void answer(response))
    expect(await failure(fetcherFor().get(origin, json))).toMatchObject({ code: 'too-large' })
    await vi.waitFor(() => expect(counts.open).toBe(0))
  })

  test.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('that is a %s bomb is not unpacked beyond the limit (row 50)', async (encoding, bomb) => {
    const { origin } = await serve((_request, response) => response.setHeader('content-encoding', encoding).end(bomb))
    const before = process.memoryUsage().arrayBuffers
    expect(await failure(fetcherFor().get(origin, { ...json, maxBytes: 1_000_000 }))).toMatchObject({
      code: 'too-large',
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
  })

  test('that is gone is gone, however much is said about it', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(410).end(Buffer.alloc(100_000)))
    const { status, body } = await fetcherFor().get(origin, json)
    expect([status, body.length]).toEqual([410, 0])
  })
})

describe('an address that is not public', () => {
  test.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://2130706433',
    'http://0x7f.1',
    'http://[::ffff:127.0.0.1]',
  ])('is not reached as %s (row 41)', async (start) => {
    const { port, counts } = await serve((_request, response) => response.end())
    const error = await failure(fetcherFor({ allow: [] }).get(`${start}:${port}/`, json))
    expect(error.code).toBe('refused-address')
    expect(counts.connections).toBe(0)
  })

  test.each([
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://169.254.169.254/latest',
    'https://[64:ff9b::7f00:1]/',
  ])('is refused as %s for documents, deliveries and files (rows 41, 42, 44, 46, 48)', async (url) => {
    const warn = vi.fn()
    const fetcher = fetcherFor({ allow: [], log: { warn } })
    expect(await failure(fetcher.get(url, json))).toMatchObject({ code: 'refused-address' })
    expect(await failure(fetcher.post(url, { headers: {}, body: '' }))).toMatchObject({ code: 'refused-address' })
    expect(await failure(fetcher.stream(url, json))).toMatchObject({ code: 'refused-address' })
    expect(warn).toHaveBeenCalledTimes(3)
  })

  test('is refused behind a name', async () => {
    const resolve = resolver(['10.1.2.3'])
    const error = await failure(fetcherFor({ resolve }).get('https://innocent.example/', json))
    expect(error).toMatchObject({ code: 'refused-address', message: expect.stringContaining('10.1.2.3') })
  })

  test('does not get in when a name changes its meaning between two requests (row 45)', async () => {
    const { port, counts } = await serve((_request, response) => response.setHeader('connection', 'close').end('ok'))
    // 127.0.0.1 plays the public address, ::1 the private one.
    const resolve = resolver(['127.0.0.1'], ['::1'])
    const fetcher = fetcherFor({ resolve })
    expect((await fetcher.get(`http://rebind.example:${port}/`, json)).status).toBe(200)
    expect(await failure(fetcher.get(`http://rebind.example:${port}/`, json))).toMatchObject({
      code: 'refused-address',
    })
    // One resolution for each connection: what was checked is what was connected to.
    expect(resolve.asked).toHaveLength(2)
    expect(counts.connections).toBe(1)
  })

  test('is left out when a name has public addresses too', async () => {
    const lookup = checkedLookup(resolver(['10.0.0.1', '93.184.216.34', '::1']), (address) => address.startsWith('93.'))
    const all = await new Promise((resolve) => lookup('a.example', { all: true }, (_error, found) => resolve(found)))
    expect(all).toEqual([{ address: '93.184.216.34', family: 4 }])
    const one = await new Promise((resolve) =>
      lookup('a.example', {}, (_error, found, family) => resolve([found, family])),
    )
    expect(one).toEqual(['93.184.216.34', 4])
  })

  test('is refused when the resolver gives a public one first and loopback then (row 45)', async () => {
    const lookup = checkedLookup(resolver(['93.184.216.34'], ['127.0.0.1']), (address) => address.startsWith('93.'))
    const ask = () =>
      new Promise((resolve) => lookup('a.example', { all: true }, (error, found) => resolve(error ?? found)))
    expect(await ask()).toEqual([{ address: '93.184.216.34', family: 4 }])
    expect(await ask()).toMatchObject({ code: 'refused-address' })
  })

  test('is refused after a redirect, at whatever hop (rows 43, 47)', async () => {
    const secret = await serve((_request, response) => response.end('secret'))
    const second = await serve((_request, response) => response.writeHead(302, { location: `${secret.origin}/` }).end())
    const first = await serve((_request, response) => response.writeHead(301, { location: `${second.origin}/` }).end())
    const fetcher = fetcherFor({ allow: [first.host, second.host] })
    expect(await failure(fetcher.get(first.origin, json))).toMatchObject({ code: 'refused-address' })
    expect([first.counts.requests, second.counts.requests, secret.counts.connections]).toEqual([1, 1, 0])
  })

  test('may be named by host and port (row 46)', async () => {
    const named = await serve((_request, response) => response.end('named'))
    const fetcher = fetcherFor({ allow: [`localhost:${named.port}`] })
    expect((await fetcher.get(`http://localhost:${named.port}/`, json)).status).toBe(200)
    expect(await failure(fetcher.get(named.origin, json))).toMatchObject({ code: 'refused-address' })
  })
})

describe('an address in the wrong form', () => {
  test.each([
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:1',
    'nonsense',
    '',
    'http://user@127.0.0.1/',
    'https://u:p@a.example/',
    `http://127.0.0.1/${'a'.repeat(5_000)}`,
  ])('is refused: %.40s (rows 40, 42)', async (url) => {
    expect(await failure(fetcherFor().get(url, json))).toMatchObject({ code: 'bad-url' })
    expect(await failure(fetcherFor().post(url, { headers: {}, body: '' }))).toMatchObject({ code: 'bad-url' })
  })

  test('is refused after a redirect too (row 40)', async () => {
    const { origin } = await serve((_request, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    )
    expect(await failure(fetcherFor().get(origin, json))).toMatchObject({ code: 'bad-url' })
  })

  test('is plain http to a public address', async () => {
    const error = await failure(
      fetcherFor({ resolve: resolver(['93.184.216.34']) }).get('http://public.example/', json),
    )
    expect(error.code).toBe('refused-address')
  })
})

describe('a redirect', () => {
  test('is followed, and each hop is signed for its own address', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/a') return response.writeHead(301, { location: '/b' }).end()
      if (request.url === '/b')
        return response.writeHead(307, { location: `http://127.0.0.1:${request.socket.localPort}/c` }).end()
      response.end(String(request.headers.signature))
    })
    const answer = await fetcherFor().get(`${origin}/a`, {
      ...json,
      sign: async (url) => ({ signature: `for ${url.pathname}` }),
    })
    expect(answer).toMatchObject({ status: 200, url: `${origin}/c`, hops: 2 })
    expect(answer.body.toString()).toBe('for /c')
  })

  test('that has no end is given up (rows 40, 84)', async () => {
    const { origin, counts } = await serve((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    )
    expect(await failure(fetcherFor().get(origin, json))).toMatchObject({ code: 'too-many-redirects' })
    expect(counts.requests).toBe(4)
  })

  test('to nowhere is refused', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(302).end())
    expect(await failure(fetcherFor().get(origin, json))).toMatchObject({ code: 'bad-response' })
  })
})

describe('a slow server (row 82)', () => {
  const slow: GetOptions = { ...json, deadlineMs: 200 }

  test('that never answers', async () => {
    const { origin } = await serve(() => {})
    expect(await failure(fetcherFor().get(origin, slow))).toMatchObject({ code: 'timeout' })
  })

  test('that sends its answer byte by byte', async () => {
    const { origin } = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    expect(await failure(fetcherFor().get(origin, slow))).toMatchObject({ code: 'timeout' })
    expect(await failure(fetcherFor().post(origin, { headers: {}, body: '', deadlineMs: 200 }))).toMatchObject({
      code: 'timeout',
    })
  })

  test('that redirects slowly is held to one deadline for all hops', async () => {
    const { origin } = await serve((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `${request.url}x` }).end(), 150)
    })
    expect(await failure(fetcherFor().get(origin, slow))).toMatchObject({ code: 'timeout' })
  })

  test('does not hold those that wait for a free connection any longer', async () => {
    const { origin, counts } = await serve(() => {})
    const fetcher = fetcherFor()
    const start = performance.now()
    const errors = await Promise.all(Array.from({ length: 8 }, () => failure(fetcher.get(origin, slow))))
    expect(errors.map(({ code }) => code)).toEqual(Array(8).fill('timeout'))
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(counts.connections).toBeLessThanOrEqual(2)
  })

  test('whose name does not resolve in time', async () => {
    const resolve: Resolve = () => {}
    expect(await failure(fetcherFor({ resolve }).get('https://slow.example/', slow))).toMatchObject({ code: 'timeout' })
  })
})

describe('a delivery', () => {
  test('posts the bytes and answers with status, headers and the beginning of the text', async () => {
    const { origin } = await serve((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        response.writeHead(429, { 'retry-after': '120' })
        response.end(`${request.method} ${request.headers.digest} ${Buffer.concat(chunks)} ${'x'.repeat(10_000)}`)
      })
    })
    const receipt = await fetcherFor().post(`${origin}/inbox`, {
      headers: { digest: 'SHA-256=x' },
      body: Buffer.from('{"é":1}'),
    })
    expect(receipt).toMatchObject({ status: 429, headers: { 'retry-after': '120' } })
    expect(receipt.body.toString()).toMatch(/^POST SHA-256=x {"é":1} x+$/)
    expect(receipt.body).toHaveLength(4_096)
  })

  test('does not follow redirects', async () => {
    const { origin, counts } = await serve((_request, response) =>
      response.writeHead(307, { location: '/other' }).end(),
    )
    expect(await fetcherFor().post(origin, { headers: {}, body: '{}' })).toMatchObject({ status: 307 })
    expect(counts.requests).toBe(1)
  })

  test('counts as answered when the text breaks off after the status', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(202, { 'content-length': 100 })
      response.write('partly', () => response.destroy())
    })
    expect(await fetcherFor().post(origin, { headers: {}, body: '{}' })).toMatchObject({ status: 202 })
  })

  test('names the cause when nobody listens', async () => {
    const { origin } = await serve(() => {})
    await Promise.all(closers.splice(0).map((close) => close()))
    const error = await failure(fetcherFor().post(origin, { headers: {}, body: '{}' }))
    expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('connections', () => {
  test('are used again, and never more than two to a host', async () => {
    const { origin, counts } = await serve((request, response) => request.resume().on('end', () => response.end('ok')))
    const fetcher = fetcherFor()
    const post = () => fetcher.post(origin, { headers: {}, body: '{}' })
    for (let round = 0; round < 5; round += 1) await post()
    expect(counts.connections).toBe(1)
    await Promise.all(Array.from({ length: 20 }, post))
    expect(counts.connections).toBe(2)
  })

  test('to many hosts are not all kept (row 85)', async () => {
    const servers = await Promise.all(
      Array.from({ length: 6 }, () => serve((_request, response) => response.end('ok'))),
    )
    const fetcher = fetcherFor({ maxKept: 2 })
    const postToAll = async () => {
      for (const { origin } of servers) expect((await fetcher.post(origin, { headers: {}, body: '' })).status).toBe(200)
    }
    await postToAll()
    await vi.waitFor(() => expect(servers.map(({ counts }) => counts.open)).toEqual([1, 1, 0, 0, 0, 0]))
    await postToAll()
    await vi.waitFor(() => expect(servers.map(({ counts }) => counts.open)).toEqual([1, 1, 0, 0, 0, 0]))
    expect(servers.map(({ counts }) => counts.connections)).toEqual([1, 1, 2, 2, 2, 2])
  })

  test('are closed with the fetcher, after what is under way', async () => {
    const { origin, counts } = await serve((_request, response) => void setTimeout(() => response.end('late'), 100))
    const fetcher = fetcherFor()
    const pending = fetcher.get(origin, json)
    await vi.waitFor(() => expect(counts.requests).toBe(1))
    await fetcher.close()
    expect((await pending).body.toString()).toBe('late')
    await vi.waitFor(() => expect(counts.open).toBe(0))
  })
})

describe('a file', () => {
  const file: GetOptions = { accept: 'image/*', maxBytes: 100_000, deadlineMs: 3_000 }

  test('is handed on as it comes', async () => {
    const { origin } = await serve((_request, response) =>
      response.setHeader('content-type', 'image/png').end('x'.repeat(100_000)),
    )
    const { headers, body } = await fetcherFor().stream(origin, file)
    expect(headers['content-type']).toBe('image/png')
    expect(await text(body)).toHaveLength(100_000)
  })

  test('that is too large fails while it is read', async () => {
    const { origin, counts } = await serve((_request, response) => response.end('x'.repeat(5_000_000)))
    const { body } = await fetcherFor().stream(origin, file)
    expect(await failure(text(body))).toMatchObject({ code: 'too-large' })
    await vi.waitFor(() => expect(counts.open).toBe(0))
  })

  test('that is not there is an error with its status', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(404).end('x'.repeat(50_000)))
    expect(await failure(fetcherFor().stream(origin, file))).toMatchObject({ code: 'bad-status', status: 404 })
  })

  test('that is packed is refused', async () => {
    const { origin } = await serve((_request, response) =>
      response.setHeader('content-encoding', 'gzip').end(gzipSync('x')),
    )
    expect(await failure(fetcherFor().stream(origin, file))).toMatchObject({ code: 'bad-response' })
  })

  test('that stalls fails at the deadline', async () => {
    const { origin } = await serve((_request, response) => void response.write('begin'))
    const { body } = await fetcherFor().stream(origin, { ...file, deadlineMs: 200 })
    expect(await failure(text(body))).toMatchObject({ code: 'timeout' })
  })

  test('that breaks off fails', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('begin', () => response.destroy())
    })
    const { body } = await fetcherFor().stream(origin, file)
    expect(await failure(text(body))).toMatchObject({ code: 'network' })
  })

  test('that breaks off while nobody reads it harms nobody, and fails when it is read', async () => {
    const { origin, counts } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('begin', () => response.destroy())
    })
    const { body } = await fetcherFor().stream(origin, file)
    await vi.waitFor(() => expect([counts.requests, counts.open]).toEqual([1, 0]))
    expect(await failure(text(body))).toMatchObject({ code: 'network' })
  })

  test('that nobody reads is given up at the deadline, and one that is dropped at once', async () => {
    const { origin, counts } = await serve((_request, response) => void response.write('begin'))
    await fetcherFor().stream(origin, { ...file, deadlineMs: 100 })
    const dropped = await fetcherFor().stream(origin, file)
    dropped.body.destroy()
    await vi.waitFor(() => expect(counts.open).toBe(0))
  })
})
