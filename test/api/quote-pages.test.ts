import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPost, type Draft } from '#src/features/posts/create.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { toQuotePolicy } from '#src/features/posts/quote-policy.ts'
import { findQuoteBy } from '#src/features/posts/quote-queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
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

const get = async (url: string, person?: Person) =>
  test.app.inject({ url, headers: { ...person?.headers, 'accept-language': 'en' } })
const write = (me: Person, draft: Partial<Draft> = {}) =>
  createPost(test.ctx, me.viewer, { text: 'Bread at noon', quotePolicy: 'public', ...draft })

async function post(me: Person, url: string, fields: Record<string, string> = {}) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

async function compose(me: Person, fields: Record<string, string>) {
  const whole = { text: 'Look', visibility: 'public', language: 'en', key: uniqueName('key'), ...fields }
  const { payload, headers } = await multipartBody(Object.entries(whole))
  return test.app.inject({ method: 'POST', url: '/compose', payload, headers: { ...headers, ...me.headers } })
}

describe('quoting on the pages', () => {
  it('begins on the page of a post and shows it as a small card', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const id = await write(author)
    const { body: page } = await get(`${author.path}/${id}`, me)
    expect(page).toContain(`/compose?quote=${id}`)
    const { body: form } = await get(`/compose?quote=${id}`, me)
    expect(readEntities(form)).toContain('Bread at noon')
    expect(formWith(form, 'text').names).toEqual(expect.arrayContaining(['quote', 'quote_policy']))
    const { headers, statusCode } = await compose(me, { quote: id, quote_policy: 'asked' })
    expect(statusCode).toBe(303)
    const made = String(headers.location)
    for (const reader of [undefined, author]) {
      const { body } = await get(made, reader)
      expect(body).toMatch(new RegExp(`<a class="quote__link" href="${author.path}/${id}">`))
      expect(body).toContain('Bread at noon')
      expect(body).not.toContain('quote-inline')
    }
    const row = await findPost(test.ctx.db, made.split('/').at(-1) ?? '')
    expect(row && toQuotePolicy(row)).toBe('asked')
  })

  it('is not offered where the author does not let it', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const id = await write(author, { quotePolicy: 'nobody' })
    expect((await get(`${author.path}/${id}`, me)).body).not.toContain('/compose?quote=')
    expect((await get(`/compose?quote=${id}`, me)).statusCode).toBe(404)
    const { statusCode, body } = await compose(me, { quote: id })
    expect(statusCode).toBe(422)
    expect(readEntities(body)).toContain('may not be quoted')
    expect(formWith(body, 'text').names).not.toContain('quote')
  })

  it('says of a quote to named people whom it must name', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const { statusCode, body } = await compose(me, { quote: await write(author), visibility: 'direct' })
    expect(statusCode).toBe(422)
    expect(readEntities(body)).toContain('name its author too')
  })

  it('shows only the warning of what is behind one (row 34)', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const quoted = await write(author, { text: 'the end of it', spoilerText: 'Tells the end' })
    const made = await write(me, { quotedId: quoted })
    const { body } = await get(`${me.path}/${made}`)
    expect(body).toContain('Tells the end')
    expect(body).not.toContain('the end of it')
  })
})

describe('consent on the pages', () => {
  it('is chosen by the author for each post', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const id = await write(author)
    const page = `${author.path}/${id}`
    const form = formWith((await get(page, author)).body, 'quote_policy')
    expect([form.method, form.action]).toEqual(['post', `${page}/quote-policy`])
    expect((await get(page, me)).body).not.toContain('quote_policy')
    expect((await post(author, form.action, { quote_policy: 'nobody' })).statusCode).toBe(303)
    expect((await findPost(test.ctx.db, id))?.quoteAutomatic).toEqual([])
    expect((await post(me, form.action, { quote_policy: 'public' })).statusCode).toBe(404)
    expect((await post(author, form.action, { quote_policy: 'friends' })).statusCode).toBe(422)
  })

  it('is given, refused and withdrawn on the page of the post that quotes', async () => {
    const [author, me] = [await somebody(), await somebody()]
    const quoted = await write(author, { quotePolicy: 'asked' })
    const made = await write(me, { text: 'Mine', quotedId: quoted })
    const page = `${me.path}/${made}`
    expect(readEntities((await get(page)).body)).toContain('waits for the consent')
    expect((await get(page)).body).not.toContain('Bread at noon')
    expect((await get(page, me)).body).not.toContain('/quote/allow')
    const asking = (await get(page, author)).body
    expect(asking).toContain(`action="${page}/quote/allow"`)
    expect((await post(me, `${page}/quote/allow`)).statusCode).toBe(403)
    expect((await post(author, `${page}/quote/allow`)).headers.location).toBe(page)
    const { body } = await get(page, author)
    expect(body).toContain('quote__link')
    expect(body).not.toContain('/quote/allow')
    expect((await post(author, `${page}/quote/refuse`)).statusCode).toBe(303)
    expect((await findQuoteBy(test.ctx.db, made))?.state).toBe('revoked')
    expect(readEntities((await get(page)).body)).toContain('any more')
    await post(author, `${page}/quote/allow`)
    expect((await findQuoteBy(test.ctx.db, made))?.state).toBe('revoked')
    expect((await post(author, `${author.path}/${quoted}/quote/allow`)).statusCode).toBe(404)
  })
})

