import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rotateKeys } from '#src/features/actors/keys.ts'
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

describe('new keys of an actor of ours', () => {
  it('are told to followers, sign from then on, and stand first beside the old ones for seven days (item 31)', async () => {
    const { instance, olga, elsewhere } = neighbours
    const former = await documentOf(olga.iri)
    await speak()
    expect(await rotateKeys(instance.ctx, olga.actor.id)).toBe(2)
    neighbours.pass(61_000)
    await instance.settle()
    const document = await documentOf(olga.iri)
    expect(idsOf(document.publicKey)).toEqual(['#main-key-2', '#main-key'])
    expect(idsOf(document.assertionMethod)).toEqual(['#ed25519-key-2', '#ed25519-key'])
    expect(document.publicKey[1]).toEqual(former.publicKey)
    expect(document.assertionMethod[1]).toEqual(former.assertionMethod[0])
    const update = await elsewhere.delivered(({ type, object }) => type === 'Update' && object?.id === olga.iri)
    expect(update.json.object.publicKey).toEqual(document.publicKey)
    const { headers, body, ...rest } = await speak()
    const said = { headers, body, ...rest }
    expect(checkCavage(said, document.publicKey[0].publicKeyPem)).toMatchObject({
      isTrue: true,
      keyId: `${olga.iri}#main-key-2`,
    })
    expect(said.json.proof.verificationMethod).toBe(`${olga.iri}#ed25519-key-2`)
    expect(isProven(said.json, document.assertionMethod[0].publicKeyMultibase)).toBe(true)
  })

  it('stand alone after that, as followers are told (item 31)', async () => {
    const { instance, olga, elsewhere } = neighbours
    const sweep = async () => {
      const chores = choresOf(instance.ctx, null as never, { lane: null as never, reading: null as never })
      await chores.find(({ name }) => name === 'former keys')?.run()
      await instance.settle()
    }
    const updates = () => elsewhere.deliveries.filter(({ json }) => json?.type === 'Update')
    const before = updates().length
    await sweep()
    expect(updates()).toHaveLength(before)
    neighbours.pass(7 * DAY_MS)
    await sweep()
    const document = await documentOf(olga.iri)
    expect(document.publicKey.id).toBe(`${olga.iri}#main-key-2`)
    expect(idsOf(document.assertionMethod)).toEqual(['#ed25519-key-2'])
    await sweep()
    expect(
      updates()
        .slice(before)
        .map(({ json }) => json.object.publicKey),
    ).toEqual([document.publicKey])
  })
})
