import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { effects } from '#src/db/schema/effects.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { invites, users } from '#src/db/schema/users.ts'
import { createInvite, type InviteInput, type NewInvitation } from '#src/features/users/invites.ts'
import { inviteMail } from '#src/features/users/mail.ts'
import { minPasswordCharacters } from '#src/features/users/service.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, readEntities } from '#test/support/forms.ts'
import { type MadeActor, make, uniqueName } from '#test/support/make.ts'

let test: TestApp
let team: MadeActor
beforeAll(async () => {
  // A server that is never asked: whether there is one decides if a mail is wanted.
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
  team = await make.actor(test.ctx, { type: 'Organization', name: 'Maison Dupont' })
})
afterAll(() => test.close())

const password = 'a password of some length'
let lastAddress = 0

function invited(values: Partial<InviteInput> = {}): Promise<NewInvitation> {
  const membership = { actorId: team.actor.id, role: 'publisher' } as const
  return createInvite(test.ctx, null, { email: null, membership, locale: 'en', ...values })
}

const pathOf = ({ link }: NewInvitation) => new URL(link).pathname

function accept(invitation: NewInvitation, fields: Record<string, string>, cookie?: string) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({
    method: 'POST',
    url: pathOf(invitation),
    payload,
    headers: { ...headers, ...(cookie ? { cookie } : {}) },
    remoteAddress: `192.0.2.${++lastAddress}`,
  })
}

const someEmail = () => `${uniqueName('invited')}@mail.example`

async function rolesOf(email: string) {
  const { userId, actorId, role } = memberships
  return test.ctx.db
    .select({ actorId, role })
    .from(memberships)
    .innerJoin(users, eq(users.id, userId))
    .where(eq(users.email, email))
}

describe('an invitation to a team', () => {
  it('says to what it leads', async () => {
    const page = await test.app.inject(pathOf(await invited()))
    expect(page.statusCode).toBe(200)
    expect(readEntities(page.body)).toContain('Join the team of Maison Dupont.')
    expect(page.body).toContain('You will be able to publish, to reply and to follow.')
    expect(formWith(page.body, 'password').names).not.toContain('handle')
  })

  it('fills in the address to which it was sent, and is bound to the link alone (row 72)', async () => {
    const invitation = await invited({ email: 'envelope@mail.example' })
    const page = await test.app.inject(pathOf(invitation))
    expect(formWith(page.body, 'password').fields.email).toBe('envelope@mail.example')
    const email = someEmail()
    expect((await accept(invitation, { email, password })).statusCode).toBe(303)
    expect(await rolesOf(email)).toEqual([{ actorId: team.actor.id, role: 'publisher' }])
  })

  it('makes a login, signs it in, and lets it act for the team', async () => {
    const answer = await accept(await invited(), { email: someEmail(), password })
    const cookie = answer.cookies.find(({ name }) => name === sessionCookie)
    const headers = { cookie: `${sessionCookie}=${cookie?.value}` }
    const page = await test.app.inject({ url: '/settings/apps', headers })
    expect(page.body).toContain('You act as Maison Dupont')
  })

  it('works once', async () => {
    const invitation = await invited()
    await accept(invitation, { email: someEmail(), password })
    const email = someEmail()
    const again = await accept(invitation, { email, password })
    expect(again.statusCode).toBe(404)
    expect(again.body).toContain('This invitation is no longer open')
    expect(await rolesOf(email)).toEqual([])
  })

  it('works once for two who hold it at the same moment', async () => {
    const invitation = await invited()
    const emails = [someEmail(), someEmail()]
    const answers = await Promise.all(emails.map((email) => accept(invitation, { email, password })))
    expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1)
    const made = await Promise.all(
      emails.map((email) => test.ctx.db.select().from(users).where(eq(users.email, email))),
    )
    expect(made.flat()).toHaveLength(1)
  })

  it('expires after two weeks', async () => {
    const invitation = await invited()
    test.clock.pass(14 * 86_400_000)
    expect((await test.app.inject(pathOf(invitation))).statusCode).toBe(404)
    expect((await accept(invitation, { email: someEmail(), password })).statusCode).toBe(404)
  })

  it('leads nowhere when the identity is gone', async () => {
    const { actor } = await make.actor(test.ctx)
    const invitation = await invited({ membership: { actorId: actor.id, role: 'admin' } })
    await test.ctx.db.update(actors).set({ deletedAt: test.clock.now() }).where(eq(actors.id, actor.id))
    expect((await test.app.inject(pathOf(invitation))).statusCode).toBe(404)
  })

  it('says what is wrong beside the field and stays open', async () => {
    const invitation = await invited()
    const taken = await make.user(test.ctx)
    const answer = await accept(invitation, { email: taken.email, password })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('This address has a login here already.')
    const short = await accept(invitation, { email: someEmail(), password: 'short' })
    expect(short.body).toContain(`At least ${minPasswordCharacters} characters, please.`)
    expect((await accept(invitation, { email: someEmail(), password })).statusCode).toBe(303)
  })

  it('is accepted with one button by whoever is signed in', async () => {
    const person = await test.browse(uniqueName('person'))
    const invitation = await invited({ membership: { actorId: team.actor.id, role: 'analyst' } })
    const page = await test.app.inject({ url: pathOf(invitation), headers: person.headers })
    expect(formWith(page.body, 'join').action).toBe(pathOf(invitation))
    const answer = await accept(invitation, { join: 'true' }, person.headers.cookie)
    expect(answer.statusCode).toBe(303)
    const places = await test.ctx.db.select().from(memberships).where(eq(memberships.userId, person.userId))
    expect(places.map(({ role }) => role).sort()).toEqual(['analyst', 'owner'])
  })

  it('takes nothing away from whoever is in the team already', async () => {
    const owner = await test.browse(team.actor.handle)
    const answer = await accept(await invited(), { join: 'true' }, owner.headers.cookie)
    expect(answer.statusCode).toBe(303)
    const [place] = await test.ctx.db.select().from(memberships).where(eq(memberships.userId, owner.userId))
    expect(place?.role).toBe('owner')
  })

  it('keeps only a digest of the link', async () => {
    const { link } = await invited()
    const rows = JSON.stringify(await test.ctx.db.select().from(invites))
    expect(rows).not.toContain(link.split('/').at(-1))
  })
})

