import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#test/support/client.ts'
import { type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let org: Member
let elsewhere: Stranger
let rosa: StrangerActor

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  org = await instance.join('atelier', { type: 'Organization' })
  rosa = await elsewhere.actor('rosa')
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

const inbox = () => instance.ctx.uris.sharedInbox

describe('an activity under a long id', () => {
  /** As long as an address may be. */
  const long = (from: StrangerActor) => `${new URL(from.iri).origin}/${randomBytes(1_440).toString('base64url')}`
  const create = (from: StrangerActor, more: Json = {}) => {
    const note = from.note({ to: [org.iri], cc: [] })
    return { ...from.activity('Create', note, { to: note.to }), ...more }
  }

  it('of an actor with a long one is stored once, and refuses nobody who comes at the same time (row 83)', async () => {
    const lang = await elsewhere.actor(`${randomBytes(750).toString('base64url')}/lang`, { preferredUsername: 'lang' })
    const activity = create(lang, { id: long(lang) })
    const honest = Array.from({ length: 20 }, () => create(rosa))
    const answers = await Promise.all([
      ...[activity, activity].map((one) => lang.post(inbox(), one)),
      ...honest.map((one) => rosa.post(inbox(), one)),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await instance.settle()
    const [row] = await instance.ctx.db.$client`
      select count(*)::int, min(outcome) as outcome from inbox_activities where actor_iri = ${lang.iri}`
    expect(row).toEqual({ count: 1, outcome: 'done' })
  })

  it('that is longer in bytes than in signs is refused (row 83)', async () => {
    const answer = await rosa.post(inbox(), create(rosa, { id: `${elsewhere.url}/${'語'.repeat(1_900)}` }))
    expect(answer.status).toBe(400)
  })
})
