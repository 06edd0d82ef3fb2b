import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import { scheduledPosts } from '#src/db/schema/schedule.ts'
import { publishDue } from '#src/features/schedule/publish.ts'
import { schedulePost } from '#src/features/schedule/service.ts'
import { findUser } from '#src/features/users/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, multipartBody, readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
  // Some days before the clocks of Paris are set forward.
  test.clock.set(new Date('2027-03-25T12:00:00Z'))
})
afterAll(() => test.close())

async function somebody() {
  const handle = uniqueName('planner')
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

type Person = Awaited<ReturnType<typeof somebody>>

const get = (url: string, { headers }: Person) => test.app.inject({ url, headers })

async function compose(me: Person, fields: Record<string, string>) {
  const whole = { text: 'Later', visibility: 'public', language: 'en', key: uniqueName('key'), ...fields }
  const { payload, headers } = await multipartBody(Object.entries(whole))
  return test.app.inject({ method: 'POST', url: '/compose', payload, headers: { ...headers, ...me.headers } })
}

async function post(me: Person, url: string, fields: Record<string, string> = {}) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

const rowsOf = ({ actorId }: Person) =>
  test.ctx.db.select().from(scheduledPosts).where(eq(scheduledPosts.actorId, actorId))
const flashOf = ({ headers }: { headers: Record<string, unknown> }) => decodeURIComponent(String(headers['set-cookie']))

describe('the form for a post', () => {
  it('plans it at the time of the person’s own clock, across a change of it', async () => {
    const me = await somebody()
    const paris = { time_zone: 'Europe/Paris' }
    const answer = await compose(me, { ...paris, scheduled_at: '2027-03-28T09:00' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/scheduled'])
    await compose(me, { ...paris, scheduled_at: '2027-03-27T09:00' })
    const instants = (await rowsOf(me)).map(({ scheduledAt }) => scheduledAt.toISOString())
    expect(instants.sort()).toEqual(['2027-03-27T08:00:00.000Z', '2027-03-28T07:00:00.000Z'])
    const page = (await get('/scheduled', me)).body
    expect(page).toMatch(/Sunday,? 28 March 2027 at 09:00/)
    expect(page).toContain('Europe/Paris')
    expect((await findUser(test.ctx.db, me.userId))?.timeZone).toBe('Europe/Paris')
    const form = (await get('/compose', me)).body
    expect(form).toContain('<option value="Europe/Paris" selected>')
    expect(form).not.toContain('data-guess-zone')
  })

  it('publishes now when no time was chosen', async () => {
    const me = await somebody()
    const answer = await compose(me, { scheduled_at: '', time_zone: 'Europe/Paris' })
    expect(answer.headers.location).toContain(me.path)
    expect(await rowsOf(me)).toEqual([])
  })

  it.each([
    ['2027-03-25T13:04', 'at least five minutes'],
    ['2027-03-24T13:00', 'at least five minutes'],
    ['soon', 'a date and a time'],
  ])('gives back %s with what is wrong with it', async (scheduledAt, words) => {
    const me = await somebody()
    const answer = await compose(me, { scheduled_at: scheduledAt, time_zone: 'Europe/Paris' })
    expect([answer.statusCode, readEntities(answer.body)]).toEqual([422, expect.stringContaining(words)])
    expect(answer.body).toContain('Later')
    expect(await rowsOf(me)).toEqual([])
    expect(await test.ctx.db.select().from(posts).where(eq(posts.actorId, me.actorId))).toEqual([])
  })
})

describe('the page of what is planned', () => {
  async function planned(me: Person, text = 'Fresh bread', inMs = 600_000) {
    const outcome = await schedulePost(test.ctx, me.viewer, { text }, new Date(test.clock.now().getTime() + inMs))
    return 'scheduledId' in outcome ? outcome.scheduledId : ''
  }

  it('is empty at first, and one’s own', async () => {
    const [me, other] = [await somebody(), await somebody()]
    expect((await get('/scheduled', me)).body).toContain('Nothing is planned')
    const id = await planned(other)
    expect((await get('/scheduled', me)).body).not.toContain('Fresh bread')
    expect(flashOf(await post(me, `/scheduled/${id}/delete`))).toContain('meanwhile')
    expect(await rowsOf(other)).toHaveLength(1)
    expect((await test.app.inject('/scheduled')).headers.location).toBe('/login?next=%2Fscheduled')
    await test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${me.actorId}`
    expect((await get('/scheduled', me)).statusCode).toBe(403)
  })

  it('gives another time, and deletes', async () => {
    const me = await somebody()
    const id = await planned(me, '<b>Fresh</b> bread')
    const page = (await get('/scheduled', me)).body
    expect(page).toContain('&lt;b&gt;Fresh&lt;/b&gt; bread')
    const form = formWith(page, 'scheduled_at')
    const moved = await post(me, form.action, { ...form.fields, scheduled_at: '2027-04-01T10:00' })
    expect(flashOf(moved)).toContain('1 April 2027')
    expect((await rowsOf(me))[0]?.scheduledAt.toISOString()).toBe('2027-04-01T10:00:00.000Z')
    expect(flashOf(await post(me, form.action, { scheduled_at: '2027-03-25T12:01' }))).toContain('five minutes')
    expect(flashOf(await post(me, form.action, { scheduled_at: '' }))).toContain('a date and a time')
    expect(flashOf(await post(me, `/scheduled/${id}/delete`))).toContain('deleted')
    expect(await rowsOf(me)).toEqual([])
  })

  it('says what could not be published, first there and then on every page', async () => {
    const me = await somebody()
    const { id: picture } = await make.picture(test.ctx, { actorId: me.actorId })
    const at = new Date(test.clock.now().getTime() + 600_000)
    await schedulePost(test.ctx, me.viewer, { text: 'With a picture', mediaIds: [picture] }, at)
    expect((await get('/scheduled', me)).body).toContain('With 1 picture')
    await test.ctx.db.delete(media).where(eq(media.id, picture))
    test.clock.pass(600_000)
    await publishDue(test.ctx)
    expect((await get(me.path, me)).body).toContain('could not be published')
    const page = (await get('/scheduled', me)).body
    expect(page).toContain('One of its pictures is no longer there.')
    expect(page).toContain('Was to be published on')
    const [row] = await rowsOf(me)
    await post(me, `/scheduled/${row?.id}/delete`)
    expect((await get(me.path, me)).body).not.toContain('could not be published')
  })
})