describe('an invitation to the instance', () => {
  it('makes a login with an identity of its own', async () => {
    const invitation = await invited({ membership: null })
    const page = await test.app.inject(pathOf(invitation))
    expect(formWith(page.body, 'password').names).toContain('handle')
    const [email, handle] = [someEmail(), uniqueName('lea')]
    expect((await accept(invitation, { email, password, handle, name: 'Léa' })).statusCode).toBe(303)
    const [actor] = await test.ctx.db.select().from(actors).where(eq(actors.handle, handle))
    expect(actor).toMatchObject({ type: 'Person', name: 'Léa', isLocked: true })
    expect(await rolesOf(email)).toEqual([{ actorId: actor?.id, role: 'owner' }])
  })

  it('makes nothing when the handle is taken', async () => {
    const invitation = await invited({ membership: null })
    const email = someEmail()
    const answer = await accept(invitation, { email, password, handle: team.actor.handle, name: '' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('Somebody here has this handle already.')
    expect(await test.ctx.db.select().from(users).where(eq(users.email, email))).toEqual([])
  })

  it('is for a new login: whoever is signed in is asked to sign out', async () => {
    const person = await test.browse(uniqueName('person'))
    const invitation = await invited({ membership: null })
    const page = await test.app.inject({ url: pathOf(invitation), headers: person.headers })
    expect(page.body).toContain('you are signed in')
    await accept(invitation, { email: someEmail(), password, handle: uniqueName('x') }, person.headers.cookie)
    expect((await test.app.inject(pathOf(invitation))).statusCode).toBe(200)
  })
})

describe('who may invite', () => {
  const invite = (viewer: MadeActor['viewer'], role: 'owner' | 'publisher', actorId = team.actor.id) =>
    createInvite(test.ctx, viewer, { email: null, membership: { actorId, role }, locale: 'en' })

  it('is an owner, and an admin for all but owners', async () => {
    const admin = await make.member(test.ctx, team.actor.id, 'admin')
    await expect(invite(team.viewer, 'owner')).resolves.toHaveProperty('link')
    await expect(invite(admin, 'publisher')).resolves.toHaveProperty('link')
    await expect(invite(admin, 'owner')).rejects.toMatchObject({ status: 403 })
  })

  it('is nobody else, and nobody for another team', async () => {
    const publisher = await make.member(test.ctx, team.actor.id, 'publisher')
    const { actor: other } = await make.actor(test.ctx)
    await expect(invite(publisher, 'publisher')).rejects.toMatchObject({ status: 403 })
    await expect(invite(team.viewer, 'publisher', other.id)).rejects.toMatchObject({ status: 403 })
  })
})

describe('the mail of an invitation', () => {
  async function payloadFor(invitation: NewInvitation) {
    const rows = await test.ctx.db.select().from(effects).where(eq(effects.type, 'invite.created'))
    return rows
      .map(({ payload }) => payload as Record<string, unknown>)
      .find(({ inviteId }) => inviteId === invitation.id)
  }

  it('says who invites to what, in the language that was asked for', async () => {
    const inviter = await make.actor(test.ctx, { name: 'Léa Martin' })
    const viewer = await make.member(test.ctx, team.actor.id, 'owner', inviter.viewer.userId)
    const membership = { actorId: team.actor.id, role: 'publisher' } as const
    const input = { email: 'new@mail.example', membership, locale: 'fr' } as const
    const invitation = await createInvite(test.ctx, viewer, input)
    expect(invitation.isMailed).toBe(true)
    const mail = await inviteMail(test.ctx, (await payloadFor(invitation)) ?? {})
    expect(mail).toMatchObject({ to: 'new@mail.example', subject: expect.stringContaining('Léa Martin vous invite') })
    expect(mail?.text).toContain(invitation.link)
    expect(mail?.text).toContain('Maison Dupont')
  })

  it('speaks for the instance when an operator invites', async () => {
    const invitation = await invited({ email: 'new@mail.example', membership: null })
    const mail = await inviteMail(test.ctx, (await payloadFor(invitation)) ?? {})
    expect(mail?.subject).toBe('Entremise invites you to Entremise')
  })

  it('is not sent when the invitation was accepted meanwhile', async () => {
    const invitation = await invited({ email: 'new@mail.example' })
    const payload = (await payloadFor(invitation)) ?? {}
    await accept(invitation, { email: someEmail(), password })
    expect(await inviteMail(test.ctx, payload)).toBeNull()
  })

  it('is not asked for without an address', async () => {
    const invitation = await invited()
    expect(invitation.isMailed).toBe(false)
    expect(await payloadFor(invitation)).toBeUndefined()
  })
})
