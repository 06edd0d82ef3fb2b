import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { befriend, flashOf, giveRole, open, type Person, send, somebody, textOf } from '#test/support/browsing.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, PASSWORD } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const page = '/settings/move'
const rowOf = (who: Person) => getActor(test.ctx.db, who.actorId)
const iriOf = (who: Person) => test.ctx.uris.actor(who.handle)
const addressOf = (who: Person) => `@${who.handle}@here.example`
const inFrench = (who: Person): Person => ({
  ...who,
  headers: { cookie: `${who.headers.cookie}; entremise_locale=fr` },
})

const nameAlias = (who: Person, alias: string) => send(test, who, `${page}/aliases`, { alias })
const move = (who: Person, to: string, more: Record<string, string> = {}) =>
  send(test, who, page, { target: to, password: PASSWORD, sure: 'true', ...more })

describe('the page about moving (item 29)', () => {
  it('is for owners alone, and says so in both languages', async () => {
    const me = await somebody(test)
    expect(await textOf(test, page, me)).toContain('Never name the brand of a company')
    expect(await textOf(test, page, inFrench(me))).toContain('N’indiquez jamais la marque')
    await giveRole(test, me, 'admin')
    for (const [url, fields] of [
      [page, { target: '@x@there.example', password: PASSWORD, sure: 'true' }],
      [`${page}/aliases`, { alias: '@x@there.example' }],
      [`${page}/aliases/remove`, { alias: 'https://there.example/users/x' }],
      [`${page}/back`, {}],
    ] as const)
      expect([url, (await send(test, me, url, fields)).statusCode]).toEqual([url, 403])
    expect((await open(test, page, me)).statusCode).toBe(403)
    expect((await open(test, page)).headers.location).toContain('/login')
  })

  it('names former accounts and forgets them again', async () => {
    const [me, before] = [await somebody(test), await make.remoteActor(test.ctx)]
    const added = await nameAlias(me, `@${before.handle}@there.example`)
    expect([added.statusCode, added.headers.location]).toEqual([303, page])
    expect(flashOf(added)).toContain('may now move here')
    expect((await rowOf(me)).alsoKnownAs).toEqual([before.iri])
    await nameAlias(me, `@${before.handle}@there.example`)
    expect((await rowOf(me)).alsoKnownAs).toEqual([before.iri])
    expect(await textOf(test, page, me)).toContain(`value="${before.iri}"`)
    expect((await nameAlias(me, addressOf(me))).body).toContain('That is this identity itself')
    expect((await nameAlias(me, 'not an address')).statusCode).toBe(422)
    await send(test, me, `${page}/aliases/remove`, { alias: before.iri ?? '' })
    expect((await rowOf(me)).alsoKnownAs).toEqual([])
  })

  it('names ten former accounts at the most', async () => {
    const me = await somebody(test)
    const alsoKnownAs = Array.from({ length: 10 }, (_, n) => `https://there.example/users/former${n}`)
    await test.ctx.db.update(actors).set({ alsoKnownAs }).where(eq(actors.id, me.actorId))
    const more = await make.remoteActor(test.ctx)
    const refused = await nameAlias(me, `@${more.handle}@there.example`)
    expect([refused.statusCode, (await rowOf(me)).alsoKnownAs]).toEqual([422, alsoKnownAs])
  })

  it('moves to an account that names this one, after a password and a yes', async () => {
    const [me, next] = [await somebody(test), await somebody(test)]
    const unaware = await move(me, addressOf(next))
    expect([unaware.statusCode, unaware.body]).toEqual([422, expect.stringContaining('does not name this one yet')])
    await nameAlias(next, addressOf(me))
    expect((await move(me, addressOf(next), { password: 'guessed' })).body).toContain('That is not your password')
    expect((await move(me, addressOf(next), { sure: '' })).body).toContain('Say that you have read')
    expect((await rowOf(me)).movedToIri).toBeNull()
    const moved = await move(me, addressOf(next))
    expect([moved.statusCode, flashOf(moved)]).toEqual([303, expect.stringContaining('Followers are being told')])
    expect((await rowOf(me)).movedToIri).toBe(iriOf(next))
    expect(await textOf(test, page, inFrench(me))).toContain('Cette identité a déménagé')
    const refused = await open(test, '/compose', me)
    expect([refused.statusCode, refused.body]).toEqual([403, expect.stringContaining('This identity has moved')])
    const back = await send(test, me, `${page}/back`)
    expect([back.statusCode, (await rowOf(me)).movedToIri]).toEqual([303, null])
    expect((await open(test, '/compose', me)).statusCode).toBe(200)
    const again = await move(me, addressOf(next))
    expect([again.statusCode, again.body]).toEqual([422, expect.stringContaining('less than thirty days ago')])
  })

  it('tells followers on their notifications page, and clients nothing', async () => {
    const [me, next, follower] = [await somebody(test), await somebody(test), await somebody(test)]
    await befriend(test, follower, me)
    await nameAlias(next, addressOf(me))
    await move(me, addressOf(next))
    await tellEverybody(test.ctx)
    expect(await textOf(test, '/notifications', follower)).toContain(`has moved to ${addressOf(next)}`)
    expect(await textOf(test, '/notifications', inFrench(follower))).toContain(`a déménagé vers ${addressOf(next)}`)
    const { headers } = await test.signIn(follower.handle)
    const [row] = await test.ctx.db.$client<{ id: string }[]>`
      select id::text from notifications where actor_id = ${follower.actorId} and kind = 'move'`
    const ask = (url: string) => test.app.inject({ url, headers })
    expect((await ask('/api/v1/notifications')).json()).toEqual([])
    expect((await ask('/api/v2/notifications')).json().notification_groups).toEqual([])
    expect((await ask('/api/v2/notifications/unread_count')).json()).toEqual({ count: 0 })
    for (const url of [`/api/v1/notifications/${row?.id}`, `/api/v2/notifications/ungrouped-${row?.id}`])
      expect([url, (await ask(url)).statusCode]).toEqual([url, 404])
  })
})
