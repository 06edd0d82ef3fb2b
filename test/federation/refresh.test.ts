import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACTIVITY_JSON,
  type Answering,
  type Stranger,
  type StrangerActor,
  startStranger,
} from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/* What is known of an actor on another server is read again after a while. */

const hour = 60 * 60_000

let instance: Instance
let org: Member
let elsewhere: Stranger
/** Added to everybody's clock. */
let passed = 0
const now = () => new Date(Date.now() + passed)

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance({ now }), startStranger()])
  org = await instance.join('atelier', { type: 'Organization' })
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

async function like(actor: StrangerActor): Promise<{ id: string }> {
  const { body: post } = await org.api.post('/api/v1/statuses', { status: 'Look' })
  const { status } = await actor.post(instance.ctx.uris.sharedInbox, actor.activity('Like', post.uri), { at: now() })
  expect(status).toBe(202)
  await instance.settle()
  return post
}

const countLikes = async ({ id }: { id: string }) => (await org.api.get(`/api/v1/statuses/${id}`)).body.favourites_count

describe('an actor', () => {
  it('of whom its server says that they are gone does nothing more', async () => {
    const nils = await elsewhere.actor('nils')
    expect(await countLikes(await like(nils))).toBe(1)
    elsewhere.serve(nils.iri, { status: 410 })
    passed += 25 * hour
    expect(await countLikes(await like(nils))).toBe(0)
  })

  it.each([
    ['does not answer', { status: 503 }],
    ['does not find it', { status: 404 }],
    ['serves something else', { body: { id: 'x', type: 'Note' } }],
  ])('is as we know them while their server %s', async (_what, answer: Answering) => {
    const mia = await elsewhere.actor(`mia${answer.status ?? 0}`)
    await like(mia)
    elsewhere.serve(mia.iri, answer)
    passed += 25 * hour
    expect(await countLikes(await like(mia))).toBe(1)
  })
})

describe('a handle of another host than that of its id', () => {
  it('is that of the id only until who could confirm it answers', async () => {
    const brand = await startStranger()
    const nora = await elsewhere.actor('nora')
    const said = {
      headers: { 'content-type': 'application/jrd+json' },
      body: { subject: `acct:nora@${brand.host}`, links: [{ rel: 'self', type: ACTIVITY_JSON, href: nora.iri }] },
    }
    const at = (acct: string) => `/.well-known/webfinger?resource=${encodeURIComponent(`acct:${acct}`)}`
    elsewhere.serve(at(nora.acct), said)
    brand.serve(at(`nora@${brand.host}`), { status: 503 })
    const acct = async () => (await org.api.get(`/api/v1/statuses/${(await like(nora)).id}/favourited_by`)).body[0].acct
    expect(await acct()).toBe(nora.acct)
    brand.serve(at(`nora@${brand.host}`), said)
    passed += 2 * hour
    expect(await acct()).toBe(`nora@${brand.host}`)
    await brand.close()
  })
})
