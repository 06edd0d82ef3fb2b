import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { useErrors } from '#src/http/errors.ts'
import { letFormsLeadTo, useSecurity } from '#src/http/security.ts'

const publicUrl = 'https://a.example'

async function start(url = publicUrl): Promise<FastifyInstance> {
  const app = fastify({ logger: false })
  useErrors(app, () => '<!doctype html><p>an error</p>')
  useSecurity(app, { publicUrl: url })
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.get('/page', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('vary', 'Accept').send('<p>x</p>'),
  )
  app.get('/login', (_request, reply) => reply.type('text/html').send('<p>x</p>'))
  app.get('/loginsomething', (_request, reply) => reply.type('text/html').send('<p>x</p>'))
  app.get('/oauth/authorize', (_request, reply) => reply.type('text/html').send('<p>x</p>'))
  app.get<{ Querystring: { to: string } }>('/handover', (request, reply) => {
    letFormsLeadTo(reply, request.query.to)
    return reply.type('text/html').send('<p>x</p>')
  })
  app.get('/api/v1/thing', () => ({ ok: true }))
  app.get('/kept', (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=60')
      .header('content-security-policy', "default-src 'self'")
      .send('x'),
  )
  for (const path of [
    '/compose',
    '/login',
    '/api/v1/thing',
    '/oauth/token',
    '/oauth/revoke',
    '/oauth/authorize',
    '/inbox',
  ]) {
    app.post(path, () => ({ ok: true }))
  }
  await app.ready()
  return app
}

let app: FastifyInstance
beforeAll(async () => {
  app = await start()
})

const policyOf = async (url: string) => String((await app.inject(url)).headers['content-security-policy'])

describe('the headers of a page', () => {
  it('allow only what is ours, and no script or style in the page (rows 65, 77)', async () => {
    const policy = await policyOf('/page')
    expect(policy).toBe(
      "default-src 'none'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    )
  })

  it.each(['/login', '/login?next=%2F', '/oauth/authorize?client_id=1', '/loginsomething'])(
    'keep the forms of %s here, where no client program waits (row 77)',
    async (url) => {
      expect(await policyOf(url)).toMatch(/; form-action 'self'$/)
    },
  )

  it.each([
    ['https://phanpy.social/?a=b', ' https://phanpy.social'],
    ['http://localhost:4000/back', ' http://localhost:4000'],
    ['https://épicerie.example/', ' https://xn--picerie-9xa.example'],
    ['tusky://oauth2redirect', ' tusky:'],
    ['com.example.app:/back', ' com.example.app:'],
    ['http://[::1]:4000/', ' http:'],
    ["https://a.example;script-src'unsafe-inline'/", ''],
    ['https://*.example/', ''],
    ['https://a.example,https/', ''],
    ['no address', ''],
  ])('let a form lead on to the client program at %s, and to nothing else (row 77)', async (to, place) => {
    const policy = await policyOf(`/handover?${new URLSearchParams({ to })}`)
    expect(policy.split('; ').at(-1)).toBe(`form-action 'self'${place}`)
    expect(policy.split(';')).toHaveLength(8)
  })

  it.each(['/page', '/login', '/oauth/authorize', '/api/v1/thing', '/nowhere'])(
    'never cut %s off from popups and from other origins',
    async (url) => {
      const { headers } = await app.inject(url)
      expect(headers).not.toHaveProperty('cross-origin-opener-policy')
      expect(headers).not.toHaveProperty('cross-origin-embedder-policy')
      expect(headers).not.toHaveProperty('cross-origin-resource-policy')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('same-origin')
    },
  )

  it('protect error pages too', async () => {
    const { headers, statusCode } = await app.inject({ url: '/nowhere', headers: { accept: 'text/html' } })
    expect(statusCode).toBe(404)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
  })

  it('ask for TLS for ever only where there is TLS', async () => {
    expect((await app.inject('/page')).headers['strict-transport-security']).toBe('max-age=31536000')
    const plain = await start('http://localhost:3000')
    expect((await plain.inject('/page')).headers).not.toHaveProperty('strict-transport-security')
  })

  it('tell caches that language, sign-in and kind of reader make another page (row 79)', async () => {
    expect((await app.inject('/page')).headers.vary).toBe('accept, accept-language, cookie')
  })
})

describe('caching', () => {
  it('asks again for pages and keeps nothing that was shown to a token (row 79)', async () => {
    expect((await app.inject('/page')).headers['cache-control']).toBe('no-cache')
    const withToken = await app.inject({ url: '/api/v1/thing', headers: { authorization: 'Bearer x' } })
    expect(withToken.headers['cache-control']).toBe('private, no-store')
    expect((await app.inject('/api/v1/thing')).headers).not.toHaveProperty('cache-control')
  })

  it('leaves what a route has said', async () => {
    const { headers } = await app.inject('/kept')
    expect(headers['cache-control']).toBe('public, max-age=60')
    expect(headers['content-security-policy']).toBe("default-src 'self'")
  })

  it('lets a file that is opened as a document do nothing', async () => {
    expect(await policyOf('/api/v1/thing')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
  })
})

describe('a form that another site sends in a visitor’s name', () => {
  const post = async (url: string, headers: InjectOptions['headers']) =>
    (await app.inject({ method: 'POST', url, headers: { host: 'a.example', ...headers } })).statusCode

  it.each([
    ['a foreign site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a hidden origin', { origin: 'null' }],
    ['a foreign site that claims our origin', { 'sec-fetch-site': 'cross-site', origin: publicUrl }],
    ['a foreign port', { origin: 'https://a.example:8443' }],
  ])('is refused from %s, even without a cookie', async (_name, headers) => {
    expect(await post('/compose', headers)).toBe(403)
    expect(await post('/login', headers)).toBe(403)
    expect(await post('/oauth/authorize', headers)).toBe(403)
  })

  it.each([
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: publicUrl }],
    ['a page that was sent again after a restart', { 'sec-fetch-site': 'none' }],
    ['an older browser on our page', { origin: publicUrl }],
    [
      'the address in the local network at which the page was opened',
      { origin: 'http://10.0.0.5:3000', host: '10.0.0.5:3000' },
    ],
    ['a program', {}],
  ])('is accepted from %s', async (_name, headers) => {
    expect(await post('/compose', headers)).toBe(200)
  })

  it('cannot be told from another server’s delivery, which sends neither header', async () => {
    expect(await post('/inbox', { signature: 'x' })).toBe(200)
  })

  it('does not concern clients that show a token or bring no cookie', async () => {
    const foreign = { origin: 'https://phanpy.social', 'sec-fetch-site': 'cross-site' }
    expect(await post('/api/v1/thing', { ...foreign, authorization: 'Bearer x', cookie: 'a=b' })).toBe(200)
    expect(await post('/api/v1/thing', foreign)).toBe(200)
    expect(await post('/oauth/token', { ...foreign, cookie: 'a=b' })).toBe(200)
    expect(await post('/oauth/revoke', foreign)).toBe(200)
    expect(await post('/api/v1/thing', { ...foreign, cookie: 'a=b' })).toBe(403)
  })

  it('is told in a sentence what to do', async () => {
    const headers = { origin: 'https://evil.example', accept: 'application/json' }
    const { statusCode, json } = await app.inject({ method: 'POST', url: '/compose', headers })
    expect(statusCode).toBe(403)
    expect(json().error).toMatch(/Open the page here/)
  })
})
