import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { instance } from '#src/db/schema/instance.ts'
import { media } from '#src/db/schema/media.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { acceptFollow, requestFollow } from '#src/features/follows/service.ts'
import { forgetInstance } from '#src/features/instance/service.ts'
import { createPost, type Draft } from '#src/features/posts/create.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { deletePost } from '#src/features/posts/remove.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp

beforeAll(async () => {
  test = await createTestApp()
  await test.ctx.db.update(instance).set({ setUpAt: test.clock.now(), name: 'Maison', description: 'A house.' })
  forgetInstance(test.ctx)
})
afterAll(() => test.close())

type Headers = Record<string, string>

const get = (url: string, headers: Headers = {}) =>
  test.app.inject({ url, headers: { accept: 'text/html', ...headers } })

async function post(url: string, headers: Headers = {}, fields: Record<string, string> = {}) {
  const { payload, headers: type } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers: { accept: 'text/html', ...type, ...headers } })
}

/** Somebody in a browser, who acts as an actor of the given handle. */
async function somebody(stem = 'someone') {
  const handle = uniqueName(stem)
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

type Person = Awaited<ReturnType<typeof somebody>>

/** A post with a picture, and its page. */
async function publish(author: Person, draft: Partial<Draft> = {}) {
  test.clock.pass(1_000)
  const { id: pictureId, key } = await make.picture(test.ctx, { actorId: author.actorId, description: 'A loaf' })
  const id = await createPost(test.ctx, author.viewer, {
    text: 'Bread',
    mediaIds: [pictureId],
    language: 'en',
    ...draft,
  })
  return { id, key, path: `${author.path}/${id}` }
}

async function follow(follower: Person, followee: Person) {
  await requestFollow(test.ctx, follower.viewer, { actorId: followee.actorId })
  await acceptFollow(test.ctx, followee.viewer, follower.actorId)
}

/** The address that something in the head of a page names. */
const named = (page: string, pattern: RegExp) => readEntities(pattern.exec(page)?.[1] ?? '')

describe('the front page', () => {
  it('shows what the place is, who agreed to be shown, and what they published for everybody', async () => {
    const [shown, shy] = [await somebody('shown'), await somebody('shy')]
    await test.ctx.db
      .update(actors)
      .set({ isDiscoverable: true, name: 'Le <Levain>' })
      .where(eq(actors.id, shown.actorId))
    const open = await publish(shown)
    const closed = await publish(shown, { visibility: 'followers' })
    const quiet = await publish(shown, { visibility: 'unlisted' })
    const page = await get('/')
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('<h1 class="opening__name">Maison</h1>')
    expect(page.body).toContain('Le &lt;Levain&gt;')
    expect(page.body).toContain(`href="${open.path}"`)
    for (const hidden of [closed.path, quiet.path, `href="${shy.path}"`]) expect(page.body).not.toContain(hidden)
  })

  it('says the same to those who have signed in, with their navigation', async () => {
    const me = await somebody()
    const page = await get('/', me.headers)
    expect(page.body).toContain('href="/compose"')
    expect(page.headers['cache-control']).toContain('no-store')
  })

  it('tells who comes too early that the place is not set up, but not how to do it', async () => {
    const early = await createTestApp()
    const page = await early.app.inject('/')
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('Almost there')
    expect(page.body).not.toContain('token')
    await early.close()
  })
})

describe('a profile', () => {
  it('is a page for people and a document for servers at one address', async () => {
    const author = await somebody('maison')
    const page = await get(author.path)
    expect(page.headers['content-type']).toContain('text/html')
    expect(String(page.headers.vary).toLowerCase()).toContain('accept')
    expect(page.body).toContain(
      `<link rel="alternate" href="https://here.example/users/${author.handle}" type="application/activity+json">`,
    )
    const document = await get(author.path, { accept: 'application/activity+json' })
    expect(document.json().id).toBe(`https://here.example/users/${author.handle}`)
  })

  it('shows to everybody what is for everybody, and to followers what is for them', async () => {
    const [author, follower, other] = [await somebody(), await somebody(), await somebody()]
    const open = await publish(author)
    const closed = await publish(author, { visibility: 'followers' })
    await follow(follower, author)
    for (const headers of [{}, other.headers]) {
      const { body } = await get(author.path, headers)
      expect([body.includes(open.path), body.includes(closed.path)]).toEqual([true, false])
    }
    expect((await get(author.path, follower.headers)).body).toContain(closed.path)
  })

  it('keeps answers for the other view, in full words', async () => {
    const [author, other] = [await somebody(), await somebody()]
    const first = await publish(other)
    const answer = await publish(author, { text: 'An answer in words', inReplyToId: first.id })
    expect((await get(author.path)).body).not.toContain(answer.path)
    const page = await get(`${author.path}/with_replies`)
    expect(page.body).toContain('An answer in words')
    expect(page.body).toContain(`href="${first.path}"`)
  })

  it('goes on page by page, each post once', async () => {
    const author = await somebody()
    const ids: string[] = []
    for (let number = 0; number < 26; number++)
      ids.unshift(
        (
          await make.post(test.ctx, {
            actorId: author.actorId,
            publishedAt: new Date(test.clock.now().getTime() + number * 1_000),
          })
        ).id,
      )
    const first = await get(author.path)
    const older = named(first.body, /rel="next" href="([^"]+)"/)
    expect(older).toBe(`${author.path}?max_id=${ids[23]}`)
    const second = await get(older)
    const shown = (page: string) =>
      [...page.matchAll(/class="grid__link[^"]*" href="[^"]*\/(\d+)"/g)].map((match) => match[1])
    expect([...shown(first.body), ...shown(second.body)]).toEqual(ids)
    expect(second.body).not.toContain('rel="next"')
    expect(named(second.body, /rel="prev" href="([^"]+)"/)).toBe(author.path)
    expect((await get(`${author.path}?max_id=x`)).statusCode).toBe(200)
  })

  it('links pages of its own as such, and shows nothing that could act (row 68)', async () => {
    const author = await somebody()
    const fields = [
      {
        name: 'Site',
        value: '<a href="https://maison.example" rel="me nofollow noopener noreferrer">x</a>',
        verifiedAt: null,
      },
    ]
    await test.ctx.db
      .update(actors)
      .set({ fields, name: '<script>alert(1)</script>' })
      .where(eq(actors.id, author.actorId))
    const page = await get(author.path)
    expect(page.body).toContain('rel="me nofollow')
    expect(page.body).not.toContain('<script>')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })

  it('is 404 for nobody, for the instance itself and for the suspended, and 410 for who is gone', async () => {
    const [suspended, gone] = [await somebody(), await somebody()]
    const now = test.clock.now()
    await test.ctx.db.update(actors).set({ suspendedAt: now }).where(eq(actors.id, suspended.actorId))
    await test.ctx.db.update(actors).set({ deletedAt: now }).where(eq(actors.id, gone.actorId))
    for (const path of ['/@nobody_at_all', '/@here.example', suspended.path]) {
      const page = await get(path)
      expect([path, page.statusCode, page.headers['content-type']]).toEqual([path, 404, 'text/html; charset=utf-8'])
    }
    expect((await get(gone.path)).statusCode).toBe(410)
  })

  it('of another server is shown to our people only; strangers are sent to its home', async () => {
    const [me, remote] = [await somebody(), await make.remoteActor(test.ctx, { name: 'Zoé' })]
    const path = `/@${remote.handle}@${remote.host}`
    const away = await get(path)
    expect([away.statusCode, away.headers.location]).toEqual([302, remote.url])
    const page = await get(path, me.headers)
    expect(page.body).toContain('Zoé')
    expect(page.body).toContain('<meta name="robots" content="noindex">')
    expect(page.body).not.toContain('og:title')
  })

  it('has one address: with our host it leads to the short one', async () => {
    const author = await somebody()
    const answer = await get(`${author.path}@here.example`)
    expect([answer.statusCode, answer.headers.location]).toEqual([301, author.path])
  })

  it('says where somebody has moved to, and offers no more to follow', async () => {
    const [me, author, remote] = [
      await somebody(),
      await somebody(),
      await make.remoteActor(test.ctx, { handle: uniqueName('new') }),
    ]
    await test.ctx.db.update(actors).set({ movedToIri: remote.iri }).where(eq(actors.id, author.actorId))
    const page = await get(author.path, me.headers)
    expect(page.body).toContain(`@${remote.handle}@there.example`)
    expect(page.body).not.toContain(`${author.path}/follow"`)
  })
})

