import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBlocked } from '#src/features/blocks/queries.ts'
import { hasShunned } from '#src/features/blocks/shun-queries.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { getRelation } from '#src/features/follows/relation-queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import {
  befriend,
  flashOf,
  giveRole,
  open,
  type Person,
  send,
  somebody,
  textOf,
  write,
} from '#test/support/browsing.ts'
import { formWith } from '#test/support/forms.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const relationOf = (me: Person, other: Person) => getRelation(test.ctx.db, me.actorId, other.actorId)

describe('what can be done about somebody', () => {
  it('stands on their profile for those who act as somebody else, and nowhere else', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const page = (await open(test, other.path, me)).body
    for (const href of [`${other.path}/relation`, `${other.path}/relation#block`, `/report?account=${other.actorId}`])
      expect(page).toContain(`href="${href}"`)
    expect(page).toContain(`action="${other.path}/mute"`)
    expect((await open(test, me.path, me)).body).not.toContain('more-menu')
    expect((await open(test, other.path)).body).not.toContain('more-menu')
    await giveRole(test, me, 'analyst')
    const asAnalyst = (await open(test, other.path, me)).body
    expect(asAnalyst).not.toContain(`action="${other.path}/mute"`)
    expect((await send(test, me, `${other.path}/mute`)).statusCode).toBe(403)
    expect((await send(test, me, `${other.path}/block`)).statusCode).toBe(403)
  })

  it('has a page of its own, but not about oneself or nobody', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    expect((await open(test, `${other.path}/relation`, me)).statusCode).toBe(200)
    expect((await open(test, `${me.path}/relation`, me)).headers.location).toBe(me.path)
    expect((await open(test, '/@nobody_here/relation', me)).statusCode).toBe(404)
    expect((await open(test, `${other.path}/relation`)).headers.location).toContain('/login')
  })

  it('mutes at once, or for a time and without the notifications, and takes it back', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const menu = formWith((await open(test, other.path, me)).body, 'notifications')
    const muted = await send(test, me, menu.action, menu.fields)
    expect([muted.statusCode, muted.headers.location]).toEqual([303, other.path])
    expect(flashOf(muted)).toContain('is muted')
    expect((await relationOf(me, other)).kept.mute).toEqual({ hidesNotifications: true, expiresAt: null })
    expect(await textOf(test, other.path, me)).toContain('Muted')
    const next = `${other.path}/relation`
    const unmuted = await send(test, me, `${other.path}/unmute`, { next })
    expect(unmuted.headers.location).toBe(next)
    expect((await relationOf(me, other)).kept.mute).toBeNull()
    await send(test, me, `${other.path}/mute`, { duration: '3600' })
    const mute = (await relationOf(me, other)).kept.mute
    expect(mute).toMatchObject({ hidesNotifications: false })
    expect(mute?.expiresAt?.getTime()).toBe(test.clock.now().getTime() + 3_600_000)
    expect((await send(test, me, `${other.path}/mute`, { duration: '7' })).statusCode).toBe(422)
    expect((await send(test, me, `${me.path}/mute`)).statusCode).toBe(403)
    const list = await textOf(test, '/settings/muted', me)
    expect(list).toContain('Muted until')
    expect(list).toContain(`action="${other.path}/unmute"`)
    expect(await textOf(test, '/settings/muted', other)).toContain('Nobody is muted')
  })

  it('blocks, shows that on the profile, and takes it back', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    await befriend(test, other, me)
    expect(flashOf(await send(test, me, `${other.path}/block`))).toContain('is blocked')
    expect(await hasBlocked(test.ctx.db, me.actorId, other.actorId)).toBe(true)
    expect((await findFollowBetween(test.ctx.db, other.actorId, me.actorId))?.state).not.toBe('accepted')
    const page = (await open(test, other.path, me)).body
    expect(page).toContain('Blocked')
    expect(page).not.toContain(`action="${other.path}/follow"`)
    expect(await textOf(test, '/settings/blocked', me)).toContain(`action="${other.path}/unblock"`)
    expect(flashOf(await send(test, me, `${other.path}/unblock`))).toContain('no longer blocked')
    expect(await hasBlocked(test.ctx.db, me.actorId, other.actorId)).toBe(false)
    expect(await textOf(test, '/settings/blocked', me)).toContain('Nobody is blocked')
  })

  it('keeps a note that nobody else reads', async () => {
    const [me, other, third] = [await somebody(test), await somebody(test), await somebody(test)]
    const form = formWith((await open(test, `${other.path}/relation`, me)).body, 'comment')
    const saved = await send(test, me, form.action, { comment: 'Met at the <market>' })
    expect([saved.headers.location, flashOf(saved)]).toEqual([
      `${other.path}/relation`,
      expect.stringContaining('saved'),
    ])
    expect(await textOf(test, other.path, me)).toContain('Your note: Met at the <market>')
    for (const who of [other, third]) expect(await textOf(test, other.path, who)).not.toContain('Met at')
    expect(flashOf(await send(test, me, form.action, { comment: 'x'.repeat(2_001) }))).toContain('2,000 characters')
    await send(test, me, form.action, { comment: '' })
    expect((await relationOf(me, other)).kept.note).toBe('')
  })

  it('takes a follower off', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    expect((await open(test, `${other.path}/relation`, me)).body).not.toContain('/remove-follower"')
    await befriend(test, other, me)
    expect((await open(test, `${other.path}/relation`, me)).body).toContain(`action="${other.path}/remove-follower"`)
    expect(flashOf(await send(test, me, `${other.path}/remove-follower`))).toContain('no longer follows you')
    expect((await findFollowBetween(test.ctx.db, other.actorId, me.actorId))?.state).toBe('rejected')
  })
})

