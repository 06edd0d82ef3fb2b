import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { useBodies } from '#src/http/bodies.ts'
import { useErrors } from '#src/http/errors.ts'
import { assetsPlugin, assetUrl } from '#src/web/assets.ts'
import { letterUrl } from '#src/web/letters.ts'
import { preferencesPlugin } from '#src/web/preferences.ts'
import { toneColours, toneOf } from '#src/web/tone.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = fastify({ logger: false })
  useErrors(app, () => '<p>an error</p>')
  await app.register(cookie)
  useBodies(app)
  await app.register(assetsPlugin)
  await app.register(preferencesPlugin)
  await app.ready()
})

const get = (url: string, encoding?: string) =>
  app.inject({ url, headers: encoding ? { 'accept-encoding': encoding } : {} })

describe('assets', () => {
  it('may be kept for ever under the hash of their content', async () => {
    expect(assetUrl('page.css')).toMatch(/^\/assets\/page\.[\w-]{10}\.css$/)
    const { headers, statusCode } = await get(assetUrl('page.css'))
    expect(statusCode).toBe(200)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/css; charset=utf-8')
  })

  it('arrive compressed as the browser can read it, and mean the same', async () => {
    const plain = await get(assetUrl('page.css'))
    const br = await get(assetUrl('page.css'), 'gzip, deflate, br')
    const gz = await get(assetUrl('page.css'), 'gzip')
    expect([plain.headers['content-encoding'], br.headers['content-encoding'], gz.headers['content-encoding']]).toEqual(
      [undefined, 'br', 'gzip'],
    )
    expect(brotliDecompressSync(br.rawPayload)).toEqual(plain.rawPayload)
    expect(gunzipSync(gz.rawPayload)).toEqual(plain.rawPayload)
    expect(br.headers.vary).toBe('accept-encoding')
  })

  it('keep what a first visit costs small', async () => {
    expect((await get(assetUrl('page.css'), 'br')).rawPayload.length).toBeLessThan(12_000)
    const scripts = await Promise.all(
      (['page.js', 'compose.js', 'form.js', 'checkout.js'] as const).map((name) => get(assetUrl(name))),
    )
    expect(scripts.reduce((sum, { rawPayload }) => sum + rawPayload.length, 0)).toBeLessThan(20_000)
  })

  it('lets clients of other origins draw the default avatar and header, which are pictures', async () => {
    for (const name of ['avatar.png', 'header.png'] as const) {
      const { headers, rawPayload } = await get(assetUrl(name), 'br')
      expect(headers['access-control-allow-origin']).toBe('*')
      expect(headers['content-type']).toBe('image/png')
      expect(rawPayload.subarray(1, 4).toString()).toBe('PNG')
    }
  })

  it('has a letter for who has no picture, on the tone of the pages, as a PNG that may be kept for ever', async () => {
    for (const [name, handle, start] of [
      ['Église', 'eglise', '/assets/letter-e7.'],
      ['', '7up', `/assets/letter-7${toneOf('7up')}.`],
      ['日本', 'zed', `/assets/letter-z${toneOf('zed')}.`],
    ] as const) {
      const url = letterUrl({ name, handle }) ?? ''
      expect(url.startsWith(start)).toBe(true)
      const { headers, rawPayload } = await get(url)
      expect(headers).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'public, max-age=31536000, immutable',
        'access-control-allow-origin': '*',
      })
      const { data, info } = await sharp(rawPayload).removeAlpha().raw().toBuffer({ resolveWithObject: true })
      expect([info.width, info.height]).toEqual([400, 400])
      const { ground, letter } = toneColours[toneOf(handle)] ?? {}
      expect(`#${data.subarray(0, 3).toString('hex')}`).toBe(ground)
      expect(data.toString('hex')).toContain(letter?.slice(1))
    }
  })

  it('has no letter that nobody has drawn, nor of another version', async () => {
    expect(letterUrl({ name: '日本', handle: '_' })).toBeNull()
    const url = letterUrl({ name: '', handle: 'a' }) ?? ''
    for (const wrong of [
      url.replace('letter-a', 'letter-é'),
      url.replace(/letter-a\d/, 'letter-a9'),
      url.replace(/\..*\./, '.x.'),
    ])
      expect((await get(wrong)).statusCode).toBe(404)
  })

  it('has an icon where browsers look for it unasked', async () => {
    expect((await get('/favicon.ico')).headers['content-type']).toBe('image/png')
  })

  it('knows nothing under another name or hash', async () => {
    for (const url of ['/assets/page.css', '/assets/page.0000000000.css', '/assets/..%2fassets.ts']) {
      expect((await get(url)).statusCode).toBe(404)
    }
  })
})

describe('preferences', () => {
  const post = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/preferences',
      payload,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

  it('keep the appearance in the browser and lead back', async () => {
    const { headers, statusCode, cookies } = await post('theme=dark&next=%2F%40maison')
    expect([statusCode, headers.location]).toEqual([303, '/@maison'])
    expect(cookies).toEqual([
      expect.objectContaining({ name: 'entremise_theme', value: 'dark', path: '/', httpOnly: true, sameSite: 'Lax' }),
    ])
  })

  it('keep the language and never lead to another site', async () => {
    const { headers, cookies } = await post('locale=fr&next=%2F%2Fevil.example')
    expect(headers.location).toBe('/')
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([['entremise_locale', 'fr']])
  })

  it('refuse what is not on the list', async () => {
    expect((await post('theme=pink')).statusCode).toBe(422)
    expect((await app.inject({ method: 'POST', url: '/preferences' })).statusCode).toBe(422)
  })
})
