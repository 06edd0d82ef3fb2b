import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announceLag } from '#src/db/inbox.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating } from '#test/support/neighbours.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/** A server that takes six seconds for every document, and one that is as any other. */
let instance: Instance
let reader: Member
let slow: Stranger
let honest: Stranger
let rosa: StrangerActor

beforeAll(async () => {
  ;[instance, slow, honest] = await Promise.all([startInstance(), startStranger(), startStranger()])
  reader = await instance.join('lea')
  rosa = await honest.actor('rosa')
})
afterAll(() => Promise.all([instance.close(), slow.close(), honest.close()]))

const answering = (from: StrangerActor, to: string) =>
  creating(from, from.note({ inReplyTo: to, to: [PUBLIC], cc: [reader.iri] }))

describe('a server that takes its time', () => {
  it('holds up nobody else, however many of its actors speak (row 82)', async () => {
    const inbox = instance.ctx.uris.sharedInbox
    const actors = await Promise.all(Array.from({ length: 40 }, (_, n) => slow.actor(`sloth${n}`)))
    for (const [n, actor] of actors.entries()) {
      slow.serve(`/notes/${n}`, () => ({ delayMs: 9_500, status: 503 }))
      // Everybody is known already: only what they answer has to be fetched.
      expect((await actor.post(inbox, actor.activity('Follow', reader.iri))).status).toBe(202)
    }
    await instance.settle()
    const startedAt = performance.now()
    await Promise.all(actors.map((actor, n) => actor.post(inbox, answering(actor, `${slow.url}/notes/${n}`))))
    await eventually(async () => expect(slow.gets.filter(({ path }) => path.startsWith('/notes/'))).not.toEqual([]))
    const note = rosa.note({ to: [PUBLIC], cc: [reader.iri] })
    expect((await rosa.post(inbox, creating(rosa, note))).status).toBe(202)
    await eventually(
      async () => {
        const [row] = await instance.ctx.db.$client`select id from posts where iri = ${note.id}`
        expect(row).toBeDefined()
      },
      { withinMs: 8_500, everyMs: 25 },
    )
    expect(performance.now() - startedAt).toBeLessThan(9_000)
  })
})

describe('an inbox whose workers are behind', () => {
  it('answers later, so that those who send go slower, and at once when they are not (fault F16)', async () => {
    const answered = async (): Promise<number> => {
      const startedAt = performance.now()
      const { status } = await rosa.post(instance.ctx.uris.sharedInbox, rosa.activity('View', `${honest.url}/x`))
      expect(status).toBe(202)
      return performance.now() - startedAt
    }
    // From the first answer on it is heard what workers say.
    await answered()
    await eventually(async () => {
      await announceLag(instance.ctx.db, 4_600)
      expect(await answered()).toBeGreaterThan(1_490)
    })
    await announceLag(instance.ctx.db, 50)
    await eventually(async () => expect(await answered()).toBeLessThan(1_000))
  })
})
