import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { hasPayloads, readPayload } from '#test/support/payloads.ts'
import { ACTIVITY_JSON, PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let lea: Member
let marc: Member
let olga: Member
let rosa: StrangerActor
let remo: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ lea, marc, olga, rosa, remo } = neighbours)
  await letBeFollowed(neighbours.instance, lea, remo)
})
afterAll(() => neighbours.close())

const context = ['https://gotosocial.org/ns', 'https://www.w3.org/ns/activitystreams']
const asks = { automaticApproval: [] as string[], manualApproval: [PUBLIC] }

/** A post that came, and who may answer it. */
const arrive = async (canReply: Json, more: Json = {}): Promise<Json> =>
  neighbours.arrive(rosa.note({ '@context': context, interactionPolicy: { canReply }, ...more }))
const answer = (member: Member, to: Json, more: Json = {}) =>
  member.api.post('/api/v1/statuses', { status: 'my answer', in_reply_to_id: to.id, ...more })
const written = async (member: Member, to: Json, more: Json = {}): Promise<Json> => {
  const { status, body } = await answer(member, to, more)
  expect(status, JSON.stringify(body)).toBe(200)
  await neighbours.instance.settle()
  return body
}
const documentOf = async (iri: string) => fetch(iri, { headers: { accept: ACTIVITY_JSON }, redirect: 'manual' })
const noteOf = async (iri: string): Promise<Json> => (await documentOf(iri)).json()
const updatesOf = (iri: string) =>
  neighbours.elsewhere.deliveries.filter(({ json }) => json?.type === 'Update' && json.object?.id === iri)

let number = 0
const serveProof = (proof: Json): string => {
  const path = `/authorizations/${++number}`
  const iri = `${neighbours.elsewhere.url}${path}`
  neighbours.elsewhere.serve(path, { body: { '@context': context, id: iri, type: 'ReplyAuthorization', ...proof } })
  return iri
}
const proofOf = (reply: Json, parent: Json): Json => ({
  attributedTo: rosa.iri,
  interactingObject: reply.uri,
  interactionTarget: parent.uri,
})
const accept = (reply: Json, parent: Json, result: string): Json =>
  rosa.activity('Accept', reply.uri, { '@context': context, target: parent.uri, result, to: lea.iri })

describe('an answer to somebody who chooses who answers', () => {
  it.each([
    ['nobody', () => ({ automaticApproval: rosa.iri })],
    ['nobody, in older words', () => ({ always: [rosa.iri], approvalRequired: [] })],
    ['somebody else', () => ({ automaticApproval: [remo.iri, marc.iri] })],
    ['followers', () => ({ automaticApproval: [rosa.followers] })],
  ])('is refused before it is made: %s (item 15)', async (_, policy) => {
    const parent = await arrive(policy())
    const before = neighbours.elsewhere.deliveries.length
    const written = async () => (await olga.api.get(`/api/v1/accounts/${olga.actor.id}/statuses`)).body.length
    const count = await written()
    const { status, body } = await answer(olga, parent)
    expect([status, body.error]).toEqual([422, 'The author of this post takes no answers from you'])
    await neighbours.instance.settle()
    expect(neighbours.elsewhere.deliveries.slice(before)).toEqual([])
    expect(await written()).toBe(count)
  })

  it.each([
    ['everybody', () => ({ automaticApproval: [PUBLIC] })],
    ['everybody, by saying nothing', () => ({ automaticApproval: [], manualApproval: [] })],
    ['one of ours', () => ({ automaticApproval: [olga.iri], manualApproval: [PUBLIC] })],
  ])('is published and nothing is awaited: %s (item 15)', async (_, policy) => {
    const parent = await arrive(policy())
    const reply = await written(olga, parent)
    const proof = serveProof(proofOf(reply, parent))
    await neighbours.say(rosa, accept(reply, parent, proof))
    expect(await noteOf(reply.uri)).not.toHaveProperty('approvedBy')
  })

  it('is for those whom the author follows, where it says so (item 15)', async () => {
    const { elsewhere, instance } = neighbours
    const following = `${elsewhere.url}/people/tara/following`
    const tara = await elsewhere.actor('tara', { following })
    await letBeFollowed(instance, marc, tara)
    const interactionPolicy = { canReply: { automaticApproval: [tara.iri], manualApproval: [following] } }
    const note = tara.note({ '@context': context, interactionPolicy, cc: [lea.iri] })
    const parent = await neighbours.arrive(note, tara)
    expect((await answer(olga, parent)).status).toBe(422)
    await written(marc, parent)
  })

  it('may always be asked for where only another server knows whom it means', async () => {
    const parent = await arrive({ automaticApproval: [`${neighbours.elsewhere.url}/circles/1`] })
    const reply = await written(olga, parent)
    const proof = serveProof(proofOf(reply, parent))
    await neighbours.say(rosa, accept(reply, parent, proof))
    expect((await noteOf(reply.uri)).approvedBy).toBe(proof)
  })

  it('is for whom the post names, whatever else it says', async () => {
    const tag = [{ type: 'Mention', href: olga.iri, name: `@${olga.acct}` }]
    const parent = await arrive({ automaticApproval: rosa.iri }, { tag, cc: [rosa.followers, olga.iri] })
    await written(olga, parent)
    const { status } = await answer(marc, parent)
    expect(status).toBe(422)
  })

  it('follows the newest policy (item 15)', async () => {
    const note = rosa.note({ '@context': context, interactionPolicy: { canReply: { automaticApproval: rosa.iri } } })
    const parent = await neighbours.arrive(note)
    expect((await answer(olga, parent)).status).toBe(422)
    await neighbours.say(rosa, rosa.activity('Update', { ...note, interactionPolicy: {} }))
    await written(olga, parent)
  })
})

