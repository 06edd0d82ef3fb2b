import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPost } from '#src/features/posts/create.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { formBody, formWith, multipartBody, readEntities } from '#test/support/forms.ts'
import { uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody() {
  const handle = uniqueName('reader')
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

type Person = Awaited<ReturnType<typeof somebody>>

const get = async (url: string, person: Person) =>
  readEntities((await test.app.inject({ url, headers: { ...person.headers, 'accept-language': 'en' } })).body)

async function post(me: Person, url: string) {
  const { payload, headers } = formBody({})
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

/** Chooses who may answer from now on, as the form of the settings does. */
async function choose(me: Person, choice: string) {
  const { names } = formWith(await get('/settings/profile', me), 'summary')
  expect(names).toContain('reply_policy')
  const fields = { name: me.handle, summary: '', visibility: 'public', language: '', reply_policy: choice }
  const { payload, headers } = await multipartBody(Object.entries(fields))
  const url = '/settings/profile'
  const answer = await test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
  expect(answer.statusCode).toBe(303)
}

const answer = (me: Person, inReplyToId: string) =>
  createPost(test.ctx, me.viewer, { text: 'Which flour?', inReplyToId })

describe('who may answer', () => {
  it('is chosen in the settings, and whoever may not is told so', async () => {
    const [author, me] = [await somebody(), await somebody()]
    await choose(author, 'followers')
    expect(await get('/settings/profile', author)).toMatch(
      /value="followers" selected[^>]*>Followers and people you follow/,
    )
    const id = await createPost(test.ctx, author.viewer, { text: 'Bread at noon' })
    await expect(answer(me, id)).rejects.toMatchObject({ code: 'invalid' })
    await choose(author, 'public')
    const next = await createPost(test.ctx, author.viewer, { text: 'Bread at one' })
    await expect(answer(me, next)).resolves.toEqual(expect.any(String))
  })

  it('is answered for on the page of the answer by the author alone', async () => {
    const [author, me, other] = [await somebody(), await somebody(), await somebody()]
    await choose(author, 'asked')
    const id = await createPost(test.ctx, author.viewer, { text: 'Bread at noon' })
    const replyId = await answer(me, id)
    const page = `${me.path}/${replyId}`
    expect(await get(page, me)).toContain('has not let it in yet')
    expect((await test.app.inject({ url: page, headers: other.headers })).statusCode).toBe(404)
    expect(await get(page, author)).toContain(`action="${page}/reply/allow"`)
    await tellEverybody(test.ctx)
    const waits = 'answers your post, and waits for you to let the answer in'
    expect(await get('/notifications', author)).toContain(`${me.handle} ${waits}`)
    expect((await post(me, `${page}/reply/allow`)).statusCode).toBe(403)
    expect((await post(other, `${page}/reply/allow`)).statusCode).toBe(404)
    expect((await post(author, `${page}/reply/allow`)).headers.location).toBe(page)
    expect(await get(page, other)).toContain('Which flour?')
    expect(await get(page, author)).not.toContain('/reply/allow')
    await tellEverybody(test.ctx)
    expect(await get('/notifications', author)).not.toContain(waits)
    await post(author, `${page}/reply/refuse`)
    expect((await test.app.inject({ url: page, headers: other.headers })).statusCode).toBe(404)
    expect(await get(page, me)).toContain('has not let it in.')
    expect(await findPost(test.ctx.db, replyId)).toMatchObject({ visibility: 'direct' })
    await post(author, `${page}/reply/allow`)
    expect((await test.app.inject({ url: page, headers: other.headers })).statusCode).toBe(404)
  })
})
