import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audit } from '#src/db/schema/audit.ts'
import { decideDomain, lenient, unblockHost } from '#src/features/domains/service.ts'
import { listRelays, type Relay } from '#src/features/relays/queries.ts'
import { addRelay, removeRelay } from '#src/features/relays/service.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type Recorded, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'

/**
 * A relay that speaks as those do that Mastodon knows, and a server (`far`) with Ines, whom nobody here follows and whose posts come by the
 * relay alone.
 */
let neighbours: Neighbours
let hub: Stranger
let relay: StrangerActor
let ines: StrangerActor

const ctx = () => neighbours.instance.ctx
const inbox = () => `${hub.url}/inbox`
const found = (note: Json) => neighbours.find(neighbours.lea, note.id)
const stateOf = async (): Promise<Relay | undefined> => (await listRelays(ctx().db))[0]
const sent = (isIt: (activity: Json) => boolean): Recorded[] =>
  hub.deliveries.filter(({ json }) => json !== null && isIt(json))

beforeAll(async () => {
  neighbours = await startNeighbours()
  hub = await startStranger({ now: neighbours.now })
  relay = await hub.actor('relay', { type: 'Application', inbox: inbox() })
  ines = await neighbours.far.actor('ines')
})
afterAll(async () => {
  await hub.close()
  await neighbours.close()
})

/** With the relay, which has agreed. */
beforeEach(async () => {
  const [known] = await listRelays(ctx().db)
  hub.deliveries.length = 0
  if (known?.state === 'accepted') return
  if (known) await removeRelay(ctx(), known.id, null)
  await neighbours.instance.settle()
  hub.deliveries.length = 0
  await addRelay(ctx(), inbox(), null)
  await neighbours.instance.settle()
  const follow = hub.deliveries.find(({ json }) => json?.type === 'Follow')?.json
  await neighbours.say(relay, relay.activity('Accept', follow))
  hub.deliveries.length = 0
})

const say = async (visibility: string, more: Json = {}): Promise<Json> => {
  const { body } = await neighbours.lea.api.post('/api/v1/statuses', { status: 'For the relay', visibility, ...more })
  await neighbours.instance.settle()
  return body
}

describe('an instance that turns to a relay (FEP-ae0c)', () => {
  it('follows everybody there as the instance, and is with it once the relay has agreed', async () => {
    const relayRow = await stateOf()
    if (relayRow) await removeRelay(ctx(), relayRow.id, null)
    await addRelay(ctx(), inbox(), null)
    const { json: follow, headers } = await hub.delivered(({ type }) => type === 'Follow')
    const { instanceActor } = ctx().uris
    expect(follow).toMatchObject({ type: 'Follow', actor: instanceActor, object: PUBLIC })
    expect(headers.signature).toContain(`keyId="${instanceActor}#main-key"`)
    expect(await stateOf()).toMatchObject({ state: 'pending', actorIri: null })
    await neighbours.say(relay, relay.activity('Accept', follow.id))
    expect(await stateOf()).toMatchObject({ state: 'accepted', actorIri: relay.iri })
    await expect(addRelay(ctx(), inbox(), null)).rejects.toThrow('already')
    await neighbours.say(relay, relay.activity('Reject', follow))
    expect(await stateOf()).toMatchObject({ state: 'rejected' })
    const acts = (await ctx().db.select().from(audit)).map(({ action }) => action)
    expect(acts).toEqual(expect.arrayContaining(['relay.added', 'relay.removed']))
  })

  it('believes an answer only of who is where the inbox is', async () => {
    const relayRow = await stateOf()
    if (relayRow) await removeRelay(ctx(), relayRow.id, null)
    await addRelay(ctx(), inbox(), null)
    const { json: follow } = await hub.delivered(({ type }) => type === 'Follow')
    await neighbours.say(ines, ines.activity('Accept', follow))
    await neighbours.say(ines, ines.activity('Reject', follow))
    expect(await stateOf()).toMatchObject({ state: 'pending', actorIri: null })
  })

  it('takes its Follow back when it leaves', async () => {
    const relayRow = await stateOf()
    await removeRelay(ctx(), relayRow?.id ?? '', null)
    const { json: undo } = await hub.delivered(({ type }) => type === 'Undo')
    const object = { type: 'Follow', id: ctx().uris.activity(relayRow?.effectId ?? ''), object: PUBLIC }
    expect(undo).toMatchObject({ actor: ctx().uris.instanceActor, object })
    await neighbours.instance.settle()
    hub.deliveries.length = 0
    await say('public')
    expect(hub.deliveries).toEqual([])
  })
})