describe('who may answer', () => {
  it('is not what an edit said that a newer one has overtaken (item 18)', async () => {
    const published = new Date(Date.now() - 60_000).toISOString()
    const note = rosa.note({ '@context': context, published })
    const parent = await neighbours.arrive(note)
    const edit = (at: number, more: Json) =>
      neighbours.say(
        rosa,
        rosa.activity('Update', { ...note, updated: new Date(Date.now() - at).toISOString(), ...more }),
      )
    await edit(10_000, { interactionPolicy: { canReply: { automaticApproval: rosa.iri } } })
    await edit(20_000, {})
    expect((await answer(olga, parent)).status).toBe(422)
  })
})

describe('an answer that its parent’s author has to let in', () => {
  it('is published, and proves the yes to everybody when it has come (item 15)', async () => {
    const parent = await arrive(asks)
    const reply = await written(lea, parent)
    await neighbours.elsewhere.delivered(({ type, object }) => type === 'Create' && object?.id === reply.uri)
    expect(await noteOf(reply.uri)).not.toHaveProperty('approvedBy')
    const proof = serveProof(proofOf(reply, parent))
    const yes = accept(reply, parent, proof)
    await neighbours.say(rosa, yes)
    const proven = { approvedBy: proof, replyAuthorization: proof, inReplyTo: parent.uri }
    expect(await noteOf(reply.uri)).toMatchObject(proven)
    const { json } = await neighbours.elsewhere.delivered(
      ({ type, object }) => type === 'Update' && object?.id === reply.uri,
    )
    expect(json.object).toMatchObject(proven)
    expect(json.object).not.toHaveProperty('updated')
    const terms = json['@context'].at(-1)
    expect(terms).toMatchObject({ replyAuthorization: { '@id': 'gts:replyAuthorization', '@type': '@id' } })
    // Twice is once.
    await neighbours.say(rosa, { ...yes, id: `${yes.id}-again` })
    expect(updatesOf(reply.uri).filter(({ path }) => path === updatesOf(reply.uri)[0]?.path)).toHaveLength(1)
  })

  it('is let in by the answer to a request for it, and by one that embeds its Create (item 15)', async () => {
    const parent = await arrive(asks)
    const [first, second] = [await written(lea, parent), await written(lea, parent)]
    const request = { type: 'ReplyRequest', id: `${lea.iri}/request`, actor: lea.iri, object: parent.uri }
    const [one, other] = [serveProof(proofOf(first, parent)), serveProof(proofOf(second, parent))]
    await neighbours.say(
      rosa,
      rosa.activity('Accept', { ...request, instrument: first.uri }, { '@context': context, result: one }),
    )
    const { json: create } = await neighbours.elsewhere.delivered(
      ({ type, object }) => type === 'Create' && object?.id === second.uri,
    )
    await neighbours.say(rosa, rosa.activity('Accept', create.id, { '@context': context, result: other }))
    expect((await noteOf(first.uri)).replyAuthorization).toBe(one)
    expect((await noteOf(second.uri)).replyAuthorization).toBe(other)
  })

  it.runIf(hasPayloads)(
    'is let in by an Accept without a stamp, as GoToSocial sends it, which is then the proof itself (item 15)',
    async () => {
      const parent = await arrive(asks)
      const reply = await written(lea, parent)
      const captured = readPayload('lab/gts/Accept-iri.json')
      const path = `/people/rosa/accepts/${++number}`
      const id = `${neighbours.elsewhere.url}${path}`
      const cc = [PUBLIC, rosa.followers]
      const yes = { ...captured, id, actor: rosa.iri, object: reply.uri, target: parent.uri, to: lea.iri, cc }
      expect(Object.keys(yes)).toEqual(Object.keys(captured))
      neighbours.elsewhere.serve(path, { body: yes })
      await neighbours.say(rosa, yes)
      const note = await noteOf(reply.uri)
      expect(note.approvedBy).toBe(id)
      expect(note).not.toHaveProperty('replyAuthorization')
    },
  )

  it.each([
    ['of somebody else', (good: Json) => ({ ...good, attributedTo: remo.iri })],
    ['for another answer', (good: Json) => ({ ...good, interactingObject: `${lea.iri}/statuses/1` })],
    ['about another post', (good: Json) => ({ ...good, interactionTarget: `${neighbours.elsewhere.url}/notes/other` })],
    ['that is none', (good: Json) => ({ ...good, type: 'Note' })],
  ])('is not let in by a proof %s (item 15)', async (_, spoil) => {
    const parent = await arrive(asks)
    const reply = await written(lea, parent)
    await neighbours.say(rosa, accept(reply, parent, serveProof(spoil(proofOf(reply, parent)))))
    expect(await noteOf(reply.uri)).not.toHaveProperty('approvedBy')
  })

  it('is not let in by anybody else, nor by a proof that lies elsewhere (item 15)', async () => {
    const parent = await arrive(asks)
    const reply = await written(lea, parent)
    const yes = accept(reply, parent, serveProof(proofOf(reply, parent)))
    await neighbours.say(remo, { ...yes, id: `${yes.id}-2`, actor: remo.iri })
    const { far } = neighbours
    far.serve('/stamp', {
      body: { '@context': context, id: `${far.url}/stamp`, type: 'ReplyAuthorization', ...proofOf(reply, parent) },
    })
    await neighbours.say(rosa, accept(reply, parent, `${far.url}/stamp`))
    await neighbours.say(remo, remo.activity('Reject', reply.uri))
    const note = await noteOf(reply.uri)
    expect(note.id).toBe(reply.uri)
    expect(note).not.toHaveProperty('approvedBy')
  })

  it('asks where only followers may answer, since nobody else could tell who they are (item 15)', async () => {
    const parent = await arrive({ automaticApproval: [rosa.followers] })
    const reply = await written(lea, parent)
    const proof = serveProof(proofOf(reply, parent))
    await neighbours.say(rosa, accept(reply, parent, proof))
    expect((await noteOf(reply.uri)).replyAuthorization).toBe(proof)
  })
})