describe('following by a button', () => {
  it('goes from asking to waiting, and back', async () => {
    const [me, author] = [await somebody(), await somebody()]
    expect((await get(author.path, me.headers)).body).toContain('Ask to follow')
    const asked = await post(`${author.path}/follow`, me.headers)
    expect([asked.statusCode, asked.headers.location]).toEqual([303, author.path])
    const waiting = await get(author.path, me.headers)
    expect(waiting.body).toContain('Withdraw the request')
    expect((await findFollowBetween(test.ctx.db, me.actorId, author.actorId))?.state).toBe('pending')
    await post(`${author.path}/unfollow`, me.headers)
    expect(await findFollowBetween(test.ctx.db, me.actorId, author.actorId)).toBeNull()
  })

  it('shows when one follows, and that one is followed', async () => {
    const [me, author] = [await somebody(), await somebody()]
    await follow(me, author)
    await follow(author, me)
    const page = await get(author.path, me.headers)
    expect(page.body).toContain('Unfollow')
    expect(page.body).toContain('Follows you')
  })

  it('is not offered to strangers, who are told how to follow from where they are', async () => {
    const author = await somebody()
    const page = await get(author.path)
    expect(page.body).not.toContain(`${author.path}/follow`)
    expect(page.body).toContain(`@${author.handle}@here.example`)
    expect((await post(`${author.path}/follow`)).statusCode).toBe(401)
  })

  it('is not offered where one has blocked the other, or the role does not allow it', async () => {
    const [me, author] = [await somebody(), await somebody()]
    await test.ctx.db.insert(blocks).values({ actorId: author.actorId, blockedId: me.actorId })
    expect((await get(author.path, me.headers)).body).not.toContain(`${author.path}/follow`)
  })

  it('is refused when the form comes from another site', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const answer = await post(`${author.path}/follow`, { ...me.headers, 'sec-fetch-site': 'cross-site' })
    expect(answer.statusCode).toBe(403)
    expect(await findFollowBetween(test.ctx.db, me.actorId, author.actorId)).toBeNull()
  })
})

