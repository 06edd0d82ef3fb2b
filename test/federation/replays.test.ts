import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pruneReceived } from '#src/db/inbox.ts'
import type { Json } from '#test/support/client.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/** What Rosa once said, with its proof, Mallory says again from another server. */
let instance: Instance
let org: Member
let elsewhere: Stranger
let far: Stranger
let rosa: StrangerActor
let mallory: StrangerActor
/** Added to everybody's clock. */
let passed = 0
const now = () => new Date(Date.now() + passed)

beforeAll(async () => {
  ;[instance, elsewhere, far] = await Promise.all([
    startInstance({ now }),
    startStranger({ now }),
    startStranger({ now }),
  ])
  org = await instance.join('atelier', { type: 'Organization' })
  ;[rosa, mallory] = await Promise.all([elsewhere.actor('rosa'), far.actor('mallory')])
})
afterAll(() => Promise.all([instance.close(), elsewhere.close(), far.close()]))

const inbox = () => instance.ctx.uris.sharedInbox

async function say(from: StrangerActor, activity: Json): Promise<void> {
  expect((await from.post(inbox(), activity)).status).toBe(202)
  await instance.settle()
}

describe('what was proven once', () => {
  it('does not bring a former profile back (row 15)', async () => {
    const profileWas = (summary: string) => {
      rosa.document.summary = summary
      return rosa.prove(rosa.activity('Update', { ...rosa.document }, { to: [PUBLIC] }))
    }
    const former = profileWas('<p>Then</p>')
    await say(rosa, former)
    await say(rosa, profileWas('<p>Now</p>'))
    // In other bytes, so that it is another text with the same proof.
    await say(mallory, Buffer.from(JSON.stringify(former, null, 1)))
    const { body } = await org.api.get(`/api/v1/accounts/lookup?acct=${rosa.acct}`)
    expect(body.note).toBe('<p>Now</p>')
  })

  it('does not bring back what was taken back, when nobody remembers it any more (rule 12)', async () => {
    const { body: post } = await org.api.post('/api/v1/statuses', { status: 'Ours', visibility: 'public' })
    const boosts = async () => (await org.api.get(`/api/v1/statuses/${post.id}`)).body.reblogs_count
    const boost = rosa.prove(rosa.activity('Announce', post.uri, { to: [PUBLIC], cc: [rosa.followers] }))
    await say(rosa, boost)
    expect(await boosts()).toBe(1)
    await say(rosa, rosa.activity('Undo', boost))
    passed += 8 * 24 * 3_600_000
    await pruneReceived(instance.ctx.db, now(), now())
    await say(mallory, boost)
    expect(await boosts()).toBe(0)
  })
})
