import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import type { Stranger, StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let elsewhere: Stranger
let far: Stranger
let lea: Member
let mallory: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ elsewhere, far, lea } = neighbours)
  mallory = await far.actor('mallory')
})
afterAll(() => neighbours.close())

const say: Neighbours['say'] = (...args) => neighbours.say(...args)
const find: Neighbours['find'] = (...args) => neighbours.find(...args)
const lookUp: Neighbours['lookUp'] = (...args) => neighbours.lookUp(...args)

describe('an address that leads to somebody else', () => {
  it('is not that one: its owner speaks for nobody else (rule 7) (rows 3, 7)', async () => {
    const [victim, thief] = [await elsewhere.actor('adele'), await far.actor('thief')]
    const letter = (from: StrangerActor) => from.note({ to: [lea.iri], cc: [] })
    for (const author of [victim, thief]) await say(author, creating(author, letter(author)))
    for (const answer of [{ body: victim.document }, { status: 302, headers: { location: victim.iri } }]) {
      // A known actor is read again after a day.
      neighbours.pass(25 * 60 * 60_000)
      far.serve(thief.iri, answer)
      const forged = letter(thief)
      await say(thief, creating(thief, forged))
      expect((await find(lea, forged.id)).account.acct).toBe(thief.acct)
    }
  })

  it('and is unknown so far is nobody (rule 7) (row 3)', async () => {
    const victim = await elsewhere.actor('agnes')
    const alias = `${far.url}/people/agnes`
    far.serve(alias, { body: victim.document })
    const note = mallory.note({ attributedTo: alias, content: '<p>Forged</p>' })
    expect((await lookUp(note.id)).statuses).toEqual([])
  })

  it('and that is one of ours brings no copy of it (row 3)', async () => {
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: 'Once', visibility: 'public' })
    far.serve('/to/post', { status: 302, headers: { location: own.uri } })
    far.serve('/to/lea', { status: 302, headers: { location: lea.iri } })
    await say(mallory, creating(mallory, mallory.note({ to: [lea.iri], cc: [], inReplyTo: `${far.url}/to/post` })))
    const { body: posts } = await lea.api.get(`/api/v1/accounts/${lea.actor.id}/statuses`)
    expect(posts.filter(({ content }: Json) => content.includes('Once'))).toHaveLength(1)
    expect((await lookUp(`${far.url}/to/lea`)).accounts).toEqual([])
    expect((await lookUp(`${far.url}/to/post`)).statuses.map(({ id }) => id)).toEqual([own.id])
  })
})