describe('the page of a post', () => {
  it('tells other sites and servers what it is', async () => {
    const author = await somebody()
    await test.ctx.db.update(actors).set({ isIndexable: true }).where(eq(actors.id, author.actorId))
    const { path, id, key } = await publish(author, { text: 'Bread & "butter"' })
    const page = await get(path)
    expect(page.statusCode).toBe(200)
    expect(String(page.headers.vary).toLowerCase()).toContain('accept')
    expect(named(page.body, /property="og:url" content="([^"]*)"/)).toBe(`https://here.example${path}`)
    expect(named(page.body, /property="og:description" content="([^"]*)"/)).toBe('Bread & "butter"')
    expect(named(page.body, /property="og:image" content="([^"]*)"/)).toBe(`https://here.example/media/${key}/1280.jpg`)
    expect(named(page.body, /property="og:image:alt" content="([^"]*)"/)).toBe('A loaf')
    expect(named(page.body, /<link rel="alternate" href="([^"]*)"/)).toBe(
      `https://here.example/users/${author.handle}/statuses/${id}`,
    )
    expect(page.body).not.toContain('noindex')
    expect(page.body).toContain('>A loaf</p>')
    expect(page.body).toMatch(/<img class="picture__image"[^>]* width="1280" height="1280"/)
  })

  it.each([
    ['unlisted', true],
    ['followers', false],
    ['direct', false],
  ] as const)(
    'keeps search engines away from a post that is %s, and other sites where it is closed',
    async (visibility, isOpen) => {
      const author = await somebody()
      await test.ctx.db.update(actors).set({ isIndexable: true }).where(eq(actors.id, author.actorId))
      const { path } = await publish(author, { visibility })
      const page = await get(path, author.headers)
      expect(page.body).toContain('<meta name="robots" content="noindex">')
      expect(page.body.includes('og:title')).toBe(isOpen)
    },
  )

  it('keeps search engines away when its author does not want to be found by words', async () => {
    expect((await get((await publish(await somebody())).path)).body).toContain('noindex')
  })

  it('gives other sites no picture that readers are asked about first (row 34)', async () => {
    const { path } = await publish(await somebody(), { isSensitive: true })
    expect((await get(path)).body).not.toContain('og:image')
  })

  it('is not there for those who may not see it, whoever they are (row 25)', async () => {
    const [author, follower, other] = [await somebody(), await somebody(), await somebody()]
    await follow(follower, author)
    const { path } = await publish(author, { visibility: 'followers' })
    for (const headers of [{}, other.headers]) expect((await get(path, headers)).statusCode).toBe(404)
    for (const headers of [author.headers, follower.headers]) expect((await get(path, headers)).statusCode).toBe(200)
  })

  it('shows pictures that are not for all by addresses for the reader alone', async () => {
    const [author, follower] = [await somebody(), await somebody()]
    await follow(follower, author)
    const { path, key } = await publish(author, { visibility: 'followers' })
    const { body } = await get(path, follower.headers)
    const src = named(body, new RegExp(`class="picture__image" src="([^"]*${key}[^"]*)"`))
    expect(new URL(src).searchParams.get('for')).toBe(follower.actorId)
  })

  it('is 410 when it was deleted and had been for all, 404 when not', async () => {
    const author = await somebody()
    const [open, closed] = [await publish(author), await publish(author, { visibility: 'followers' })]
    for (const { id } of [open, closed]) await deletePost(test.ctx, author.viewer, id)
    expect((await get(open.path)).statusCode).toBe(410)
    expect((await get(closed.path)).statusCode).toBe(404)
  })

  it('belongs to its author only', async () => {
    const [author, other] = [await somebody(), await somebody()]
    const { id } = await publish(author)
    expect((await get(`${other.path}/${id}`)).statusCode).toBe(404)
    for (const wrong of ['x', '99999999999999999999'])
      expect((await get(`${author.path}/${wrong}`)).statusCode).toBe(404)
  })

  it('shows the conversation as far as the reader may see it', async () => {
    const [author, friend] = [await somebody(), await somebody()]
    await follow(friend, author)
    const first = await publish(author, { text: 'The first' })
    const second = await publish(friend, { text: 'The second', inReplyToId: first.id })
    await publish(author, { text: 'A secret', inReplyToId: second.id, visibility: 'followers' })
    const strangers = (await get(second.path)).body
    expect([strangers.includes('The first'), strangers.includes('A secret')]).toEqual([true, false])
    expect((await get(second.path, friend.headers)).body).toContain('A secret')
  })

  it('of a boost leads to what it shows', async () => {
    const [author, other] = [await somebody(), await somebody()]
    const { id, path } = await publish(author)
    const boost = await make.boost(test.ctx, { actorId: other.actorId, boostOfId: id })
    const answer = await get(`${other.path}/${boost.id}`)
    expect([answer.statusCode, answer.headers.location]).toEqual([302, path])
  })

  it('of another server is shown to our people; strangers are sent to its home', async () => {
    const [me, remote] = [await somebody(), await make.remoteActor(test.ctx)]
    const iri = `https://there.example/notes/${uniqueName('n')}`
    const { id } = await make.post(test.ctx, {
      actorId: remote.id,
      iri,
      url: `${iri}/page`,
      content: '<p>From afar</p>',
    })
    const path = `/@${remote.handle}@${remote.host}/${id}`
    expect((await get(path)).headers.location).toBe(`${iri}/page`)
    const page = await get(path, me.headers)
    expect(page.body).toContain('From afar')
    expect(page.body).toContain(`href="${iri}/page"`)
  })

  it('offers to strangers a way to answer, and no button', async () => {
    const { path } = await publish(await somebody())
    const page = await get(path)
    expect(page.body).toContain(`<code class="copyable__text">https://here.example${path}</code>`)
    expect(page.body).not.toContain(`${path}/like`)
  })
})

