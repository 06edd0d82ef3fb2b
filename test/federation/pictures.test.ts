import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockHost } from '#src/features/domains/service.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'

let neighbours: Neighbours
let gallery: Stranger

beforeAll(async () => {
  ;[neighbours, gallery] = await Promise.all([startNeighbours(), startStranger()])
})
afterAll(() => Promise.all([neighbours.close(), gallery.close()]))

/** A post from elsewhere as it is shown here. */
async function shown(more: Json): Promise<Json> {
  const { rosa, lea, say, find } = neighbours
  const note = rosa.note({ cc: [lea.iri], ...more })
  await say(rosa, creating(rosa, note))
  return find(lea, note.id)
}

const picture = (path: string) => ({ type: 'Image', mediaType: 'image/jpeg', url: `${gallery.url}${path}` })

describe('a picture of another server', () => {
  it('that is too large or not there is a fault of its server, for which it is asked once in a while', async () => {
    const headers = { 'content-type': 'image/jpeg' }
    gallery.serve('/large.jpg', { headers, body: Buffer.alloc(17 * 1024 * 1024) })
    const { media_attachments: pictures } = await shown({ attachment: [picture('/large.jpg'), picture('/none.jpg')] })
    const statuses: number[] = []
    for (const { url } of [...pictures, ...pictures, ...pictures]) statuses.push((await fetch(url)).status)
    expect(statuses).toEqual([503, 404, 503, 404, 503, 404])
    expect(gallery.gets).toHaveLength(2)
  })

  it('is not asked for when that is blocked, nor is an emoji', async () => {
    const evil = await startStranger()
    const icon = { type: 'Image', mediaType: 'image/png', url: `${evil.url}/blob.png` }
    const post = await shown({
      content: '<p>:blob:</p>',
      tag: [{ type: 'Emoji', name: ':blob:', icon }],
      attachment: [{ type: 'Image', mediaType: 'image/jpeg', url: `${evil.url}/a.jpg` }],
    })
    await blockHost(neighbours.instance.ctx, { host: evil.host, reason: 'test' })
    for (const { url } of [...post.emojis, ...post.media_attachments]) expect((await fetch(url)).status).toBe(404)
    expect(evil.gets).toEqual([])
    await evil.close()
  })

  it('is not fetched from a blocked server to which another one leads, nor is a page (row 56)', async () => {
    const { instance, lea } = neighbours
    const evil = await startStranger()
    const name = evil.url.replace('127.0.0.1', 'localhost')
    for (const path of ['/led.jpg', '/led']) {
      gallery.serve(path, { status: 302, headers: { location: name + path } })
    }
    await blockHost(instance.ctx, { host: new URL(name).host, reason: 'test' })
    const post = await shown({ attachment: [picture('/led.jpg')] })
    expect((await fetch(post.media_attachments[0].url)).status).toBe(404)
    const { body: linking } = await lea.api.post('/api/v1/statuses', { status: `${gallery.url}/led` })
    await instance.settle()
    await eventually(() => expect(gallery.gets.map(({ path }) => path)).toContain('/led'))
    expect((await lea.api.get(`/api/v1/statuses/${linking.id}`)).body.card).toBeNull()
    expect(evil.gets).toEqual([])
    await evil.close()
  })
})
