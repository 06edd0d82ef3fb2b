import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { effects } from '#src/db/schema/effects.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { findDomain } from '#src/features/domains/queries.ts'
import { blockHost, keepToAllowed } from '#src/features/domains/service.ts'
import { listRelays } from '#src/features/relays/queries.ts'
import { receiveRelayAnswer } from '#src/features/relays/service.ts'
import { createReport } from '#src/features/reports/service.ts'
import { changeRight } from '#src/features/users/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { flashOf, open, type Person, send, somebody, textOf } from '#test/support/browsing.ts'
import { multipartBody } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
let admin: Person
let other: Person
beforeAll(async () => {
  test = await createTestApp()
  admin = await somebody(test, 'admin')
  other = await somebody(test)
  await changeRight(test.ctx, admin.userId, 'promoted')
})
afterAll(() => test.close())

const newHost = () => `${uniqueName('server')}.example`

describe('the pages of moderation', () => {
  const pages = [
    '/reports',
    '/servers',
    '/servers/import',
    '/servers/lists',
    '/servers/allowed',
    '/servers/relays',
    '/servers/export.csv',
  ]
  const forms = ['/servers/lift', '/servers/decision', '/servers/import', '/servers/lists', '/servers/allowed']

  it('are there for administrators, and for nobody else', async () => {
    for (const url of [...pages, '/servers/decision?domain=a.example', '/jobs']) {
      expect([url, (await open(test, url, admin)).statusCode]).toEqual([url, 200])
      expect([url, (await open(test, url, other)).statusCode]).toEqual([url, 404])
      expect([url, (await open(test, url)).statusCode]).toEqual([url, 303])
    }
    const fields = {
      domain: 'a.example',
      severity: 'block',
      url: 'https://a.example',
      id: '1',
      text: 'a.example',
      step: 'apply',
    }
    const more = [
      '/servers/relays',
      '/servers/relays/remove',
      '/servers/allowed/remove',
      '/servers/allowed/mode',
      '/servers/lists/1/remove',
      '/jobs',
    ]
    for (const url of [...forms, ...more]) {
      const sent = await send(test, other, url, { ...fields, on: 'true', act: 'discard' })
      expect([url, sent.statusCode]).toEqual([url, 404])
    }
    expect(await findDomain(test.ctx.db, 'a.example')).toBeNull()
  })

  it('are found by administrators in their menu', async () => {
    expect(await textOf(test, '/', admin)).toContain('href="/reports"')
    expect(await textOf(test, '/', other)).not.toContain('href="/reports"')
  })
})

