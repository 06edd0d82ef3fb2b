import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { notificationRequests } from '#src/db/schema/notifications.ts'
import { putPolicy } from '#src/features/notifications/policy-queries.ts'
import { receiveReport } from '#src/features/reports/service.ts'
import { acceptInvite } from '#src/features/teams/service.ts'
import { createInvite } from '#src/features/users/invites.ts'
import { changeRight } from '#src/features/users/service.ts'
import { GroupedNotifications, Notification } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { somebody as browser, flashOf, open, send, textOf } from '#test/support/browsing.ts'
import { createClient, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, PASSWORD, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

/** Somebody with a token and a browser. */
async function somebody(scopes?: string[]) {
  const person = await browser(test)
  const { headers } = await test.signIn(person.handle, scopes)
  return { ...person, client: createClient(test.app, headers) }
}

const setAdmin = (userId: string, isAdmin: boolean) => changeRight(test.ctx, userId, isAdmin ? 'promoted' : 'demoted')

async function administrator(scopes?: string[]) {
  const person = await somebody(scopes)
  await setAdmin(person.userId, true)
  return person
}

type Somebody = Awaited<ReturnType<typeof somebody>>

async function told({ client }: Somebody, query = ''): Promise<Json[]> {
  await tellEverybody(test.ctx)
  const { body } = await client.get(`/api/v1/notifications${query}`)
  return body.map((one: unknown) => Notification.parse(one))
}

const typesOf = (list: Json[]) => list.map(({ type }) => type)

async function report(by: Somebody, targetId: string, comment = 'Rude'): Promise<string> {
  return (await by.client.post('/api/v1/reports', { account_id: targetId, comment })).body.id
}

/** Somebody who comes in by an invitation. */
async function join(): Promise<string> {
  const { link } = await createInvite(test.ctx, null, { email: null, membership: null, locale: 'en' })
  const handle = uniqueName('new')
  const login = {
    email: `${handle}@mail.example`,
    password: PASSWORD,
    person: { handle, name: '' },
    locale: 'en' as const,
  }
  return (await acceptInvite(test.ctx, link.split('/').at(-1) ?? '', login)).actorId
}

describe('an administrator', () => {
  it('is told of reports, with what they say, by neighbours and from elsewhere', async () => {
    const [admin, writer, target] = [await administrator(), await somebody(), await somebody()]
    const id = await report(writer, target.actorId)
    const remote = await make.remoteActor(test.ctx)
    const flag = {
      actorId: remote.id,
      targetId: target.actorId,
      postIds: [],
      comment: 'Spam',
      activityIri: `${remote.iri}/1`,
    }
    expect(await receiveReport(test.ctx, flag)).toBe('created')
    expect(await receiveReport(test.ctx, flag)).toBe('already')
    const [second, first, ...others] = await told(admin)
    expect(others).toEqual([])
    expect(first).toMatchObject({
      type: 'admin.report',
      account: { id: writer.actorId },
      report: { id, comment: 'Rude', target_account: { id: target.actorId } },
    })
    expect(second).toMatchObject({ account: { id: remote.id }, report: { comment: 'Spam' } })
    // One who reports twice is told of twice.
    await report(writer, target.actorId, 'Again')
    expect((await told(admin)).map(({ report: { comment } }) => comment)).toEqual(['Again', 'Spam', 'Rude'])
    expect(await told(writer)).toEqual([])
    expect(await told(target)).toEqual([])
    expect((await admin.client.get(`/api/v1/notifications/${first.id}`)).body.report.id).toBe(id)
  })

  it('is told of who comes in', async () => {
    const admin = await administrator()
    const newcomer = await join()
    const [one] = await told(admin)
    expect([one.type, one.account.id]).toEqual(['admin.sign_up', newcomer])
    expect(typesOf(await told(admin, '?types[]=admin.report'))).toEqual([])
    expect(typesOf(await told(admin, '?exclude_types[]=admin.sign_up'))).toEqual([])
    expect(typesOf(await told(admin, '?types[]=admin.sign_up'))).toEqual(['admin.sign_up'])
  })

  it('reads newcomers of half a day as one group, and each report as one', async () => {
    const [admin, writer] = [await administrator(), await somebody()]
    const [first, second] = [await join(), await join()]
    const id = await report(writer, first)
    await report(writer, second)
    await tellEverybody(test.ctx)
    const body = GroupedNotifications.parse((await admin.client.get('/api/v2/notifications')).body)
    const groups = body.notification_groups
    expect(groups.map(({ type, notifications_count: count }) => [type, count])).toEqual([
      ['admin.report', 1],
      ['admin.report', 1],
      ['admin.sign_up', 2],
    ])
    expect(groups[1]?.report?.id).toBe(id)
    expect(groups[2]?.sample_account_ids).toEqual([second, first])
    const key = groups[2]?.group_key
    const people: Json = (await admin.client.get(`/api/v2/notifications/${key}/accounts`)).body
    expect(people.map((one: Json) => one.id)).toEqual([second, first])
    expect((await admin.client.get(`/api/v2/notifications/${key}`)).status).toBe(200)
    expect((await admin.client.get('/api/v2/notifications/unread_count')).body).toEqual({ count: 3 })
  })

  it('needs the scope, and hears nothing of it elsewhere than as the first identity of their own', async () => {
    const admin = await administrator(['read:statuses', 'write'])
    const house = await make.actor(test.ctx, { type: 'Organization', userId: admin.userId })
    const second = await make.actor(test.ctx, { userId: admin.userId })
    await report(await somebody(), (await somebody()).actorId)
    await tellEverybody(test.ctx)
    expect((await admin.client.get('/api/v1/notifications')).status).toBe(403)
    const rows = await test.ctx.db.$client<{ actorId: string }[]>`select actor_id::text as "actorId" from notifications
      where actor_id in (${admin.actorId}, ${house.actor.id}, ${second.actor.id})`
    expect(rows.map(({ actorId }) => actorId)).toEqual([admin.actorId])
  })

  it('is told as an organisation that is theirs alone, as long as no other login reads along', async () => {
    const admin = await somebody()
    await test.ctx.db.$client`update actors set type = 'Organization' where id = ${admin.actorId}`
    await setAdmin(admin.userId, true)
    await report(await somebody(), (await somebody()).actorId)
    expect(typesOf(await told(admin))).toEqual(['admin.report'])
    const member = await make.member(test.ctx, admin.actorId, 'publisher')
    expect(await told(admin)).toEqual([])
    await report(await somebody(), (await somebody()).actorId)
    expect(await told(admin)).toEqual([])
    await setAdmin(member.userId, true)
    expect(typesOf(await told(admin))).toEqual(['admin.report'])
  })

  it('sees nothing of it any more when the right is withdrawn', async () => {
    const admin = await administrator()
    await report(await somebody(), (await somebody()).actorId)
    await join()
    const [one] = await told(admin)
    await setAdmin(admin.userId, false)
    expect(await told(admin)).toEqual([])
    expect((await admin.client.get(`/api/v1/notifications/${one.id}`)).status).toBe(404)
    expect((await admin.client.get('/api/v2/notifications')).body).toMatchObject({
      notification_groups: [],
      accounts: [],
    })
    expect((await admin.client.get('/api/v1/notifications/unread_count')).body).toEqual({ count: 0 })
  })

  it('has none of it held back by a policy', async () => {
    const admin = await administrator()
    const policy = { forNotFollowing: 'drop', forNewAccounts: 'filter' } as const
    await transaction(test.ctx.db, (tx) => putPolicy(tx, admin.actorId, policy))
    await report(await somebody(), (await somebody()).actorId)
    expect(typesOf(await told(admin))).toEqual(['admin.report'])
    const requests = await test.ctx.db.select({ id: notificationRequests.actorId }).from(notificationRequests)
    expect(requests.map(({ id }) => id)).not.toContain(admin.actorId)
  })
})

describe('the pages for administrators', () => {
  it('lead from the notification to the report, where it is closed once', async () => {
    const [admin, writer, target] = [await administrator(), await somebody(), await somebody()]
    const post = await make.post(test.ctx, { actorId: target.actorId, content: '<p>Something bad</p>' })
    const { body } = await writer.client.post('/api/v1/reports', {
      account_id: target.actorId,
      status_ids: [post.id],
      comment: 'See <this>',
      category: 'spam',
    })
    const newcomer = await join()
    await tellEverybody(test.ctx)
    const list = await textOf(test, '/notifications', admin)
    expect(list).toContain(`${writer.handle} reports somebody to you`)
    expect(list).toContain(`href="/reports/${body.id}"`)
    expect(list).toContain('has joined this server')
    expect(newcomer).toMatch(/^\d+$/)
    const page = (await open(test, `/reports/${body.id}`, admin)).body
    for (const words of ['See &lt;this&gt;', 'Something bad', 'Unwanted advertising', target.path, writer.path])
      expect(page).toContain(words)
    const closed = await send(test, admin, `/reports/${body.id}/resolve`)
    expect([closed.statusCode, flashOf(closed)]).toEqual([303, expect.stringContaining('The report is closed.')])
    const after = await textOf(test, `/reports/${body.id}`, admin)
    expect(after).toContain('Dealt with')
    expect(after).not.toContain(`/reports/${body.id}/resolve`)
    expect((await told(admin)).find(({ type }) => type === 'admin.report').report.action_taken).toBe(true)
  })

  it('are there for nobody else', async () => {
    const [writer, target] = [await somebody(), await somebody()]
    const id = await report(writer, target.actorId)
    expect((await open(test, `/reports/${id}`, writer)).statusCode).toBe(404)
    expect((await send(test, writer, `/reports/${id}/resolve`)).statusCode).toBe(404)
    expect((await open(test, '/reports/1', await administrator())).statusCode).toBe(404)
  })
})
