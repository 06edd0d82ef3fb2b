import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/** What costs nothing to send, and would make us ask a server that has nothing to do with it for key after key. */
let instance: Instance
let org: Member
let elsewhere: Stranger
let victim: Stranger
let rosa: StrangerActor

beforeAll(async () => {
  ;[instance, elsewhere, victim] = await Promise.all([
    startInstance({ config: { trustedProxies: ['127.0.0.1'] } }),
    startStranger(),
    startStranger(),
  ])
  org = await instance.join('atelier', { type: 'Organization' })
  rosa = await elsewhere.actor('rosa')
})
afterAll(() => Promise.all([instance.close(), elsewhere.close(), victim.close()]))

const times = Array.from({ length: 150 }, (_, index) => index)

describe('a flood of what is signed', () => {
  it('is taken up to thirty megabytes of one actor in a minute, and others are heard (row 81)', async () => {
    const [mara, nora] = [await elsewhere.actor('mara'), await elsewhere.actor('nora')]
    const large = () => ({ ...mara.activity('View', `${elsewhere.url}/x`), content: 'x'.repeat(500_000) })
    const statuses: number[] = []
    for (let n = 0; n < 63; n++) statuses.push((await mara.post(instance.ctx.uris.sharedInbox, large())).status)
    expect([statuses.filter((status) => status === 202).length, statuses.at(-1)]).toEqual([60, 429])
    const { status } = await nora.post(instance.ctx.uris.sharedInbox, nora.activity('View', `${elsewhere.url}/x`))
    expect(status).toBe(202)
  })
})

describe('a flood from one address', () => {
  it('of signed requests for documents makes us ask for a hundred keys and no more (row 81)', async () => {
    const url = `${org.iri}/followers_synchronization`
    for (const index of times) await rosa.get(url, { keyId: `${victim.url}/gets/${index}` })
    expect(victim.gets).toHaveLength(100)
  })

  it('of farewells of somebody known, which no key proves, is turned away (row 81)', async () => {
    const note = rosa.note({ to: [org.iri], cc: [] })
    await rosa.post(instance.ctx.uris.sharedInbox, rosa.activity('Create', note, { to: note.to }))
    await instance.settle()
    const statuses: number[] = []
    victim.gets.length = 0
    for (const index of times) {
      const farewell = { ...rosa.activity('Delete', rosa.iri), content: 'x'.repeat(10_000) }
      const { status } = await rosa.post(instance.ctx.uris.sharedInbox, farewell, {
        keyId: `${victim.url}/keys/${index}`,
      })
      statuses.push(status)
    }
    expect([statuses.filter((status) => status === 202).length, statuses.at(-1)]).toEqual([100, 429])
    expect(victim.gets).toHaveLength(100)
  })
})

describe('keys that do not come', () => {
  const view = (who: StrangerActor) => who.activity('View', `${elsewhere.url}/x`)
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const inbox = () => instance.ctx.uris.sharedInbox

  it('hold back those who have sent them, and nobody whose key is known (row 82)', async () => {
    const tarpit = await startStranger()
    const mallory = await tarpit.actor('mallory')
    await rosa.post(inbox(), view(rosa), { headers: from('198.51.100.7') })
    const flood = Array.from({ length: 600 }, (_, index) => {
      tarpit.serve(`/keys/${index}`, { delayMs: Number.POSITIVE_INFINITY })
      const keyId = `${tarpit.url}/keys/${index}`
      return mallory.post(inbox(), view(mallory), { keyId, headers: from('203.0.113.9') })
    })
    // The last of them has been answered or waits by the time that this one is.
    await Promise.any(flood)
    // As many at once as a large server sends.
    const sent = Array.from({ length: 64 }, () => rosa.post(inbox(), view(rosa), { headers: from('198.51.100.7') }))
    expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([202]))
    expect(tarpit.gets.length).toBeLessThanOrEqual(100)
    await tarpit.close()
    const answers = await Promise.all(flood)
    expect(answers.filter(({ status }) => ![401, 429, 503].includes(status))).toEqual([])
  })

  it.each([
    ['a NUL in a PEM', (key: string) => ({ publicKeyPem: `${key}\u0000` }), 401],
    ['a NUL in a Multibase, which is not their only one', () => ({ publicKeyMultibase: 'z\u0000' }), 202],
  ] as const)('are those with %s: no fault of ours (row 82)', async (name, spoil, expected) => {
    const bad = await elsewhere.actor(`nul${name.length}`)
    const [pem, multibase] = [bad.document.publicKey, bad.document.assertionMethod[0]]
    bad.document.publicKey = { ...pem, ...spoil(pem.publicKeyPem) }
    bad.document.assertionMethod = [{ ...multibase, ...spoil('') }]
    const { status } = await bad.post(inbox(), view(bad), { headers: from('192.0.2.1') })
    expect(status).toBe(expected)
  })

  it('are not those of somebody whose document has addresses and moments that cannot be kept', async () => {
    const halved = '\ud800'
    const bad = await elsewhere.actor('halved')
    bad.document.alsoKnownAs = [`${elsewhere.url}/${halved}`]
    bad.document.name = ':x:'
    bad.document.tag = [{ type: 'Emoji', name: ':x:', icon: { type: 'Image', url: `${elsewhere.url}/${halved}` } }]
    bad.document.published = '9999-12-31T23:59:59-14:00'
    const { status } = await bad.post(inbox(), view(bad), { headers: from('192.0.2.1') })
    expect(status).toBe(202)
  })
})