describe('the buttons of a post', () => {
  it.each([
    ['like', 'unlike', 'likesCount'],
    ['boost', 'unboost', 'boostsCount'],
  ] as const)('%s it and take that back', async (act, undo, counter) => {
    const [me, author] = [await somebody(), await somebody()]
    const { id, path } = await publish(author)
    const answer = await post(`${path}/${act}`, me.headers)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, path])
    expect((await findPost(test.ctx.db, id))?.[counter]).toBe(1)
    expect((await get(path, me.headers)).body).toContain(`action="${path}/${undo}"`)
    await post(`${path}/${undo}`, me.headers)
    expect((await findPost(test.ctx.db, id))?.[counter]).toBe(0)
  })

  it('delete it for its author only, who is asked first', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const { id, path } = await publish(author)
    expect((await get(path, me.headers)).body).not.toContain(`${path}/delete`)
    expect((await post(`${path}/delete`, me.headers)).statusCode).toBe(404)
    expect((await get(path, author.headers)).body).toContain('Delete this post?')
    const answer = await post(`${path}/delete`, author.headers)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, author.path])
    expect((await findPost(test.ctx.db, id))?.deletedAt).not.toBeNull()
    const kept = await test.ctx.db.select().from(media).where(eq(media.actorId, author.actorId))
    expect(kept.every(({ deletedAt }) => deletedAt !== null)).toBe(true)
    const flash = answer.cookies.find(({ name }) => name === 'entremise_flash')
    const next = await get(author.path, {
      cookie: `${author.headers.cookie}; entremise_flash=${encodeURIComponent(flash?.value ?? '')}`,
    })
    expect(next.body).toContain('The post is deleted.')
    expect(next.cookies).toContainEqual(expect.objectContaining({ name: 'entremise_flash', value: '' }))
  })

  it('do nothing with what one may not see', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const { path } = await publish(author, { visibility: 'followers' })
    for (const act of ['like', 'boost']) expect((await post(`${path}/${act}`, me.headers)).statusCode).toBe(404)
  })

  it('are only those that the role allows', async () => {
    const author = await somebody()
    const { path } = await publish(author)
    const { actor, viewer } = await make.actor(test.ctx, { role: 'analyst' })
    expect(viewer.role).toBe('analyst')
    const me = await test.browse(actor.handle)
    await test.ctx.db.$client`update memberships set role = 'analyst' where user_id = ${me.userId}`
    const page = await get(path, me.headers)
    for (const act of ['like', 'boost', 'delete']) expect(page.body).not.toContain(`${path}/${act}"`)
    expect(page.body).not.toContain('/compose?reply=')
    expect((await post(`${path}/like`, me.headers)).statusCode).toBe(403)
  })
})

