import { desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localActors } from '#src/db/schema/actors.ts'
import { effects } from '#src/db/schema/effects.ts'
import { sessions } from '#src/db/schema/users.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type FormPart, formBody, formWith, multipartBody, readEntities } from '#test/support/forms.ts'
import { PASSWORD, uniqueName } from '#test/support/make.ts'
import { startPictureWorker } from '#test/support/picture-worker.ts'
import { html, jpeg } from '#test/support/pictures.ts'

let test: TestApp
let worker: ReturnType<typeof startPictureWorker>

beforeAll(async () => {
  test = await createTestApp()
  worker = startPictureWorker(test.ctx)
})
afterAll(async () => {
  await worker.close()
  await test.close()
})

const somebody = () => test.browse(uniqueName('person'))

type Person = Awaited<ReturnType<typeof somebody>>

const get = (url: string, { headers }: Person) => test.app.inject({ url, headers })

async function post(me: Person, url: string, fields: Record<string, string> = {}) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

async function save(me: Person, fields: Record<string, string>, parts: readonly FormPart[] = []) {
  const usual = { name: 'Name', summary: '', visibility: 'public', language: '' }
  const { payload, headers } = await multipartBody([...Object.entries({ ...usual, ...fields }), ...parts])
  return test.app.inject({ method: 'POST', url: '/settings/profile', payload, headers: { ...headers, ...me.headers } })
}

const file = (bytes: Buffer, filename = 'picture.jpg') => ({ bytes, filename })
const profile = ({ actorId }: Person) => getActor(test.ctx.db, actorId)

describe('the settings of a profile', () => {
  it('show what is there', async () => {
    const me = await somebody()
    await save(me, {
      name: 'Maison',
      summary: 'Since 1890.\r\nIn Lyon.',
      'field-name-1': 'Site',
      'field-value-1': 'https://maison.example',
      locked: 'true',
    })
    const { body } = await get('/settings/profile', me)
    const { fields, action } = formWith(body, 'summary')
    expect(action).toBe('/settings/profile')
    expect(fields).toMatchObject({ name: 'Maison', 'field-name-1': 'Site', 'field-value-1': 'https://maison.example' })
    expect(body).toContain('\nSince 1890.\nIn Lyon.</textarea>')
    expect(body).toMatch(/name="locked"[^>]* checked/)
    expect(body).not.toMatch(/name="discoverable"[^>]* checked/)
    expect((await test.app.inject({ url: '/settings', headers: me.headers })).headers.location).toBe(
      '/settings/profile',
    )
  })

  it('change the profile, and the pages show it at once', async () => {
    const me = await somebody()
    const answer = await save(me, {
      name: 'Atelier',
      summary: 'Words',
      discoverable: 'true',
      indexable: 'true',
      visibility: 'followers',
      language: 'fr',
      sensitive: 'true',
    })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/settings/profile'])
    expect(answer.cookies[0]?.value).toMatch(/^done:Saved/)
    const actor = await profile(me)
    expect(actor).toMatchObject({
      name: 'Atelier',
      isLocked: false,
      isDiscoverable: true,
      isIndexable: true,
      summary: '<p>Words</p>',
    })
    const [source] = await test.ctx.db.select().from(localActors).where(eq(localActors.actorId, me.actorId))
    expect(source).toMatchObject({ defaultVisibility: 'followers', defaultLanguage: 'fr', defaultSensitive: true })
    expect((await test.app.inject(`/@${actor.handle}`)).body).toContain('Atelier')
  })

  it('take pictures with their descriptions, of which others are told, and give them up', async () => {
    const me = await somebody()
    await save(me, { 'avatar-alt': 'Our door', 'header-alt': '' }, [
      ['avatar', file(await jpeg({ width: 500, height: 500 }))],
      ['header', file(await jpeg({ width: 1500, height: 500 }))],
    ])
    const actor = await profile(me)
    expect(actor).toMatchObject({
      avatar: { state: 'ready', description: 'Our door' },
      header: { state: 'ready', description: null },
    })
    await save(me, { 'avatar-alt': 'Our blue door' })
    expect((await profile(me)).avatar).toMatchObject({ id: actor.avatar?.id, description: 'Our blue door' })
    const [last] = await test.ctx.db.select().from(effects).orderBy(desc(effects.id)).limit(1)
    expect(last).toMatchObject({ type: 'actor.updated' })
    await save(me, { 'avatar-remove': 'true' })
    expect(await profile(me)).toMatchObject({ avatar: null, header: { id: actor.header?.id } })
  })

  it('say beside the field what is wrong, and keep what was typed and the picture that was right', async () => {
    const me = await somebody()
    const answer = await save(me, { name: 'x'.repeat(101), summary: 'Kept', 'field-value-1': 'no label' }, [
      ['avatar', file(await jpeg())],
      ['header', file(html(), 'page.png')],
    ])
    expect(answer.statusCode).toBe(422)
    const page = readEntities(answer.body)
    for (const part of [
      'id="name-error"',
      'id="header-error"',
      '“page.png” cannot be used',
      '\nKept</textarea>',
      'value="no label"',
    ])
      expect(page).toContain(part)
    const actor = await profile(me)
    expect(actor).toMatchObject({ avatar: { state: 'ready' }, header: null, summary: '' })
    const unnamed = await save(me, { 'field-value-1': 'no label' })
    expect(unnamed.body).toContain('Each detail needs a label.')
  })

  it('are for those whose role allows it; the others are led to their own login', async () => {
    const me = await somebody()
    await test.ctx.db.$client`update memberships set role = 'publisher' where user_id = ${me.userId}`
    expect((await get('/settings/profile', me)).headers.location).toBe('/settings/login')
    expect((await save(me, { name: 'Other' })).statusCode).toBe(403)
  })
})

