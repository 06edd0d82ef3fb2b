import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeEmoji } from '#src/features/emoji/service.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { findAccount, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { disc, plantEmoji } from '#test/support/emoji.ts'
import { eventually } from '#test/support/eventually.ts'
import { ACTIVITY_JSON } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let here: Instance
let there: Instance
let ada: Member
let bo: Member

beforeAll(async () => {
  ;[here, there] = await Promise.all([startInstance(), startInstance()])
  ;[ada, bo] = await Promise.all([here.join('ada', { isOpen: true }), there.join('bo')])
  await plantEmoji(here.ctx, 'blob')
  await plantEmoji(here.ctx, 'Kiln_2')
  await ada.api.patch('/api/v1/accounts/update_credentials', { display_name: 'Ada :blob:' })
  const id = await findAccount(bo, ada.acct)
  await bo.api.post(`/api/v1/accounts/${id}/follow`)
  await eventually(async () => expect(await relationOf(bo, id)).toMatchObject({ following: true }))
})
afterAll(() => Promise.all([here.close(), there.close()]))

const getDocument = (iri: string, accept = ACTIVITY_JSON) => fetch(iri, { headers: { accept } })

/** A post of Ada's as it is read on the other server. */
async function seenThere(uri: string): Promise<Json> {
  return eventually(async () => {
    const { body } = await bo.api.get('/api/v1/timelines/home')
    const found = body.find((status: Json) => status.uri === uri)
    expect(found).toBeDefined()
    return found
  })
}

describe('an emoji of ours', () => {
  it('goes out as a tag whose id leads to it', async () => {
    const { body } = await ada.api.post('/api/v1/statuses', { status: 'Hi :blob: :Kiln_2: :unknown: #clay' })
    const note = (await (await getDocument(body.uri)).json()) as Json
    const emojis = note.tag.filter(({ type }: Json) => type === 'Emoji')
    expect(emojis.map(({ name }: Json) => name)).toEqual([':blob:', ':Kiln_2:'])
    expect(note['@context'].at(-1)).toMatchObject({ toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji' })
    const [blob] = emojis
    expect(blob).toMatchObject({
      id: expect.stringMatching(/\/emojis\/\d+$/),
      updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      icon: { type: 'Image', mediaType: 'image/png', url: body.emojis[0].url },
    })
    const answer = await getDocument(blob.id)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/activity+json; charset=utf-8',
    ])
    const { '@context': _context, ...document } = (await answer.json()) as Json
    expect(document).toEqual(blob)
    expect((await getDocument(blob.id, 'text/html')).status).toBe(404)
    expect((await getDocument(`${here.url}/emojis/1`)).status).toBe(404)
    expect((await getDocument(`${here.url}/emojis/x`)).status).toBe(404)
  })

  it('stands in the document of whoever has it in their name', async () => {
    const actor = (await (await getDocument(ada.iri)).json()) as Json
    expect(actor.tag).toMatchObject([{ type: 'Emoji', name: ':blob:' }])
    const nobody = (await (await getDocument(bo.iri)).json()) as Json
    expect(nobody.tag).toEqual([])
  })

  it('still says what it is when it was removed', async () => {
    await plantEmoji(here.ctx, 'gone')
    const { body } = await ada.api.post('/api/v1/statuses', { status: ':gone:' })
    await removeEmoji(here.ctx, 'gone')
    const note = (await (await getDocument(body.uri)).json()) as Json
    expect(note.tag).toMatchObject([{ name: ':gone:' }])
    expect((await getDocument(note.tag[0].id)).status).toBe(200)
  })
})

describe('on another server', () => {
  it('a post, its poll and its author have the emojis, shown from there', async () => {
    const poll = { options: [':Kiln_2: yes', 'no'], expires_in: 3600 }
    const { body } = await ada.api.post('/api/v1/statuses', { status: 'Fired :blob:', poll })
    const seen = await seenThere(body.uri)
    expect(seen.emojis.map(({ shortcode }: Json) => shortcode)).toEqual(['blob', 'Kiln_2'])
    expect(seen.poll.emojis).toMatchObject([{ shortcode: 'Kiln_2' }])
    expect(seen.account).toMatchObject({ display_name: 'Ada :blob:', emojis: [{ shortcode: 'blob' }] })
    const [{ url }] = seen.emojis
    expect(new URL(url).origin).toBe(there.url)
    // The first who asks has it fetched.
    const picture = await fetch(url)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    const original = await fetch(body.emojis[0].url)
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(Buffer.from(await original.arrayBuffer()))
    expect((await fetch(url)).status).toBe(200)
    const { userId, actorId } = bo.viewer
    const token = await openSession(there.ctx, { userId, actorId, userAgent: 'test' })
    const headers = { cookie: `${sessionCookie}=${token}` }
    const page = await (await fetch(`${there.url}/@${ada.acct}/${seen.id}`, { headers })).text()
    expect(page).toContain(`Fired <img class="emoji" src="${url}" alt=":blob:"`)
  })

  it('an edit brings others', async () => {
    const { body } = await ada.api.post('/api/v1/statuses', { status: 'First :blob:' })
    await seenThere(body.uri)
    await ada.api.put(`/api/v1/statuses/${body.id}`, { status: 'Then :Kiln_2:' })
    const { id } = await eventually(async () => {
      const seen = await seenThere(body.uri)
      expect(seen.emojis).toMatchObject([{ shortcode: 'Kiln_2' }])
      return seen
    })
    const { body: versions } = await bo.api.get(`/api/v1/statuses/${id}/history`)
    expect(versions).toMatchObject([{ emojis: [{ shortcode: 'blob' }] }, { emojis: [{ shortcode: 'Kiln_2' }] }])
  })

  it('a changed name brings its emoji', async () => {
    await plantEmoji(here.ctx, 'new_one', { bytes: await disc(32) })
    await ada.api.patch('/api/v1/accounts/update_credentials', { display_name: 'Ada :new_one:' })
    const id = await findAccount(bo, ada.acct)
    await eventually(async () => {
      const { body } = await bo.api.get(`/api/v1/accounts/${id}`)
      expect(body).toMatchObject({ display_name: 'Ada :new_one:', emojis: [{ shortcode: 'new_one' }] })
    })
  })
})