describe('those who ask to follow', () => {
  it('are listed with what helps to decide, and counted in the navigation', async () => {
    const [me, friend] = [await somebody(), await somebody()]
    const remote = await make.remoteActor(test.ctx, { name: 'Zoé', host: 'new.example' })
    await make.follow(test.ctx, { followerId: remote.id, followeeId: me.actorId, state: 'pending', note: 'I bake too' })
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend.actorId })
    await make.follow(test.ctx, { followerId: friend.actorId, followeeId: remote.id })
    const picture = await make.picture(test.ctx, { actorId: remote.id, description: 'An oven' })
    const { id } = await make.post(test.ctx, { actorId: remote.id, iri: 'https://new.example/1', hasMedia: true })
    await test.ctx.db.update(media).set({ postId: id }).where(eq(media.id, picture.id))
    const { body } = await get('/requests', me.headers)
    for (const fact of [
      'Zoé',
      'I bake too',
      'An oven',
      'First request from this server',
      'Followed by 1 person you follow',
      '1 post',
      '1 waiting',
    ])
      expect(readEntities(body)).toContain(fact)
  })

  it('are let in or refused, and one is told so', async () => {
    const me = await somebody()
    const [first, second] = [await make.remoteActor(test.ctx, { name: 'Zoé' }), await make.remoteActor(test.ctx)]
    for (const { id } of [first, second])
      await make.follow(test.ctx, { followerId: id, followeeId: me.actorId, state: 'pending' })
    const yes = await post(`/requests/${first.id}/approve`, me.headers)
    expect([yes.statusCode, yes.headers.location]).toEqual([303, '/requests'])
    expect(yes.cookies[0]?.value).toBe('done:Zoé now follows you.')
    await post(`/requests/${second.id}/refuse`, me.headers)
    const states = await Promise.all([first, second].map(({ id }) => findFollowBetween(test.ctx.db, id, me.actorId)))
    expect(states.map((follow) => follow?.state)).toEqual(['accepted', 'rejected'])
  })

  it('are no business of strangers, nor of somebody else', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const remote = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: remote.id, followeeId: other.actorId, state: 'pending' })
    expect((await get('/requests')).headers.location).toBe('/login?next=%2Frequests')
    for (const id of [remote.id, 'x']) expect((await post(`/requests/${id}/approve`, me.headers)).statusCode).toBe(404)
    expect((await get('/requests', me.headers)).body).toContain('Nobody is waiting')
  })
})

