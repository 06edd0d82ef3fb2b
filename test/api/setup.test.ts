import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { actors, localActors } from '#src/db/schema/actors.ts'
import { instance } from '#src/db/schema/instance.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'
import { createLocalActor } from '#src/features/actors/service.ts'
import { forgetInstance, prepareSetup } from '#src/features/instance/service.ts'
import { createUser, minPasswordCharacters } from '#src/features/users/service.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, readEntities } from '#test/support/forms.ts'

let test: TestApp
beforeEach(async () => {
  test = await createTestApp()
})
afterEach(() => test.close())

const filled = {
  instance_name: 'Maison Dupont',
  instance_description: 'A workshop in Lyon.',
  organization_name: 'Maison Dupont',
  handle: 'Maison_Dupont',
  email: 'owner@maison.example',
  password: 'ten characters and more',
}

async function setupToken(): Promise<string> {
  const link = await prepareSetup(test.ctx)
  if (!link) throw new Error('the set-up is closed')
  expect(link).toMatch(/^https:\/\/here\.example\/setup\?token=[\w-]{43}$/)
  return new URL(link).searchParams.get('token') ?? ''
}

function send(token: string, change: Record<string, string> = {}) {
  return test.app.inject({ method: 'POST', url: '/setup', ...formBody({ ...filled, token, ...change }) })
}

const open = (token: string) => test.app.inject(`/setup?token=${token}`)

describe('setting an instance up', () => {
  it('makes name, first login and organisation in one go, and signs in', async () => {
    const token = await setupToken()
    const page = await open(token)
    expect(page.statusCode).toBe(200)
    expect(formWith(page.body, 'organization_name').fields.token).toBe(token)
    const answer = await send(token)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])

    const { db } = test.ctx
    const [user] = await db.select().from(users)
    expect(user).toMatchObject({ email: filled.email, isAdmin: true, locale: 'en' })
    const [organization] = await db.select().from(actors).where(eq(actors.handle, 'maison_dupont'))
    expect(organization).toMatchObject({ type: 'Organization', name: 'Maison Dupont', isLocked: true, host: null })
    expect(await db.select().from(memberships)).toMatchObject([
      { userId: user?.id, actorId: organization?.id, role: 'owner' },
    ])
    const [row] = await db.select().from(instance)
    expect(row).toMatchObject({ name: 'Maison Dupont', organizationId: organization?.id, setupTokenHash: null })

    const cookie = `${sessionCookie}=${answer.cookies.find(({ name }) => name === sessionCookie)?.value}`
    const settings = await test.app.inject({ url: '/settings/apps', headers: { cookie } })
    expect(settings.body).toContain('You act as Maison Dupont')
  })

  it('gives the organisation both of its keys', async () => {
    await send(await setupToken())
    const [organization] = await test.ctx.db.select().from(actors).where(eq(actors.handle, 'maison_dupont'))
    const [keys] = await test.ctx.db
      .select()
      .from(localActors)
      .where(eq(localActors.actorId, organization?.id ?? ''))
    expect(keys?.rsaPublicKeyPem).toContain('PUBLIC KEY')
    expect(keys?.ed25519PublicKeyPem).toContain('PUBLIC KEY')
  })

  it('is closed for ever afterwards, also to the link that was good', async () => {
    const token = await setupToken()
    await send(token)
    for (const answer of [await open(token), await send(token), await open('anything')]) {
      expect(answer.statusCode).toBe(410)
      expect(answer.body).toContain('The page for setting up this instance has closed for ever.')
    }
    expect(await prepareSetup(test.ctx)).toBeNull()
    expect(await test.ctx.db.select().from(users)).toHaveLength(1)
  })

  it('opens only to the link of the last start', async () => {
    const first = await setupToken()
    const second = await setupToken()
    for (const wrong of [first, '', 'x']) {
      expect((await open(wrong)).statusCode).toBe(404)
      expect((await send(wrong)).statusCode).toBe(404)
    }
    expect((await open(second)).statusCode).toBe(200)
    expect(await test.ctx.db.select().from(users)).toEqual([])
  })

  it('says what a wrong link means', async () => {
    await setupToken()
    expect(readEntities((await open('x')).body)).toContain('a new start of the server makes a new one')
  })

  it('keeps only a digest of the link', async () => {
    const token = await setupToken()
    expect(JSON.stringify(await test.ctx.db.select().from(instance))).not.toContain(token)
  })

  it('is won by one of two who are at it at the same moment', async () => {
    const token = await setupToken()
    const answers = await Promise.all([
      send(token, { handle: 'one', email: 'one@maison.example' }),
      send(token, { handle: 'two', email: 'two@maison.example' }),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 410])
    expect(await test.ctx.db.select().from(users)).toHaveLength(1)
    const local = await test.ctx.db.select().from(actors).where(eq(actors.type, 'Organization'))
    expect(local).toHaveLength(1)
  })

  it('says everything that is wrong at once, keeps what was typed, and makes nothing', async () => {
    const token = await setupToken()
    const answer = await send(token, { instance_name: ' ', handle: 'no spaces', email: 'nobody', password: 'short' })
    expect(answer.statusCode).toBe(422)
    const page = readEntities(answer.body)
    for (const sentence of [
      '4 things need your attention',
      'Please fill this in.',
      'Use letters, digits and _ only, 30 at the most.',
      'This is not an e-mail address.',
      `At least ${minPasswordCharacters} characters, please.`,
    ]) {
      expect(page).toContain(sentence)
    }
    const { fields } = formWith(answer.body, 'organization_name')
    expect(fields).toMatchObject({
      token,
      organization_name: 'Maison Dupont',
      handle: 'no spaces',
      email: 'nobody',
      password: '',
    })
    expect(await test.ctx.db.select().from(users)).toEqual([])
    expect((await send(token)).statusCode).toBe(303)
  })

  it('refuses a handle that would be taken for the instance itself', async () => {
    const answer = await send(await setupToken(), { handle: 'admin' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('Somebody here has this handle already.')
  })

  it('keeps the language of whoever did it', async () => {
    const { payload, headers } = formBody({ ...filled, token: await setupToken() })
    const all = { ...headers, 'accept-language': 'fr' }
    await test.app.inject({ method: 'POST', url: '/setup', payload, headers: all })
    expect((await test.ctx.db.select().from(users))[0]?.locale).toBe('fr')
  })

  it('is over when an operator has made the first login at the command line', async () => {
    const token = await setupToken()
    const { id } = await createUser(test.ctx, { email: 'a@b.example', password: filled.password, isAdmin: true })
    expect((await open(token)).statusCode).toBe(410)
    expect((await send(token)).statusCode).toBe(410)
    expect(await prepareSetup(test.ctx)).toBeNull()

    await createLocalActor(test.ctx, { handle: 'lea', type: 'Person', ownerUserId: id })
    const { id: first } = await createLocalActor(test.ctx, { handle: 'atelier', type: 'Organization', ownerUserId: id })
    await createLocalActor(test.ctx, { handle: 'second', type: 'Organization', ownerUserId: id })
    // Another process did it: this one notices within seconds.
    forgetInstance(test.ctx)
    const { contact } = (await test.app.inject('/api/v2/instance')).json()
    expect(contact.account.id).toBe(first)
  })

  it('stays open when a login without rights over the instance is made', async () => {
    const token = await setupToken()
    await createUser(test.ctx, { email: 'a@b.example', password: filled.password })
    expect((await open(token)).statusCode).toBe(200)
  })
})