describe('a whole server', () => {
  it('is blocked from the settings or from the page about somebody there, and taken back', async () => {
    const me = await somebody(test)
    const far = await make.remoteActor(test.ctx, { host: 'rude.example' })
    const path = `/@${far.handle}@rude.example`
    expect(await textOf(test, `${path}/relation`, me)).toContain('Everybody on rude.example')
    const next = `${path}/relation`
    const shunned = await send(test, me, '/settings/blocked', { domain: 'rude.example', next })
    expect(shunned.headers.location).toBe(next)
    expect(await hasShunned(test.ctx.db, { actorId: me.actorId, host: 'rude.example' })).toBe(true)
    const form = formWith((await open(test, '/settings/blocked', me)).body, 'domain')
    expect(form).toMatchObject({ action: '/settings/blocked/remove', fields: { domain: 'rude.example' } })
    expect(flashOf(await send(test, me, form.action, form.fields))).toContain('no longer blocked')
    expect(await hasShunned(test.ctx.db, { actorId: me.actorId, host: 'rude.example' })).toBe(false)
  })

  it.each(['', 'not a host', 'here.example'])('cannot be %j', async (domain) => {
    const me = await somebody(test)
    const answer = await send(test, me, '/settings/blocked', { domain })
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining('not the name of another server')])
  })
})