describe('the way from another server', () => {
  const find = (uri: string, headers: Headers) => get(`/authorize_interaction?${new URLSearchParams({ uri })}`, headers)

  it('leads to the sign-in first', async () => {
    const answer = await find('https://there.example/users/zoe', {})
    expect(answer.statusCode).toBe(303)
    expect(answer.headers.location).toMatch(/^\/login\?next=%2Fauthorize_interaction%3Furi%3D/)
  })

  it('ends where the buttons are: on the page of the person or post', async () => {
    const [me, author, remote] = [await somebody(), await somebody(), await make.remoteActor(test.ctx)]
    const { path } = await publish(author)
    const places = await Promise.all(
      [
        `https://here.example${path}`,
        `acct:${author.handle}@here.example`,
        remote.iri ?? '',
        `@${remote.handle}@${remote.host}`,
      ].map(async (uri) => (await find(uri, me.headers)).headers.location),
    )
    const remotePath = `/@${remote.handle}@${remote.host}`
    expect(places).toEqual([path, author.path, remotePath, remotePath])
  })

  it('says when nothing is there, or the address is none (row 69)', async () => {
    const me = await somebody()
    const nothing = await find(`@${uniqueName('no')}@here.example`, me.headers)
    expect([nothing.statusCode, nothing.body.includes('Nothing was found')]).toEqual([404, true])
    for (const wrong of ['javascript:alert(1)', 'file:///etc/passwd', 'https://', 'a b c']) {
      const answer = await find(wrong, me.headers)
      expect([wrong, answer.statusCode]).toEqual([wrong, 422])
    }
    expect((await get('/authorize_interaction', me.headers)).statusCode).toBe(200)
  })
})

describe('a hashtag', () => {
  it('gathers what is public under it, however it is spelt', async () => {
    const author = await somebody()
    const open = await publish(author, { text: 'Un #Café' })
    const closed = await publish(author, { text: '#café', visibility: 'followers' })
    const page = await get('/tags/CAFE')
    expect(page.body).toContain('#Café')
    expect([page.body.includes(open.path), page.body.includes(closed.path)]).toEqual([true, false])
    expect(page.body).toContain('noindex')
  })

  it('that nobody has used yet is an empty page that says so', async () => {
    const page = await get('/tags/never_used')
    expect([page.statusCode, page.body.includes('Nothing under this tag')]).toEqual([200, true])
  })
})

describe('an error', () => {
  it('keeps the way on for those who have signed in', async () => {
    const me = await somebody()
    for (const path of ['/no/such/page', '/@nobody_at_all']) {
      const page = await get(path, me.headers)
      expect([page.statusCode, page.body.includes('href="/compose"')]).toEqual([404, true])
    }
  })

  it('tells somebody who acts as nobody why nothing can be done', async () => {
    const user = await make.user(test.ctx)
    const { payload, headers } = formBody({ email: user.email, password: user.password })
    const signedIn = await test.app.inject({ method: 'POST', url: '/login', payload, headers })
    const cookie = signedIn.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const page = await get('/compose', { cookie })
    expect([page.statusCode, page.body.includes('You speak as nobody yet')]).toEqual([403, true])
  })
})