describe('a relay that has agreed (FEP-ae0c)', () => {
  it('gets public posts, their edits and their deletions, each with a linked-data signature', async () => {
    const { id, uri } = await say('public')
    await neighbours.lea.api.put(`/api/v1/statuses/${id}`, { status: 'Better' })
    await neighbours.instance.settle()
    await neighbours.lea.api.delete(`/api/v1/statuses/${id}`)
    await neighbours.instance.settle()
    const about = sent(({ object }) => object?.id === uri)
    expect(about.map(({ json, path }) => [json.type, json.signature?.type, path])).toEqual([
      ['Create', 'RsaSignature2017', '/inbox'],
      ['Update', 'RsaSignature2017', '/inbox'],
      ['Delete', 'RsaSignature2017', '/inbox'],
    ])
    for (const { headers } of about) expect(headers.signature).toContain(`keyId="${neighbours.lea.iri}#main-key"`)
  })

  it('gets nothing that is not for everybody, and nothing else that somebody does', async () => {
    const { lea, instance, remo, say: tell } = neighbours
    await letBeFollowed(instance, lea, remo)
    const posts = [await say('unlisted'), await say('private'), await say('direct', { status: `@${remo.acct} hello` })]
    for (const { id } of posts) {
      await lea.api.put(`/api/v1/statuses/${id}`, { status: 'Better' })
      await lea.api.post(`/api/v1/statuses/${id}/reblog`)
      await instance.settle()
      await lea.api.delete(`/api/v1/statuses/${id}`)
    }
    const note = remo.note()
    await tell(remo, creating(remo, note))
    await lea.api.patch('/api/v1/accounts/update_credentials', { note: 'Baker' })
    await instance.settle()
    // Its follower has them, so they have gone out.
    const got = neighbours.elsewhere.deliveries.map(({ json }) => json?.object?.id)
    expect(got).toEqual(expect.arrayContaining(posts.map(({ uri }) => uri)))
    expect(hub.deliveries).toEqual([])
  })

  it('brings public posts that it names, and no boosts', async () => {
    const [open, quiet] = [ines.note(), ines.note({ to: [ines.followers], cc: [PUBLIC] })]
    const known = await say('public')
    for (const object of [open.id, quiet.id, known.uri]) {
      await neighbours.say(relay, relay.activity('Announce', object, { to: [`${relay.iri}/followers`] }))
    }
    const status = await found(open)
    expect(status).toMatchObject({ uri: open.id, reblogs_count: 0, account: { acct: ines.acct } })
    expect(await found(quiet)).toBeUndefined()
    const { body: own } = await neighbours.lea.api.get(`/api/v1/statuses/${known.id}`)
    expect(own.reblogs_count).toBe(0)
    const { body: everybody } = await neighbours.lea.api.get('/api/v1/timelines/public?remote=true')
    expect(everybody.map(({ uri }: Json) => uri)).toContain(open.id)
  })

  it('passes on what others say: proven, or else read where it was said', async () => {
    const [bare, quiet, proven, followers] = [
      ines.note(),
      ines.note({ to: [ines.followers], cc: [PUBLIC] }),
      ines.note(),
      ines.note({ to: [ines.followers], cc: [] }),
    ]
    // What is passed on without a proof says what it likes.
    const forged = { ...creating(ines, bare), object: { ...bare, content: '<p>Forged</p>' } }
    const claimed = creating(ines, { ...quiet, to: [PUBLIC] })
    const activities = [forged, claimed, ines.prove(creating(ines, proven)), ines.prove(creating(ines, followers))]
    for (const activity of activities) await neighbours.say(relay, activity)
    expect((await found(bare))?.content).toBe(bare.content)
    expect(await found(quiet)).toBeUndefined()
    expect(await found(proven)).toMatchObject({ uri: proven.id, content: proven.content })
    expect(await found(followers)).toBeUndefined()
    expect(neighbours.far.gets.map(({ path }) => path)).not.toContain(new URL(proven.id).pathname)
    neighbours.far.serve(bare.id, { status: 410 })
    await neighbours.say(relay, ines.activity('Delete', bare.id, { to: [PUBLIC] }))
    expect(await found(bare)).toBeUndefined()
  })

  it('does not make others relays: what they pass on is kept when it is asked for, as before', async () => {
    const { remo, say: tell } = neighbours
    const [named, passed] = [ines.note(), ines.note()]
    await tell(remo, remo.activity('Announce', named.id, { to: [PUBLIC] }))
    const activity = creating(ines, passed)
    await tell(remo, activity)
    expect([await found(named), await found(passed)]).toEqual([undefined, undefined])
    // And nobody keeps out what the relay passes on by having passed it on before.
    await tell(relay, activity)
    expect((await found(passed))?.uri).toBe(passed.id)
  })

  it('on a server that is blocked gets and brings nothing', async () => {
    const note = ines.note()
    const block = { ...lenient, host: hub.host, severity: 'block', reason: '' } as const
    await decideDomain(ctx(), block, null)
    try {
      await say('public')
      expect(hub.deliveries).toEqual([])
      const answer = await relay.post(ctx().uris.sharedInbox, relay.activity('Announce', note.id))
      expect(answer.status).toBe(403)
      expect(await found(note)).toBeUndefined()
    } finally {
      await unblockHost(ctx(), hub.host)
    }
  })

  it('brings nothing from servers that are blocked, and leaves those limited that are', async () => {
    const { far } = neighbours
    const decide = (severity: 'limit' | 'block') =>
      decideDomain(ctx(), { ...lenient, host: far.host, severity, reason: '' }, null)
    const [unheard, quieted] = [ines.note(), ines.note()]
    try {
      await decide('block')
      await neighbours.say(relay, relay.activity('Announce', unheard.id))
      await decide('limit')
      await neighbours.say(relay, relay.activity('Announce', quieted.id))
    } finally {
      const { body } = await neighbours.lea.api.get('/api/v1/timelines/public?remote=true')
      const shown = body.map(({ uri }: Json) => uri)
      expect(shown).not.toContain(unheard.id)
      expect(shown).not.toContain(quieted.id)
      await unblockHost(ctx(), far.host)
    }
    expect(await found(unheard)).toBeUndefined()
    expect(await found(quieted)).toBeDefined()
  })
})
