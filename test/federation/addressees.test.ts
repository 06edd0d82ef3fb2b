import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAccount } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let lea: Member
let olga: Member

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ lea, olga } = neighbours)
})
afterAll(() => neighbours.close())

const told = async (member: Member, iri: string) => {
  const { body } = await member.api.get('/api/v1/notifications?limit=80')
  return body.filter(({ status }: Json) => status?.uri === iri).map(({ type }: Json) => type)
}

const conversations = async (member: Member, iri: string) => {
  const { body } = await member.api.get('/api/v1/conversations')
  return body.filter((one: Json) => one.last_status?.uri === iri)
}

const ask = async (member: Member) => (await member.api.post('/api/v1/statuses', { status: 'Answer me' })).body

describe('a private message without a mention', () => {
  it.each(['ChatMessage', 'Note'])(
    'tells whom alone it is for, as a %s of Lemmy or Pleroma does (item 10)',
    async (type) => {
      const { rosa } = neighbours
      const note = rosa.note({ type, to: [lea.iri], cc: undefined, tag: undefined })
      await neighbours.say(rosa, creating(rosa, note), `${lea.iri}/inbox`)
      expect(await told(lea, note.id)).toEqual(['mention'])
      const [conversation, ...rest] = await conversations(lea, note.id)
      expect(conversation.accounts.map(({ acct }: Json) => acct)).toEqual([rosa.acct])
      expect(rest).toEqual([])
    },
  )

  it('to several is read by them and is no conversation (item 10)', async () => {
    const { rosa } = neighbours
    const note = rosa.note({ to: [lea.iri, olga.iri], cc: [] })
    await neighbours.say(rosa, creating(rosa, note))
    expect(await neighbours.find(olga, note.id)).toMatchObject({ visibility: 'direct', mentions: [] })
    expect([await told(lea, note.id), await conversations(lea, note.id)]).toEqual([[], []])
  })

  it('that somebody else carries into an inbox is not for its owner (row 18)', async () => {
    const { rosa, remo } = neighbours
    for (const to of [[remo.iri], [remo.iri, lea.iri]]) {
      const note = rosa.note({ to, cc: [] })
      const sealed = rosa.prove(creating(rosa, note))
      if (to.includes(lea.iri)) await neighbours.say(rosa, sealed, `${lea.iri}/inbox`)
      await neighbours.say(remo, sealed, `${olga.iri}/inbox`)
      expect(await neighbours.find(olga, note.id)).toBeUndefined()
      expect(await conversations(olga, note.id)).toEqual([])
    }
  })
})

describe('an answer from elsewhere', () => {
  it('tells who is answered when it is addressed to them, as Mbin and NodeBB do without a mention (item 15)', async () => {
    const { remo } = neighbours
    const own = await ask(olga)
    for (const addresses of [
      { to: [PUBLIC, olga.iri], cc: [remo.followers] },
      { to: [PUBLIC], cc: [remo.followers, olga.iri] },
    ]) {
      const note = remo.note({ ...addresses, inReplyTo: own.uri, tag: [] })
      await neighbours.say(remo, creating(remo, note))
      expect(await told(olga, note.id)).toEqual(['mention'])
    }
  })

  it('tells whom its Create names, as Lemmy does, whoever is answered (item 15)', async () => {
    const { remo } = neighbours
    const own = await ask(olga)
    const note = remo.note({ inReplyTo: own.uri, to: [PUBLIC], cc: [lea.iri] })
    await neighbours.say(remo, { ...creating(remo, note), tag: [{ type: 'Mention', href: lea.iri, name: '@lea' }] })
    expect([await told(lea, note.id), await told(olga, note.id)]).toEqual([['mention'], []])
  })

  it('tells who is answered where it names them without addressing them, and everybody may read it (item 15)', async () => {
    const { remo } = neighbours
    const own = await ask(olga)
    const tag = [{ type: 'Mention', href: olga.iri, name: '@olga' }]
    const [open, closed] = [
      remo.note({ inReplyTo: own.uri, to: [PUBLIC], cc: [], tag }),
      remo.note({ inReplyTo: own.uri, to: [remo.followers], cc: [], tag }),
    ]
    for (const note of [open, closed]) await neighbours.say(remo, creating(remo, note))
    expect([await told(olga, open.id), await told(olga, closed.id)]).toEqual([['mention'], []])
    expect(await neighbours.find(olga, closed.id)).toBeUndefined()
  })

  it('tells nobody whom it neither addresses nor names, nor who has muted or blocked its author', async () => {
    const { remo } = neighbours
    const own = await ask(olga)
    const silent = remo.note({ inReplyTo: own.uri, to: [PUBLIC], cc: [remo.followers] })
    await neighbours.say(remo, creating(remo, silent))
    expect(await told(olga, silent.id)).toEqual([])
    const id = await findAccount(olga, remo.acct)
    for (const [on, off] of [
      ['mute', 'unmute'],
      ['block', 'unblock'],
    ]) {
      await olga.api.post(`/api/v1/accounts/${id}/${on}`)
      const note = remo.note({ inReplyTo: own.uri, to: [PUBLIC], cc: [olga.iri] })
      await neighbours.say(remo, creating(remo, note))
      await olga.api.post(`/api/v1/accounts/${id}/${off}`)
      expect(await told(olga, note.id)).toEqual([])
    }
  })
})

describe('a post that leaves it to its Create for whom it is', () => {
  it('is for them, and stays so when it is edited or read again (item 10)', async () => {
    const { rosa } = neighbours
    const { to, cc, ...bare } = rosa.note()
    await neighbours.say(rosa, rosa.activity('Create', bare, { to, cc }))
    expect(await neighbours.find(lea, bare.id)).toMatchObject({ visibility: 'public' })
    neighbours.pass(2_000)
    const edited = {
      ...bare,
      content: '<p>Better</p>',
      updated: new Date(neighbours.now().getTime() - 1_000).toISOString(),
    }
    await neighbours.say(rosa, rosa.activity('Update', edited))
    expect(await neighbours.find(olga, bare.id)).toMatchObject({ visibility: 'public', content: '<p>Better</p>' })
  })
})
