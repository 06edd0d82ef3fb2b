import { expect } from 'vitest'
import { letFollow } from './befriend.ts'
import type { Json } from './client.ts'
import { type Stranger, type StrangerActor, startStranger } from './stranger.ts'
import { type Instance, type Member, startInstance } from './two-servers.ts'

/** An instance with four people, of whom three follow Rosa on a server elsewhere, where Remo is too. */
export type Neighbours = Readonly<{
  instance: Instance
  elsewhere: Stranger
  /** A server that nobody here has to do with. */
  far: Stranger
  lea: Member
  marc: Member
  nora: Member
  /** Follows nobody. */
  olga: Member
  rosa: StrangerActor
  remo: StrangerActor
  /** Moves the clocks of all on. */
  pass(ms: number): void
  now(): Date
  /** Sends an activity to the shared inbox, or to that of one, and waits until it was worked off. */
  say(from: StrangerActor, activity: Json, to?: string): Promise<void>
  /** A post as somebody finds it by its id, without anything being fetched; undefined when they do not. */
  find(member: Member, iri: string): Promise<Json>
  /** What Lea finds when she asks for an address, which is fetched. */
  lookUp(address: string): Promise<{ accounts: Json[]; statuses: Json[] }>
  /** Sends a post that is to arrive, and finds it as Lea does. */
  arrive(note: Json, from?: StrangerActor): Promise<Json>
  close(): Promise<void>
}>

/** The Create of a note. */
export const creating = (from: StrangerActor, note: Json): Json =>
  from.activity('Create', note, { to: note.to, cc: note.cc })

/** Starts the instance and its neighbours. */
export async function startNeighbours(): Promise<Neighbours> {
  let passed = 0
  const now = () => new Date(Date.now() + passed)
  const [instance, elsewhere, far] = await Promise.all([startInstance({ now }), startStranger(), startStranger()])
  const [lea, marc, nora, olga, rosa, remo] = await Promise.all([
    instance.join('lea'),
    instance.join('marc'),
    instance.join('nora'),
    instance.join('olga'),
    elsewhere.actor('rosa'),
    elsewhere.actor('remo'),
  ])
  for (const member of [lea, marc, nora]) await letFollow(member, elsewhere, rosa)
  const say = async (from: StrangerActor, activity: Json, to = instance.ctx.uris.sharedInbox) => {
    const answer = await from.post(to, activity, { at: now() })
    expect([answer.status, answer.text]).toEqual([202, ''])
    await instance.settle()
  }
  const find = async (member: Member, iri: string) => {
    const { body } = await member.api.get(`/api/v2/search?type=statuses&q=${encodeURIComponent(iri)}`)
    return body.statuses[0]
  }
  return {
    ...{ instance, elsewhere, far, lea, marc, nora, olga, rosa, remo, now, say, find },
    pass: (ms) => {
      passed += ms
    },
    lookUp: async (address) => {
      const { body } = await lea.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(address)}`)
      return body
    },
    arrive: async (note, from = rosa) => {
      await say(from, creating(from, note))
      const status = await find(lea, note.id)
      expect(status, `${note.id} has not arrived`).toBeDefined()
      return status
    },
    close: async () => {
      await Promise.all([instance.close(), elsewhere.close(), far.close()])
    },
  }
}
