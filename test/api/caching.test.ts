import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { ACTIVITY_JSON } from '#test/support/stranger.ts'

let test: TestApp
let handle: string
let postId: string

beforeAll(async () => {
  test = await createTestApp()
  handle = uniqueName('shared')
  const { actorId } = await test.signIn(handle)
  postId = (await make.post(test.ctx, { actorId })).id
})
afterAll(() => test.close())

const get = (url: string, headers: Record<string, string> = {}) => test.app.inject({ url, headers })

const pages = () => [
  `/@${handle}`,
  `/@${handle}/${postId}`,
  `/@${handle}/${postId}/embed`,
  '/about',
  `/@${handle}/products`,
]
const documents = () => [`/users/${handle}`, `/users/${handle}/statuses/${postId}`, `/users/${handle}/outbox?page=true`]

describe('what everybody is shown', () => {
  it('is kept for a minute, and not sent again to who has it (row 86)', async () => {
    for (const url of pages()) {
      const first = await get(url)
      expect([url, first.statusCode, first.headers['cache-control']]).toEqual([url, 200, 'public, max-age=60'])
      expect(first.headers.vary, url).toContain('accept, accept-language, cookie')
      const tag = String(first.headers.etag)
      expect(tag).toMatch(/^W\/"[\w-]{27}"$/)
      for (const known of [tag, `"other", ${tag}`, tag.slice(2), '*']) {
        const again = await get(url, { 'if-none-match': known })
        expect([again.statusCode, again.body], known).toEqual([304, ''])
        expect(again.headers).toMatchObject({
          etag: tag,
          'cache-control': 'public, max-age=60',
          vary: first.headers.vary,
        })
        expect(again.headers).not.toHaveProperty('content-type')
      }
      expect((await get(url, { 'if-none-match': 'W/"other"' })).statusCode).toBe(200)
    }
  })

  it('is the same for other servers, of documents (row 86)', async () => {
    for (const url of documents()) {
      const headers = { accept: ACTIVITY_JSON }
      const first = await get(url, headers)
      expect([url, first.statusCode, first.headers['cache-control']]).toEqual([url, 200, 'public, max-age=60'])
      const again = await get(url, { ...headers, 'if-none-match': String(first.headers.etag) })
      expect([again.statusCode, again.body]).toEqual([304, ''])
    }
  })

  it('is another page in another language, and another thing for a program (row 86)', async () => {
    const url = `/@${handle}`
    const english = await get(url, { 'accept-language': 'en' })
    const tag = String(english.headers.etag)
    const others: Record<string, string>[] = [{ 'accept-language': 'fr' }, { accept: ACTIVITY_JSON }]
    for (const headers of others) {
      const answer = await get(url, { ...headers, 'if-none-match': tag })
      expect(answer.statusCode).toBe(200)
      expect(answer.headers.etag).not.toBe(tag)
      expect(String(answer.headers.vary).toLowerCase()).toContain('accept')
    }
  })

  it('is asked for again when it has changed (row 86)', async () => {
    const { headers } = await test.signIn(handle)
    const url = `/@${handle}`
    const before = String((await get(url)).headers.etag)
    const payload = { display_name: 'Another name' }
    await test.app.inject({ method: 'PATCH', url: '/api/v1/accounts/update_credentials', headers, payload })
    await tellEverybody(test.ctx)
    const after = await get(url, { 'if-none-match': before })
    expect(after.statusCode).toBe(200)
    expect(after.body).toContain('Another name')
  })
})

describe('a herd', () => {
  const asked = 200

  /** CPU of this process and bytes of the answers for each of many questions after another. */
  const measure = async (headers: Record<string, string>) => {
    const before = process.cpuUsage()
    let bytes = 0
    for (let count = 0; count < asked; count++) {
      const answer = await fetch(`${base}/@${handle}/${postId}`, { headers })
      bytes += (await answer.arrayBuffer()).byteLength
    }
    const { user, system } = process.cpuUsage(before)
    return { cpuMs: Math.round((user + system) / asked / 10) / 100, bytes: Math.round(bytes / asked) }
  }
  let base: string
  beforeAll(async () => {
    base = await test.app.listen({ host: '127.0.0.1', port: 0 })
  })

  it('that has a page already is sent nothing of it again (row 86)', async () => {
    const { headers } = await fetch(`${base}/@${handle}/${postId}`)
    await measure({})
    const plain = await measure({})
    const conditional = await measure({ 'if-none-match': headers.get('etag') ?? '' })
    process.stdout.write(`${JSON.stringify({ asked, plain, conditional })}\n`)
    expect(plain.bytes).toBeGreaterThan(1_000)
    expect(conditional.bytes).toBe(0)
  }, 60_000)
})

describe('what is for one', () => {
  it('is kept by nobody when somebody is signed in, and has no tag (row 86)', async () => {
    const { headers } = await test.browse(uniqueName('reader'))
    for (const url of pages()) {
      const tag = String((await get(url)).headers.etag)
      const answer = await get(url, { ...headers, 'if-none-match': tag })
      expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'private, no-store'])
      expect(answer.headers).not.toHaveProperty('etag')
    }
  })

  it('is kept by no cache in between when any cookie came or is set (row 86)', async () => {
    for (const cookie of ['entremise_theme=dark', 'entremise_flash=done:Hello', 'somebody=else']) {
      const answer = await get(`/@${handle}`, { cookie })
      expect([cookie, answer.headers['cache-control']]).toEqual([cookie, 'no-cache'])
    }
  })

  it('is kept by nobody where a page is made for who asks, or is no page at all (row 86)', async () => {
    const plain = ['/login', '/search?q=x']
    for (const url of plain) expect([url, (await get(url)).headers['cache-control']]).toEqual([url, 'no-cache'])
    const missing = await get('/@nobody-at-all')
    expect([missing.statusCode, missing.headers['cache-control']]).toEqual([404, 'no-store'])
    expect(missing.headers).not.toHaveProperty('etag')
    const withToken = await get(`/api/v1/statuses/${postId}`, (await test.signIn(handle)).headers)
    expect(withToken.headers).not.toHaveProperty('etag')
  })

  it('is private as a document where fetches are signed (row 86)', async () => {
    const closed = await createTestApp({ config: { authorizedFetch: true } })
    await closed.signIn('closed')
    const answer = await closed.app.inject({ url: '/users/closed', headers: { accept: ACTIVITY_JSON } })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers).not.toHaveProperty('etag')
    await closed.close()
  })
})
