import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPollOfPost } from '#src/features/polls/queries.ts'
import { createPost } from '#src/features/posts/create.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, multipartBody, readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody() {
  const handle = uniqueName('voter')
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

type Person = Awaited<ReturnType<typeof somebody>>

const get = (url: string, { headers }: Pick<Person, 'headers'>) => test.app.inject({ url, headers })
const usual = { options: ['Rye', 'Wheat <b>'], lastsSeconds: 3_600, isMultiple: false, hidesTotals: false }

async function ask(me: Person, more: object = {}): Promise<string> {
  const id = await createPost(test.ctx, me.viewer, { text: 'Which bread?', poll: { ...usual, ...more } })
  return `${me.path}/${id}`
}

async function post(me: Person, url: string, fields: Record<string, string>) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

async function compose(me: Person, url: string, fields: Record<string, string>) {
  test.clock.pass(1_000)
  const whole = { text: 'Which?', visibility: 'public', language: 'en', key: uniqueName('key'), ...fields }
  const { payload, headers } = await multipartBody(Object.entries(whole))
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

describe('the page of a post with a poll', () => {
  it('offers a form that works without a script, and shows the result after it', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const page = await ask(asker)
    const form = formWith((await get(page, voter)).body, 'choice')
    expect([form.method, form.action]).toEqual(['post', `${page}/vote`])
    const answer = await post(voter, form.action, { choice: '1' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, page])
    const { body } = await get(page, voter)
    expect(body).not.toContain('name="choice"')
    const text = readEntities(body)
    expect(text).toContain('100% – 1 vote')
    expect(text).toContain('Your choice')
    expect(text).toContain('1 person has voted')
    expect(body).toContain('Wheat &lt;b&gt;')
  })

  it('shows visitors and the author how it stands, and no form', async () => {
    const asker = await somebody()
    const page = await ask(asker)
    for (const reader of [asker, { headers: {} as never }]) {
      const { body } = await get(page, reader)
      expect(body).not.toContain('name="choice"')
      expect(body).toContain('Nobody has voted yet')
    }
  })

  it('hides the counts until the end where the author wants it so', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const page = await ask(asker, { hidesTotals: true, isMultiple: true })
    await post(voter, `${page}/vote`, { choice: '0' })
    const before = (await get(page, voter)).body
    expect(before).not.toContain('% –')
    expect(before).toContain('shown at the end')
    test.clock.pass(3_600_000)
    expect((await get(page, voter)).body).toContain('100% – 1 vote')
  })

  it('says when a vote does not count', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const page = await ask(asker)
    for (const fields of [{}, { choice: '7' }, { choice: 'x' }] as Record<string, string>[]) {
      const answer = await post(voter, `${page}/vote`, fields)
      expect(answer.statusCode).toBe(303)
      expect(decodeURIComponent(String(answer.headers['set-cookie']))).toContain('not counted')
    }
    expect((await test.app.inject({ method: 'POST', url: `${page}/vote` })).statusCode).not.toBe(200)
  })

  it('is no form for a role that does not react', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const page = await ask(asker)
    await test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${voter.actorId}`
    expect((await get(page, voter)).body).not.toContain('name="choice"')
    expect((await post(voter, `${page}/vote`, { choice: '0' })).statusCode).toBe(403)
  })

  it('is marked on a profile', async () => {
    const asker = await somebody()
    await ask(asker)
    expect((await get(asker.path, asker)).body).toContain('Poll')
  })
})

describe('the form for a post', () => {
  const fields = { poll_option_1: 'Rye', poll_option_2: ' Wheat ', poll_lasts: '3600', poll_hidden: 'true' }

  it('may ask something', async () => {
    const me = await somebody()
    const answer = await compose(me, '/compose', fields)
    expect(answer.statusCode).toBe(303)
    const poll = await findPollOfPost(test.ctx.db, String(answer.headers.location).split('/').at(-1) ?? '')
    expect(poll).toMatchObject({
      options: ['Rye', 'Wheat'],
      isMultiple: false,
      hidesTotals: true,
      endsAt: new Date(test.clock.now().getTime() + 3_600_000),
    })
  })

  it('gives back what was typed, with what is wrong with it', async () => {
    const me = await somebody()
    const single = await compose(me, '/compose', { poll_option_1: 'Only this' })
    expect(single.statusCode).toBe(422)
    expect(readEntities(single.body)).toContain('Give two to 4 options')
    expect(single.body).toContain('value="Only this"')
    const { id } = await make.picture(test.ctx, { actorId: me.actorId })
    const both = await compose(me, '/compose', { ...fields, 'picture-1': id, 'alt-1': 'a' })
    expect([both.statusCode, readEntities(both.body)]).toEqual([422, expect.stringContaining('take one of them away')])
  })

  it('changes a poll, leaves it alone, and takes it off', async () => {
    const [me, voter] = [await somebody(), await somebody()]
    const page = await ask(me)
    const id = page.split('/').at(-1) ?? ''
    await post(voter, `${page}/vote`, { choice: '0' })
    const untouched = { poll_option_1: 'Rye', poll_option_2: 'Wheat <b>', poll_lasts: '' }
    const before = await findPollOfPost(test.ctx.db, id)
    expect(formWith((await get(`${page}/edit`, me)).body, 'poll_option_1').fields).toMatchObject({
      poll_option_1: 'Rye',
      poll_option_2: 'Wheat <b>',
      poll_option_3: '',
    })
    expect((await compose(me, `${page}/edit`, { text: 'Other words', ...untouched })).statusCode).toBe(303)
    expect(await findPollOfPost(test.ctx.db, id)).toEqual(before)
    await compose(me, `${page}/edit`, { ...untouched, poll_option_3: 'Oats' })
    expect(await findPollOfPost(test.ctx.db, id)).toMatchObject({ tallies: [0, 0, 0], votersCount: 0 })
    await compose(me, `${page}/edit`, {})
    expect(await findPollOfPost(test.ctx.db, id)).toBeNull()
  })
})