describe('the page of who quotes a post', () => {
  it('is led to from the post, and shows what everybody may see to whoever is signed in', async () => {
    const [author, quoter, reader] = [await somebody(), await somebody(), await somebody()]
    const id = await write(author)
    expect((await get(`${author.path}/${id}`, reader)).body).not.toContain(`${author.path}/${id}/quotes`)
    await createPost(test.ctx, quoter.viewer, { text: 'So true', quotedId: id })
    await createPost(test.ctx, quoter.viewer, { text: 'For few', quotedId: id, visibility: 'followers' })
    expect((await get(`${author.path}/${id}`, reader)).body).toContain(`href="${author.path}/${id}/quotes"`)
    const { statusCode, body } = await get(`${author.path}/${id}/quotes`, reader)
    expect(statusCode).toBe(200)
    expect(body).toContain('So true')
    expect(body).not.toContain('For few')
    expect(body).not.toContain('/quote/refuse')
    expect(body).not.toContain('waiting=true')
    expect((await get(`${author.path}/${id}/quotes`)).statusCode).toBe(303)
    expect((await get(`${quoter.path}/${id}/quotes`, reader)).statusCode).toBe(404)
    const hidden = await write(author, { visibility: 'followers' })
    expect((await get(`${author.path}/${hidden}/quotes`, reader)).statusCode).toBe(404)
  })

  it('lets the author answer those who ask, and take a yes back', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const id = await write(author, { quotePolicy: 'asked' })
    const list = `${author.path}/${id}/quotes`
    const asking = await createPost(test.ctx, quoter.viewer, { text: 'May I?', quotedId: id })
    const shown = (await get(list, author)).body
    expect(shown).not.toContain('May I?')
    expect(shown).toContain('Waiting for you (1)')
    const waiting = (await get(`${list}?waiting=true`, author)).body
    expect(waiting).toContain('May I?')
    expect((await get(`${list}?waiting=true`, quoter)).body).not.toContain('May I?')
    const next = `${list}?waiting=true`
    const answer = await post(author, `${quoter.path}/${asking}/quote/allow`, { next })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, next])
    expect((await findQuoteBy(test.ctx.db, asking))?.state).toBe('accepted')
    const after = (await get(list, author)).body
    expect(after).toContain('May I?')
    expect(after).toContain(`action="${quoter.path}/${asking}/quote/refuse"`)
    expect((await get(next, author)).body).toContain('Nobody asks')
    await post(author, `${quoter.path}/${asking}/quote/refuse`, { next: list })
    expect((await findQuoteBy(test.ctx.db, asking))?.state).toBe('revoked')
    expect((await get(list, author)).body).not.toContain('May I?')
  })

  it('goes on page by page, each quote once', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const id = await write(author)
    const all: string[] = []
    for (let n = 0; n < 23; n++)
      all.unshift(await createPost(test.ctx, quoter.viewer, { text: `No ${n}`, quotedId: id }))
    const idsIn = (body: string) => [...body.matchAll(/id="post-(\d+)"/g)].map((match) => match[1])
    const first = (await get(`${author.path}/${id}/quotes`, author)).body
    const next = /href="([^"]*max_id=\d+)"/.exec(readEntities(first))?.[1] ?? ''
    const second = (await get(next, author)).body
    expect([...idsIn(first), ...idsIn(second)]).toEqual(all)
  })
})