describe('deciding about a server', () => {
  it('shows first what a block takes away, and of whom', async () => {
    const host = newHost()
    const them = await make.remoteActor(test.ctx, { host })
    await make.follow(test.ctx, { followerId: them.id, followeeId: other.actorId })
    const page = await textOf(test, `/servers/decision?domain=https://${host}/about`, admin)
    expect(page).toContain('1 person with 0 posts on 1 server')
    expect(page).toContain(`@${other.handle}`)
    const fields = { domain: host, severity: 'limit', reject_media: 'true', reason: 'Loud', note: 'Seen by Léa' }
    const sent = await send(test, admin, '/servers/decision', fields)
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/servers'])
    expect(flashOf(sent)).toContain(`What holds for ${host} is saved.`)
    expect(await findDomain(test.ctx.db, host)).toMatchObject({
      severity: 'limit',
      rejectsMedia: true,
      rejectsReports: false,
      reason: 'Loud',
      privateComment: 'Seen by Léa',
    })
    const found = await textOf(test, `/servers?q=${host.slice(0, 8)}`, admin)
    expect(found).toContain('Seen by Léa')
    const list = (await test.app.inject({ url: '/api/v1/instance/domain_blocks' })).json()
    expect(list).toContainEqual(expect.objectContaining({ domain: host, severity: 'silence', comment: 'Loud' }))
    expect(JSON.stringify(list)).not.toContain('Léa')
    expect(flashOf(await send(test, admin, '/servers/lift', { domain: host }))).toContain('Nothing is decided')
    expect(await findDomain(test.ctx.db, host)).toBeNull()
  })

  it('says what is no server', async () => {
    for (const domain of ['', 'no name', 'here.example']) {
      const answer = await open(test, `/servers/decision?domain=${encodeURIComponent(domain)}`, admin)
      expect(answer.statusCode).toBe(422)
      expect(answer.body).toContain('That is not the name of another server')
    }
  })

  it('reads a list from a file or a text, tells what it would do, and does it when told to', async () => {
    const host = newHost()
    const { payload, headers } = await multipartBody([
      ['list', { bytes: Buffer.from(`#domain,#severity\n${host},suspend\n*bad*,suspend\n`), filename: 'list.csv' }],
    ])
    const looked = await test.app.inject({
      method: 'POST',
      url: '/servers/import/file',
      payload,
      headers: { ...headers, ...admin.headers, accept: 'text/html' },
    })
    expect(looked.body).toContain('1 new, 0 changed, 0 as before')
    expect(looked.body).toContain('Line 3 has its name hidden by asterisks')
    expect(await findDomain(test.ctx.db, host)).toBeNull()
    const text = `#domain,#severity\r\n${host},suspend\r\n`
    expect((await send(test, admin, '/servers/import', { text, step: 'look' })).body).toContain('1 new')
    expect(flashOf(await send(test, admin, '/servers/import', { text, step: 'apply' }))).toContain('1 decision')
    expect(await findDomain(test.ctx.db, host)).toMatchObject({ severity: 'block' })
    expect((await send(test, admin, '/servers/import', { text: ' ', step: 'look' })).statusCode).toBe(422)
    const exported = await open(test, '/servers/export.csv', admin)
    expect(exported.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(exported.body).toContain(`${host},suspend,False,False,,False`)
  })

  it('can be turned round: only those who are allowed are spoken with', async () => {
    const host = newHost()
    expect((await send(test, admin, '/servers/allowed', { domain: 'no name' })).statusCode).toBe(422)
    await send(test, admin, '/servers/allowed', { domain: host })
    expect(flashOf(await send(test, admin, '/servers/allowed/mode', { on: 'true' }))).toContain('with no other')
    expect(await textOf(test, '/servers', admin)).toContain('speaks with those that are allowed')
    await keepToAllowed(test.ctx, false, null)
    await send(test, admin, '/servers/allowed/remove', { domain: host })
    expect(await textOf(test, '/servers/allowed', admin)).not.toContain(host)
  })
})

describe('a relay', () => {
  it('is asked and left on a page', async () => {
    const url = `https://${newHost()}/inbox`
    const add = (address: string) => send(test, admin, '/servers/relays', { url: address })
    for (const wrong of ['relay.example', test.ctx.uris.sharedInbox]) {
      const answer = await add(wrong)
      expect([answer.statusCode, answer.body.includes('That is no address of a relay')]).toEqual([422, true])
    }
    expect(flashOf(await add(url))).toContain('The relay is asked')
    const [relay] = await listRelays(test.ctx.db)
    expect(relay).toMatchObject({ inboxUrl: url, state: 'pending' })
    expect(await textOf(test, '/servers/relays', admin)).toContain('Asked')
    await receiveRelayAnswer(test.ctx, { relayId: relay?.id ?? '', actorIri: `${url}/actor`, state: 'accepted' })
    expect((await add(url)).body).toContain('with that relay already')
    expect(flashOf(await send(test, admin, '/servers/relays/remove', { id: relay?.id ?? '' }))).toContain(
      'left the relay',
    )
    expect(await listRelays(test.ctx.db)).toEqual([])
  })

  it('is not asked on a server with which the instance does not speak', async () => {
    const host = newHost()
    await blockHost(test.ctx, { host, reason: '' })
    const answer = await send(test, admin, '/servers/relays', { url: `https://${host}/inbox` })
    expect([answer.statusCode, answer.body.includes('does not speak with that one')]).toEqual([422, true])
    expect(await listRelays(test.ctx.db)).toEqual([])
  })
})

describe('a report', () => {
  it('is looked after, noted, forwarded, closed and opened again, and its account restricted', async () => {
    const target = await make.remoteActor(test.ctx, { host: newHost() })
    const { id } = await createReport(test.ctx, other.viewer, {
      targetId: target.id,
      postIds: [],
      ruleIds: [],
      comment: 'Always the same advertising',
      category: 'spam',
      isForwarded: false,
    })
    expect(await textOf(test, '/reports', admin)).toContain('Always the same advertising')
    const act = async (name: string, fields = {}) => flashOf(await send(test, admin, `/reports/${id}/${name}`, fields))
    const page = () => textOf(test, `/reports/${id}`, admin)
    expect(await act('assign')).toContain('You look after this report')
    expect(await page()).toContain('looks after it')
    await act('notes', { text: 'Written to their team' })
    const noted = await page()
    expect(noted).toContain('Written to their team')
    const removal = /action="(\/reports\/\d+\/notes\/\d+\/remove)"/.exec(noted)?.[1] ?? ''
    await send(test, admin, removal)
    expect(await page()).not.toContain('Written to their team')
    expect(await act('forward')).toContain('on its way')
    await act('forward')
    const facts = (await test.ctx.db.select().from(effects)).filter(({ type }) => type === 'report.forwarded')
    expect(facts).toHaveLength(1)
    for (const severity of ['limit', 'block'] as const) {
      await act('restrict', { severity })
      expect(await findActor(test.ctx.db, target.id)).toMatchObject({ restriction: severity, standing: severity })
    }
    expect((await findActor(test.ctx.db, target.id))?.suspendedAt).not.toBeNull()
    await act('restrict', { severity: 'none' })
    expect(await findActor(test.ctx.db, target.id)).toMatchObject({ standing: 'none', suspendedAt: null })
    await act('resolve')
    expect(await textOf(test, '/reports', admin)).not.toContain('Always the same advertising')
    expect(await textOf(test, '/reports?state=closed', admin)).toContain('Always the same advertising')
    await act('reopen')
    expect(await textOf(test, '/reports', admin)).toContain('Always the same advertising')
    for (const name of ['assign', 'notes', 'forward', 'restrict', 'reopen']) {
      const sent = await send(test, other, `/reports/${id}/${name}`, { severity: 'block', text: 'x' })
      expect([name, sent.statusCode]).toEqual([name, 404])
    }
  })

  it('about one of ours neither goes anywhere nor suspends', async () => {
    const input = { postIds: [], ruleIds: [], comment: '', category: 'other', isForwarded: false } as const
    const { id } = await createReport(test.ctx, other.viewer, { ...input, targetId: admin.actorId })
    expect((await send(test, admin, `/reports/${id}/restrict`, { severity: 'block' })).statusCode).toBe(422)
    expect((await send(test, admin, `/reports/${id}/forward`)).statusCode).toBe(422)
    expect((await findActor(test.ctx.db, admin.actorId))?.suspendedAt).toBeNull()
  })
})