describe('an answer that is not let in', () => {
  const hidden = async (reply: Json) => {
    await neighbours.elsewhere.delivered(({ type, object }) => type === 'Delete' && object?.id === reply.uri)
    expect((await documentOf(reply.uri)).status).toBe(404)
    expect((await marc.api.get(`/api/v1/statuses/${reply.id}`)).status).toBe(404)
    expect((await lea.api.get(`/api/v1/statuses/${reply.id}`)).body).toMatchObject({ visibility: 'direct' })
  }

  it('is hidden from its public and kept for its author (item 15)', async () => {
    const parent = await arrive(asks)
    const reply = await written(lea, parent)
    expect((await marc.api.get(`/api/v1/statuses/${reply.id}`)).status).toBe(200)
    await neighbours.say(rosa, rosa.activity('Reject', reply.uri, { target: parent.uri, to: lea.iri }))
    await hidden(reply)
    const { body } = await marc.api.get(`/api/v1/statuses/${parent.id}/context`)
    expect(body.descendants).toEqual([])
    // Servers that were told to forget it do not take it again.
    const proof = serveProof(proofOf(reply, parent))
    await neighbours.say(rosa, accept(reply, parent, proof))
    expect((await documentOf(reply.uri)).status).toBe(404)
    expect(updatesOf(reply.uri)).toEqual([])
  })

  it('is hidden when the yes is taken back (item 15)', async () => {
    const parent = await arrive(asks)
    const reply = await written(lea, parent)
    const proof = serveProof(proofOf(reply, parent))
    await neighbours.say(rosa, accept(reply, parent, proof))
    await neighbours.say(remo, remo.activity('Delete', proof))
    expect((await noteOf(reply.uri)).approvedBy).toBe(proof)
    await neighbours.say(rosa, rosa.activity('Delete', proof))
    await hidden(reply)
  })

  it('stays where nobody had to be asked', async () => {
    const parent = await arrive({ automaticApproval: [PUBLIC] })
    const reply = await written(lea, parent)
    await neighbours.say(rosa, rosa.activity('Reject', reply.uri, { target: parent.uri }))
    expect((await noteOf(reply.uri)).id).toBe(reply.uri)
  })
})
