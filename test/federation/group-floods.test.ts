import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#src/features/actors/queries.ts'
import { createGroup } from '#src/features/groups/service.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type StrangerActor } from '#test/support/stranger.ts'

/** Rosa and Remo (elsewhere) and Fay (far) are members of a group that Lea keeps here. */
let neighbours: Neighbours
let rosa: StrangerActor
let remo: StrangerActor
let fay: StrangerActor
let group: Actor

const ctx = () => neighbours.instance.ctx
const iri = () => ctx().uris.actor(group.handle)

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ rosa, remo } = neighbours)
  fay = await neighbours.far.actor('fay')
  group = await createGroup(ctx(), neighbours.lea.viewer, { handle: 'hub', name: 'Hub' })
})
afterAll(() => neighbours.close())

const toGroup = (from: StrangerActor, more: Json = {}): Json =>
  from.note({ to: [PUBLIC], cc: [from.followers, iri()], ...more })

const say = (from: StrangerActor, activity: Json) => neighbours.say(from, from.prove(activity))

const passedOn = (at: 'elsewhere' | 'far', type: string) =>
  neighbours[at].deliveries.filter(({ json }) => json?.type === 'Announce' && json.object?.type === type)

const told = (at: 'elsewhere' | 'far', type: string) =>
  neighbours[at].deliveries.filter(({ json }) => json?.type === type)

describe('a group that is kept here (item 34)', () => {
  it('takes sixty posts an hour of one author, and passes on as many changes and no more', async () => {
    for (const member of [rosa, remo, fay]) await say(member, member.activity('Follow', iri()))
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    const inbox = ctx().uris.sharedInbox
    const answers = Array.from({ length: 61 }, () => toGroup(fay, { inReplyTo: topic.id }))
    for (const note of answers) await fay.post(inbox, fay.prove(creating(fay, note)), { at: neighbours.now() })
    await neighbours.instance.settle()
    expect(passedOn('elsewhere', 'Create')).toHaveLength(61)
    expect(told('far', 'Reject').map(({ json }) => json.summary)).toEqual(['too-many'])
    const edited = (nth: number) => {
      const updated = new Date(neighbours.now().getTime() + nth).toISOString()
      return fay.activity('Update', { ...answers[0], content: `<p>${nth}</p>`, updated }, { to: [PUBLIC], cc: [iri()] })
    }
    for (let nth = 0; nth < 61; nth++) await fay.post(inbox, fay.prove(edited(nth)), { at: neighbours.now() })
    await neighbours.instance.settle()
    expect(passedOn('elsewhere', 'Update')).toHaveLength(60)
    // Others are heard, and what is taken back is always passed on.
    await say(remo, creating(remo, toGroup(remo, { inReplyTo: topic.id })))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(62)
    await say(fay, fay.activity('Delete', { id: answers[0]?.id, type: 'Tombstone' }, { to: [PUBLIC], cc: [iri()] }))
    expect(passedOn('elsewhere', 'Delete')).toHaveLength(1)
    neighbours.pass(3_700_000)
    await say(fay, creating(fay, toGroup(fay, { inReplyTo: topic.id })))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(63)
  })
})
