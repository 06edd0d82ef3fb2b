import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function author(name = 'Maison <Dupont>') {
  return (await make.actor(test.ctx, { handle: uniqueName('maison'), name })).actor
}

const ask = (url: string, more = '') => createClient(test.app).get(`/api/oembed?url=${encodeURIComponent(url)}${more}`)

describe('oEmbed', () => {
  it('tells how a post for everybody is shown elsewhere, by its page and by its id', async () => {
    const { id: actorId, handle } = await author()
    const { id } = await make.post(test.ctx, { actorId })
    const page = `https://here.example/@${handle}/${id}`
    const answer = await ask(page)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      type: 'rich',
      version: '1.0',
      title: 'Post by Maison <Dupont>',
      author_name: 'Maison <Dupont>',
      author_url: `https://here.example/@${handle}`,
      provider_name: 'Entremise',
      provider_url: 'https://here.example/',
      cache_age: 86_400,
      html: expect.stringMatching(
        /^<iframe src="https:\/\/here\.example\/@\w+\/\d+\/embed" title="Post by Maison &lt;Dupont&gt;" width="400" height="480" /,
      ),
      width: 400,
      height: 480,
    })
    expect((await ask(`https://here.example/users/${handle}/statuses/${id}`)).body).toEqual(answer.body)
    const small = (await ask(page, '&maxwidth=300&maxheight=200')).body
    expect(small).toMatchObject({ width: 300, height: 200 })
    expect(small.html).toContain('width="300" height="200"')
    const html = (await test.app.inject({ url: new URL(page).pathname })).body
    const link = /<link rel="alternate" href="([^"]*)" type="application\/json\+oembed"/.exec(html)?.[1] ?? ''
    const { pathname, search } = new URL(link.replaceAll('&amp;', '&'))
    expect((await createClient(test.app).get(pathname + search)).body).toEqual(answer.body)
  })

  it('knows no post that is not for everybody, not ours, or not there (rows 26, 34)', async () => {
    const { id: actorId, handle } = await author()
    const at = (id: string) => `https://here.example/@${handle}/${id}`
    const quiet = await make.post(test.ctx, { actorId, visibility: 'unlisted' })
    expect((await ask(at(quiet.id))).status).toBe(200)
    const open = await make.post(test.ctx, { actorId })
    const boost = await make.boost(test.ctx, { actorId, boostOfId: open.id })
    const [followers, direct] = [
      await make.post(test.ctx, { actorId, visibility: 'followers' }),
      await make.post(test.ctx, { actorId, visibility: 'direct' }),
    ]
    const gone = await make.post(test.ctx, { actorId, deletedAt: new Date() })
    const far = await make.remoteActor(test.ctx)
    const remote = await make.post(test.ctx, { actorId: far.id, iri: `${far.iri}/1`, url: 'https://there.example/1' })
    for (const { id } of [boost, followers, direct, gone]) {
      expect((await ask(at(id))).status).toBe(404)
      const embed = await test.app.inject({ url: `/@${handle}/${id}/embed` })
      expect([embed.statusCode, embed.headers['x-frame-options']]).toEqual([404, 'DENY'])
    }
    expect((await test.app.inject({ url: `/@${far.handle}@${far.host}/${remote.id}/embed` })).statusCode).toBe(404)
    const other = await author()
    for (const url of [
      `https://here.example/@${other.handle}/${open.id}`,
      'https://there.example/1',
      'https://here.example/@nobody/1',
      'x',
    ])
      expect((await ask(url)).status).toBe(404)
    expect((await createClient(test.app).get('/api/oembed')).status).toBe(422)
    expect((await ask(at(open.id), '&maxwidth=wide')).status).toBe(422)
  })
})

describe('the page for a frame', () => {
  it('shows the post as everybody sees it and does nothing', async () => {
    const { id: actorId, handle } = await author()
    const { id } = await make.post(test.ctx, { actorId, content: '<p>Fresh bread</p>' })
    const path = `/@${handle}/${id}`
    const page = await test.app.inject({ url: `${path}/embed` })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; img-src 'self' data:; style-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'",
    )
    expect(page.headers['x-frame-options']).toBeUndefined()
    expect(page.body).toContain('Fresh bread')
    expect(page.body).toContain('<base target="_blank">')
    expect(page.body).toContain(`href="https://here.example${path}"`)
    expect(page.body).not.toMatch(/<script|<form/)
    const framed = await test.app.inject({ url: path })
    expect(framed.headers['x-frame-options']).toBe('DENY')
    // Who is signed in sees no more than others do.
    const { headers } = await test.browse(handle)
    expect((await test.app.inject({ url: `${path}/embed`, headers })).body).toBe(page.body)
    const secret = await make.post(test.ctx, { actorId, visibility: 'followers' })
    expect((await test.app.inject({ url: `/@${handle}/${secret.id}/embed`, headers })).statusCode).toBe(404)
  })

  it('shows a poll without a way to vote', async () => {
    const { id: actorId, handle } = await author()
    const { id } = await make.post(test.ctx, { actorId })
    await make.poll(test.ctx, { postId: id })
    const { headers } = await test.browse(uniqueName('voter'))
    const page = await test.app.inject({ url: `/@${handle}/${id}/embed`, headers })
    expect(page.body).toContain('class="poll"')
    expect(page.body).not.toContain('<form')
  })
})
