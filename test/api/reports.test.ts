import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { effects } from '#src/db/schema/effects.ts'
import { listOpenReports, resolveReport } from '#src/features/reports/queries.ts'
import { insertRule, putText } from '#src/features/rules/queries.ts'
import { Report } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
let visitor: Client
beforeAll(async () => {
  test = await createTestApp()
  visitor = createClient(test.app)
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const { actorId, headers } = await test.signIn(uniqueName('person'), scopes)
  return { client: createClient(test.app, headers), actorId }
}

describe('a report', () => {
  it('is kept for those who run the instance, with the posts and rules that are meant', async () => {
    const me = await somebody()
    const remote = await make.remoteActor(test.ctx)
    const post = await make.post(test.ctx, { actorId: remote.id, iri: 'https://there.example/notes/bad' })
    const rule = await insertRule(test.ctx.db, { text: 'Be kind', hint: '' })
    const { body } = await me.client.post('/api/v1/reports', {
      account_id: remote.id,
      status_ids: [post.id],
      rule_ids: [rule],
      comment: 'Not kind',
      forward: 'true',
    })
    const report = Report.parse(body)
    expect(report).toMatchObject({
      category: 'violation',
      comment: 'Not kind',
      forwarded: true,
      status_ids: [post.id],
      rule_ids: [rule],
      target_account: { id: remote.id },
    })
    expect((await listOpenReports(test.ctx.db)).map(({ id }) => id)).toContain(report.id)
    const facts = await test.ctx.db.select({ type: effects.type, payload: effects.payload }).from(effects)
    expect(facts).toContainEqual({ type: 'report.forwarded', payload: { reportId: report.id } })
    expect(await resolveReport(test.ctx.db, report.id, test.ctx.now())).toBe(true)
    expect(await resolveReport(test.ctx.db, report.id, test.ctx.now())).toBe(false)
  })

  it('of one of ours is not forwarded, and says what it is about', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const { body } = await me.client.post('/api/v1/reports', {
      account_id: other.actorId,
      forward: true,
      category: 'spam',
    })
    expect(Report.parse(body)).toMatchObject({ category: 'spam', forwarded: false, status_ids: null, rule_ids: null })
  })

  it('cannot be about collections, and says so instead of leaving them out', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const about = (ids: string[]) =>
      me.client.post('/api/v1/reports', { account_id: other.actorId, collection_ids: ids })
    expect(await about(['1'])).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('collection_ids') },
    })
    expect(await about([])).toMatchObject({ status: 200 })
  })

  it('reveals nothing that its reporter may not see, and needs its scope (rows 28, 38)', async () => {
    const [me, other, narrow] = [await somebody(), await somebody(), await somebody(['read', 'write:statuses'])]
    const secret = await make.post(test.ctx, { actorId: other.actorId, visibility: 'followers' })
    const open = await make.post(test.ctx, { actorId: me.actorId })
    const ask = async (client: Client, body: object) => (await client.post('/api/v1/reports', body)).status
    expect(await ask(me.client, { account_id: other.actorId, status_ids: [secret.id] })).toBe(404)
    expect(await ask(me.client, { account_id: other.actorId, status_ids: [open.id] })).toBe(404)
    expect(await ask(me.client, { account_id: '1' })).toBe(404)
    expect(await ask(me.client, { account_id: me.actorId })).toBe(422)
    expect(await ask(me.client, { account_id: other.actorId, rule_ids: ['1'] })).toBe(422)
    expect(await ask(me.client, { account_id: other.actorId, comment: 'a'.repeat(1_001) })).toBe(422)
    expect(await ask(me.client, {})).toBe(422)
    expect(await ask(narrow.client, { account_id: other.actorId })).toBe(403)
    expect(await ask(visitor, { account_id: other.actorId })).toBe(401)
  })
})

describe('the texts of an instance', () => {
  it('are what was written, terms of service with the days from which they hold', async () => {
    const put = (kind: 'extended_description' | 'terms_of_service', source: string, effectiveOn: string) =>
      putText(test.ctx.db, { kind, source, effectiveOn, now: test.ctx.now() })
    await put('extended_description', 'About <us>', '2000-01-01')
    await put('terms_of_service', 'First terms', '2020-01-01')
    await put('terms_of_service', 'Later terms', '2999-01-01')
    expect((await visitor.get('/api/v1/instance/extended_description')).body).toEqual({
      updated_at: expect.stringMatching(/Z$/),
      content: '<p>About &lt;us&gt;</p>',
    })
    expect((await visitor.get('/api/v1/instance/terms_of_service')).body).toEqual({
      effective_date: '2020-01-01',
      effective: true,
      content: '<p>First terms</p>',
      succeeded_by: '2999-01-01',
    })
    expect((await visitor.get('/api/v1/instance/terms_of_service/2999-01-01')).body).toMatchObject({
      effective: false,
      succeeded_by: null,
    })
    expect((await visitor.get('/api/v1/instance/terms_of_service/2021-01-01')).status).toBe(404)
    const { body } = await visitor.get('/api/v2/instance')
    expect(body.rules).toEqual((await visitor.get('/api/v1/instance/rules')).body)
    expect(body.rules[0]).toMatchObject({ text: 'Be kind', hint: '', translations: {} })
  })
})