describe('the settings of a login', () => {
  const change = (me: Person, current: string, password: string) => post(me, '/settings/login', { current, password })
  const isIn = async (cookie: string) =>
    (await test.app.inject({ url: '/settings/login', headers: { cookie } })).statusCode === 200
  const elsewhere = async (
    { userId }: Person,
    userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ) => `entremise_session=${await openSession(test.ctx, { userId, userAgent })}`

  it('change the password, and sign every other browser and every app out', async () => {
    const me = await somebody()
    const other = await elsewhere(me)
    const { userId, actorId } = me
    const { token } = await createToken(test.ctx, { userId, actorId, scopes: ['read'], appId: null })
    const app = { url: '/api/v1/accounts/verify_credentials', headers: { authorization: `Bearer ${token}` } }
    expect((await test.app.inject(app)).statusCode).toBe(200)
    const answer = await change(me, PASSWORD, 'another good password')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/settings/login'])
    expect([await isIn(me.headers.cookie), await isIn(other)]).toEqual([true, false])
    expect((await test.app.inject(app)).statusCode).toBe(401)
    expect((await change(me, PASSWORD, 'yet another one')).statusCode).toBe(422)
    expect((await change(me, 'another good password', 'yet another one')).statusCode).toBe(303)
  })

  it('ask for the present password and for a new one that is long enough', async () => {
    const me = await somebody()
    const wrong = await change(me, 'not mine', 'another good password')
    expect([wrong.statusCode, wrong.body.includes('That is not the current password.')]).toEqual([422, true])
    const short = await change(me, PASSWORD, 'short')
    expect([short.statusCode, short.body.includes('id="password-error"')]).toEqual([422, true])
    expect(short.body).not.toContain(PASSWORD)
  })

  it('cannot be used to guess the password', async () => {
    const me = await somebody()
    for (let round = 0; round < 20; round++) await change(me, 'wrong', 'another good password')
    expect((await change(me, PASSWORD, 'another good password')).statusCode).toBe(429)
  })

  it('show where one is signed in, by names that one knows, and end it there', async () => {
    const me = await somebody()
    const other = await elsewhere(me)
    const page = await get('/settings/login', me)
    expect(page.body).toContain('Firefox on Linux')
    expect(page.body).toContain('This browser')
    const [row] = await test.ctx.db
      .select()
      .from(sessions)
      .where(eq(sessions.userId, me.userId))
      .orderBy(desc(sessions.id))
    expect((await post(me, `/settings/login/sessions/${row?.id}/end`)).statusCode).toBe(303)
    expect([await isIn(me.headers.cookie), await isIn(other)]).toEqual([true, false])
  })

  it('end all others at once', async () => {
    const me = await somebody()
    const others = [await elsewhere(me), await elsewhere(me, 'curl/8.0')]
    expect((await get('/settings/login', me)).body).toContain('An unknown browser')
    await post(me, '/settings/login/sessions/others/end')
    expect(await Promise.all([me.headers.cookie, ...others].map(isIn))).toEqual([true, false, false])
  })

  it('end no session of somebody else', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const [row] = await test.ctx.db.select().from(sessions).where(eq(sessions.userId, other.userId))
    for (const id of [row?.id, 'x']) expect((await post(me, `/settings/login/sessions/${id}/end`)).statusCode).toBe(404)
    expect(await isIn(other.headers.cookie)).toBe(true)
  })
})
