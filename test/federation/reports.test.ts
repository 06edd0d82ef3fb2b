import { afterAll, beforeAll, expect, it } from 'vitest'
import { listOpenReports } from '#src/features/reports/queries.ts'
import { findAccount } from '#test/support/befriend.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let elsewhere: Stranger
let lea: Member

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  lea = await instance.join('lea')
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

it('a report is told to the other server in the name of the instance, which does not say who reports (item 22)', async () => {
  const rosa = await elsewhere.actor('rosa')
  const id = await findAccount(lea, rosa.acct)
  const report = { account_id: id, comment: 'Spam', forward: true, category: 'spam' }
  expect((await lea.api.post('/api/v1/reports', report)).status).toBe(200)
  const { json, headers, body } = await elsewhere.delivered(({ type }) => type === 'Flag')
  const actor = instance.ctx.uris.instanceActor
  expect(json).toMatchObject({ actor, object: [rosa.iri], content: 'Spam', to: [rosa.iri] })
  expect(headers.signature).toContain(actor)
  expect(body.toString()).not.toContain(lea.iri)
})

it('a report from elsewhere is kept once, whatever the order of what it names (item 22)', async () => {
  const emil = await elsewhere.actor('emil')
  const { body: status } = await lea.api.post('/api/v1/statuses', { status: 'a' })
  const flag = { ...emil.activity('Flag', [status.uri, lea.iri]), content: '<p>Rude</p>' }
  const before = (await listOpenReports(instance.ctx.db)).length
  for (const activity of [flag, flag, emil.activity('Flag', [emil.iri])]) {
    expect((await emil.post(`${instance.url}/inbox`, activity)).status).toBe(202)
    await instance.settle()
  }
  const [report, ...rest] = await listOpenReports(instance.ctx.db)
  expect(rest).toHaveLength(before)
  expect(report).toMatchObject({ targetId: lea.actor.id, postIds: [status.id], comment: 'Rude' })
})