describe('lists', () => {
  async function makeList(me: Person, title: string): Promise<string> {
    const answer = await send(test, me, '/lists', { title, replies: 'list' })
    return /\/lists\/(\d+)\/edit/.exec(String(answer.headers.location))?.[1] ?? ''
  }

  it('are made, named anew and deleted', async () => {
    const me = await somebody(test)
    expect(await textOf(test, '/lists', me)).toContain('Give one a name')
    const id = await makeList(me, 'Bakers & <co>')
    expect(await textOf(test, '/lists', me)).toContain('Bakers & <co>')
    const saved = await send(test, me, `/lists/${id}/edit`, { title: 'Bakers', replies: 'none', exclusive: 'true' })
    expect(flashOf(saved)).toContain('saved')
    const form = (await open(test, `/lists/${id}/edit`, me)).body
    expect(form).toContain('<option value="none" selected>')
    expect(form).toMatch(/name="exclusive"[^>]* checked/)
    expect(flashOf(await send(test, me, `/lists/${id}/delete`))).toContain('deleted')
    expect((await open(test, `/lists/${id}`, me)).statusCode).toBe(404)
  })

  it.each([
    ['', 'Give the list a name.'],
    ['x'.repeat(257), 'too long'],
  ])('give back a name that cannot be used', async (title, words) => {
    const me = await somebody(test)
    const answer = await send(test, me, '/lists', { title })
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining(words)])
    const id = await makeList(me, 'Good')
    expect((await send(test, me, `/lists/${id}/edit`, { title })).statusCode).toBe(422)
  })

  it('take in whom one follows, by ticking, and are read', async () => {
    const [me, friend, stranger] = [await somebody(test), await somebody(test), await somebody(test)]
    const [one, two] = [await makeList(me, 'One'), await makeList(me, 'Two')]
    await write(test, friend, 'Listed words')
    expect(await textOf(test, `${stranger.path}/relation`, me)).toContain(
      'Only people whom you follow can be in a list',
    )
    expect((await send(test, me, `${stranger.path}/lists`, { list: one })).statusCode).toBe(404)
    await befriend(test, me, friend)
    await send(test, me, `${friend.path}/lists`, { list: [one, two] })
    expect(await textOf(test, `/lists/${one}`, me)).toContain('Listed words')
    await send(test, me, `${friend.path}/lists`, { list: [two] })
    expect(await textOf(test, `/lists/${one}`, me)).toContain('Nothing here yet')
    expect((await open(test, `${friend.path}/relation`, me)).body).toMatch(new RegExp(`value="${two}" checked`))
    const editor = await textOf(test, `/lists/${two}/edit`, me)
    expect(editor).toContain(`action="/lists/${two}/members/${friend.actorId}/remove"`)
    await send(test, me, `/lists/${two}/members/${friend.actorId}/remove`)
    expect(await textOf(test, `/lists/${two}/edit`, me)).toContain('Nobody is in it yet')
  })

  it('are one’s own', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const id = await makeList(me, 'Mine')
    for (const url of [`/lists/${id}`, `/lists/${id}/edit`]) expect((await open(test, url, other)).statusCode).toBe(404)
    for (const url of [`/lists/${id}/edit`, `/lists/${id}/delete`, `/lists/${id}/members/1/remove`])
      expect((await send(test, other, url, { title: 'Yours' })).statusCode).toBe(404)
    await giveRole(test, me, 'analyst')
    expect((await open(test, '/lists', me)).statusCode).toBe(403)
    expect((await send(test, me, '/lists', { title: 'x' })).statusCode).toBe(403)
  })
})

describe('followers and those who are followed', () => {
  it('are shown to the team, which may end it; to others only how many', async () => {
    const [me, fan, idol] = [await somebody(test), await somebody(test), await somebody(test)]
    await befriend(test, fan, me)
    await befriend(test, me, idol)
    expect((await open(test, me.path, me)).body).toContain(`href="${me.path}/followers"`)
    expect((await open(test, me.path, fan)).body).not.toContain(`href="${me.path}/followers"`)
    const followers = await textOf(test, `${me.path}/followers`, me)
    expect(followers).toContain(`action="${fan.path}/remove-follower"`)
    expect(await textOf(test, `${me.path}/following`, me)).toContain(`action="${idol.path}/unfollow"`)
    for (const who of [fan, undefined]) {
      const page = await textOf(test, `${me.path}/followers`, who)
      expect(page).toContain('This list is not shown')
      expect(page).not.toContain(`href="${fan.path}"><bdi>`)
      expect(await textOf(test, `${me.path}/following`, who)).not.toContain(idol.handle)
    }
    await send(test, me, `${fan.path}/remove-follower`, { next: `${me.path}/followers` })
    expect(await textOf(test, `${me.path}/followers`, me)).toContain('Nobody yet')
    expect((await open(test, '/@nobody_here/followers')).statusCode).toBe(404)
    const far = await make.remoteActor(test.ctx)
    expect((await open(test, `/@${far.handle}@${far.host}/followers`)).headers.location).toContain(far.host)
  })
})
