import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockedHosts } from '#src/db/schema/blocks.ts'
import { storeRemoteActor } from '#src/features/actors/service.ts'
import { checkDueLinks } from '#src/features/links/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { uniqueName } from '#test/support/make.ts'
import { remoteInput } from '#test/support/remote-input.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'

let test: TestApp
let site: Stranger

beforeAll(async () => {
  test = await createTestApp({
    config: { publicUrl: 'http://here.example', outboundAllow: ['127.0.0.1', 'localhost'] },
  })
  site = await startStranger()
})
afterAll(async () => {
  await site.close()
  await test.close()
})

const html = (body: string, more: object = {}) => ({ headers: { 'content-type': 'text/html' }, body, ...more })

/** A member with one line in the profile, and what that line says of a proof after the pages were read. */
async function memberWith(value: string) {
  const handle = uniqueName('ines')
  const client = createClient(test.app, (await test.signIn(handle)).headers)
  const give = async (text: string) => {
    const answer = await client.patch('/api/v1/accounts/update_credentials', {
      fields_attributes: [{ name: 'Site', value: text }],
    })
    expect(answer.status).toBe(200)
  }
  await give(value)
  const proof = async (): Promise<string | null> => {
    await checkDueLinks(test.ctx)
    const { body } = await client.get('/api/v1/accounts/verify_credentials')
    return body.fields[0].verified_at
  }
  return { handle, give, proof, profile: `http://here.example/@${handle}`, iri: `http://here.example/users/${handle}` }
}

/** A new page of the site, and what it says later. */
function page() {
  const path = `/${uniqueName('page')}`
  return { url: site.url + path, says: (body: string, more = {}) => site.serve(path, html(body, more)) }
}

describe('a link in a profile (row 64)', () => {
  it.each([
    ['in its text', (me: string) => `<p>Me <a rel="nofollow ME" href="${me}/">elsewhere</a></p>`],
    ['in its head', (me: string) => `<link rel=me href="${me}#about">`],
  ])('is proven by a page that links back %s, and tells since when', async (_where, body) => {
    const home = page()
    const ines = await memberWith(home.url)
    home.says(body(ines.profile))
    const since = test.clock.now().toISOString()
    expect(await ines.proof()).toBe(since)
    test.clock.pass(8 * DAY_MS)
    expect(await ines.proof()).toBe(since)
  })

  it('is proven by the id of the actor too', async () => {
    const home = page()
    const ines = await memberWith(home.url)
    home.says(`<a rel="me" href="${ines.iri}">me</a>`)
    expect(await ines.proof()).not.toBeNull()
  })

  it.each([
    ['links to somebody else', (me: string) => `<a rel="me" href="${me}x">me</a>`],
    ['links without saying that it is the same', (me: string) => `<a rel="nofollow" href="${me}">a friend</a>`],
    ['only shows the address', (me: string) => `<p>rel="me" href="${me}"</p>`],
  ])('is not proven by a page that %s', async (_what, body) => {
    const home = page()
    const ines = await memberWith(home.url)
    home.says(body(ines.profile))
    expect(await ines.proof()).toBeNull()
  })

  it('is not proven by what is no page, is a page of another host, or is of a server that is blocked', async () => {
    const file = page()
    const ines = await memberWith(file.url)
    file.says(`<a rel="me" href="${ines.profile}">me</a>`, { headers: { 'content-type': 'text/plain' } })
    expect(await ines.proof()).toBeNull()
    const far = page()
    far.says(`<a rel="me" href="${ines.profile}">me</a>`)
    const near = page()
    await ines.give(near.url)
    const elsewhere = far.url.replace('127.0.0.1', 'localhost')
    near.says('', { status: 302, headers: { location: elsewhere } })
    expect(await ines.proof()).toBeNull()
    await ines.give(elsewhere)
    expect(await ines.proof()).not.toBeNull()
    await test.ctx.db.insert(blockedHosts).values({ host: 'localhost' })
    test.clock.pass(8 * DAY_MS)
    expect(await ines.proof()).toBeNull()
    await test.ctx.db.delete(blockedHosts)
  })

  it('in the middle of other words is not looked at: nobody would see what was proven', async () => {
    const home = page()
    const ines = await memberWith(`my bank ${home.url}`)
    home.says(`<a rel="me" href="${ines.profile}">me</a>`)
    expect(await ines.proof()).toBeNull()
    expect(site.gets.filter(({ path }) => home.url.endsWith(path))).toHaveLength(0)
  })

  it('loses its proof when the page does not link back any more, and keeps it while the page cannot be read', async () => {
    const home = page()
    const ines = await memberWith(home.url)
    home.says(`<a rel="me" href="${ines.profile}">me</a>`)
    const since = await ines.proof()
    expect(since).not.toBeNull()
    home.says('', { status: 503 })
    test.clock.pass(8 * DAY_MS)
    expect(await ines.proof()).toBe(since)
    home.says('<p>moved</p>')
    test.clock.pass(2 * DAY_MS)
    expect(await ines.proof()).toBeNull()
  })

  it('is asked about again at once when it is written anew, and another line proves nothing for it', async () => {
    const home = page()
    const ines = await memberWith(home.url)
    home.says(`<a rel="me" href="${ines.profile}">me</a>`)
    expect(await ines.proof()).not.toBeNull()
    const other = page()
    other.says('<p>nothing</p>')
    await ines.give(other.url)
    expect(await ines.proof()).toBeNull()
    await ines.give(home.url)
    expect(await ines.proof()).not.toBeNull()
  })

  it('of somebody elsewhere is proven in the same way, and stays so while the profile says the same', async () => {
    const home = page()
    const given = remoteInput({
      fields: [{ name: 'Site', value: `<a href="${home.url}" rel="me">${home.url.slice(7)}</a>` }],
    })
    home.says(`<a rel="me" href="${given.url}">me</a>`)
    const { id } = await storeRemoteActor(test.ctx, given)
    const visitor = createClient(test.app)
    const proof = async () => {
      await checkDueLinks(test.ctx)
      return (await visitor.get(`/api/v1/accounts/${id}`)).body.fields[0].verified_at
    }
    const since = await proof()
    expect(since).not.toBeNull()
    await storeRemoteActor(test.ctx, { ...given, name: 'Anna B.' })
    expect(await proof()).toBe(since)
    await storeRemoteActor(test.ctx, { ...given, fields: [] })
    await storeRemoteActor(test.ctx, given)
    home.says('')
    expect(await proof()).toBeNull()
  })
})
