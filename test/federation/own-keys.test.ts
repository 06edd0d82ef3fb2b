import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nextAttempt, retryForMs } from '#federation/delivery/schedule.ts'
import { keptMs, rotateKeys } from '#src/features/actors/keys.ts'
import { deleteActor } from '#src/features/actors/service.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { checkCavage, isProven } from '#test/support/signing.ts'
import { ACTIVITY_JSON, type Recorded } from '#test/support/stranger.ts'
import { choresOf } from '#workers/housekeeping.ts'

let neighbours: Neighbours

beforeAll(async () => {
  neighbours = await startNeighbours()
  await letBeFollowed(neighbours.instance, neighbours.olga, neighbours.remo)
})
afterAll(() => neighbours.close())

const documentOf = async (iri: string): Promise<Json> =>
  (await fetch(iri, { headers: { accept: ACTIVITY_JSON } })).json()

/** A post of Olga as it was delivered. */
async function speak(): Promise<Recorded> {
  const { instance, olga, elsewhere } = neighbours
  const { body } = await olga.api.post('/api/v1/statuses', { status: 'A word' })
  await instance.settle()
  return elsewhere.delivered(({ type, object }) => type === 'Create' && object?.id === body.uri)
}

const idsOf = (keys: Json) => [keys].flat().map(({ id }: Json) => id.replace(neighbours.olga.iri, ''))

/** Lets the chore run that forgets former keys, and what follows of it. */
async function sweep(): Promise<void> {
  const { instance } = neighbours
  const chores = choresOf(instance.ctx, null as never, { lane: null as never, reading: null as never })
  await chores.find(({ name }) => name === 'former keys')?.run()
  await instance.settle()
}

const updatesOf = (iri: string) =>
  neighbours.elsewhere.deliveries.filter(({ json }) => json?.type === 'Update' && json.object?.id === iri)

describe('new keys of an actor of ours', () => {
  it('are told to followers, and sign from then on; `publicKey` is one key, as Misskey, PeerTube and Lemmy want it (item 31)', async () => {
    const { instance, olga, elsewhere } = neighbours
    const former = await documentOf(olga.iri)
    await speak()
    expect(await rotateKeys(instance.ctx, olga.actor.id)).toBe(2)
    neighbours.pass(61_000)
    await instance.settle()
    const document = await documentOf(olga.iri)
    expect(document.publicKey).toEqual({
      id: `${olga.iri}#main-key-2`,
      owner: olga.iri,
      publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY'),
    })
    expect(document.publicKey.publicKeyPem).not.toBe(former.publicKey.publicKeyPem)
    const update = await elsewhere.delivered(({ type, object }) => type === 'Update' && object?.id === olga.iri)
    expect(update.json.object.publicKey).toEqual(document.publicKey)
    const said = await speak()
    expect(checkCavage(said, document.publicKey.publicKeyPem)).toMatchObject({
      isTrue: true,
      keyId: `${olga.iri}#main-key-2`,
    })
    expect(said.json.proof.verificationMethod).toBe(`${olga.iri}#ed25519-key-2`)
    expect(isProven(said.json, document.assertionMethod[0].publicKeyMultibase)).toBe(true)
  })

  it('stand first beside those that have proven what is on its way, for longer than it is tried (item 31)', async () => {
    const { olga } = neighbours
    const { assertionMethod: listed } = await documentOf(olga.iri)
    expect(idsOf(listed)).toEqual(['#ed25519-key-2', '#ed25519-key'])
    const [before] = neighbours.elsewhere.deliveries.filter(({ json }) => json?.type === 'Create')
    expect(before?.json.proof.verificationMethod).toBe(listed[1].id)
    expect(isProven(before?.json, listed[1].publicKeyMultibase)).toBe(true)
    expect(lastTryMs()).toBeGreaterThan(retryForMs)
    expect(lastTryMs()).toBeLessThan(keptMs)
  })

  it('stand alone after that, as followers are told (item 31)', async () => {
    const { olga } = neighbours
    const before = updatesOf(olga.iri).length
    await sweep()
    neighbours.pass(keptMs - DAY_MS)
    await sweep()
    expect(updatesOf(olga.iri)).toHaveLength(before)
    neighbours.pass(DAY_MS)
    await sweep()
    const document = await documentOf(olga.iri)
    expect(document.publicKey.id).toBe(`${olga.iri}#main-key-2`)
    expect(idsOf(document.assertionMethod)).toEqual(['#ed25519-key-2'])
    await sweep()
    expect(
      updatesOf(olga.iri)
        .slice(before)
        .map(({ json }) => json.object.assertionMethod),
    ).toEqual([document.assertionMethod])
  })

  it('of one that was deleted meanwhile are told to nobody (item 31)', async () => {
    const { instance, olga } = neighbours
    await rotateKeys(instance.ctx, olga.actor.id)
    await instance.settle()
    await deleteActor(instance.ctx, olga.viewer, olga.actor.id)
    await instance.settle()
    const before = updatesOf(olga.iri).length
    neighbours.pass(keptMs + DAY_MS)
    await sweep()
    expect(updatesOf(olga.iri)).toHaveLength(before)
    const [last] = await instance.ctx.db.$client`
      select type from activities where actor_id = ${olga.actor.id} order by id desc limit 1`
    expect(last?.type).toBe('Delete')
  })
})

/** How long after the first try of a delivery the last one can be: just before the end it is put off for as long as a server can ask. */
function lastTryMs(): number {
  const last = { attempts: 20, firstTriedAt: new Date(0), now: new Date(retryForMs - 1), random: 1 }
  return nextAttempt({ ...last, retryAfterMs: Number.POSITIVE_INFINITY })?.getTime() ?? 0
}
