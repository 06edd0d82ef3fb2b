import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowQuote } from '#src/features/posts/quote.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const read = async (member: Member, id: string): Promise<Json> => (await member.api.get(`/api/v1/statuses/${id}`)).body
const write = async (member: Member, more: Json = {}): Promise<Json> => {
  const { status, body } = await member.api.post('/api/v1/statuses', { status: 'something', ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const fetchDocument = async (iri: string): Promise<Json> =>
  (await fetch(iri, { headers: { accept: ACTIVITY_JSON }, redirect: 'manual' })).json()
/** A post as a member finds it by its address, fetched if need be. */
const find = async (member: Member, iri: string): Promise<Json> => {
  const { body } = await member.api.get(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(iri)}`)
  expect(body.statuses, iri).toHaveLength(1)
  return body.statuses[0]
}

describe('between three instances', () => {
  const opened: Instance[] = []
  let [author, fan, quoter, witness]: Member[] = []
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('this was not made')
    return value
  }
  const settle = async () => {
    for (const instance of [...opened, ...opened]) await instance.settle()
  }

  beforeAll(async () => {
    opened.push(...(await Promise.all([startInstance(), startInstance(), startInstance()])))
    const [a, b, c] = opened
    ;[author, fan, quoter, witness] = await Promise.all([
      there(a).join('author', { isOpen: true }),
      there(a).join('fan'),
      there(b).join('quoter', { isOpen: true }),
      there(c).join('witness'),
    ])
    for (const [who, whom] of [
      [fan, quoter],
      [witness, quoter],
      [witness, author],
    ] as const) {
      const query = encodeURIComponent(`@${there(whom).acct}`)
      const { body } = await there(who).api.get(`/api/v2/search?type=accounts&resolve=true&q=${query}`)
      await there(who).api.post(`/api/v1/accounts/${body.accounts[0].id}/follow`)
      await settle()
    }
  })
  afterAll(() => Promise.all(opened.map((instance) => instance.close())))

  const quote = async (policy: string) => {
    const original = await write(there(author), { status: 'the original', quote_approval_policy: policy })
    const seen = await find(there(quoter), original.uri)
    const made = await write(there(quoter), { status: 'look', quoted_status_id: seen.id })
    await settle()
    return { original, made }
  }

  it('a quote is asked about, agreed to, proven to a third, and withdrawn (item 21)', async () => {
    const { original, made } = await quote('public')
    expect(made.quote.state).toBe('pending')
    const agreed = await eventually(async () => {
      const status = await read(there(quoter), made.id)
      expect(status.quote).toMatchObject({ state: 'accepted', quoted_status: { uri: original.uri } })
      return status
    })
    expect(agreed.content).toContain('quote-inline')
    const note = await fetchDocument(made.uri)
    expect(note).toMatchObject({ quote: original.uri, quoteUrl: original.uri, _misskey_quote: original.uri })
    const stamp = await fetchDocument(note.quoteAuthorization)
    expect(stamp).toMatchObject({
      type: 'QuoteAuthorization',
      attributedTo: there(author).iri,
      interactingObject: made.uri,
      interactionTarget: original.uri,
    })
    for (const member of [there(author), there(fan), there(witness)]) {
      await eventually(async () => {
        expect((await find(member, made.uri)).quote, member.acct).toMatchObject({
          state: 'accepted',
          quoted_status: { uri: original.uri },
        })
      })
    }
    expect((await read(there(author), original.id)).quotes_count).toBe(1)
    const { body: told } = await there(author).api.get('/api/v1/notifications?types[]=quote')
    expect(told).toMatchObject([{ account: { acct: there(quoter).acct }, status: { uri: made.uri } }])

    const here = await find(there(author), made.uri)
    const revoked = await there(author).api.post(`/api/v1/statuses/${original.id}/quotes/${here.id}/revoke`)
    expect(revoked.body.quote).toEqual({ state: 'revoked', quoted_status: null })
    await settle()
    for (const member of [there(quoter), there(fan), there(witness)]) {
      await eventually(async () => {
        expect((await find(member, made.uri)).quote?.state ?? null, member.acct).not.toBe('accepted')
      })
    }
    expect((await read(there(quoter), made.id)).quote).toEqual({ state: 'revoked', quoted_status: null })
    const after = await fetchDocument(made.uri)
    for (const name of ['quote', 'quoteUrl', '_misskey_quote', 'quoteAuthorization'])
      expect(after).not.toHaveProperty(name)
    expect(after.content).toBe('<p>look</p>')
    expect((await fetch(note.quoteAuthorization, { headers: { accept: ACTIVITY_JSON } })).status).toBe(410)
  })

  it('is quoted nothing that an author does not offer (item 21)', async () => {
    const original = await write(there(author), { quote_approval_policy: 'nobody' })
    const seen = await find(there(quoter), original.uri)
    expect(seen.quote_approval).toEqual({ automatic: [], manual: [], current_user: 'denied' })
    const answer = await there(quoter).api.post('/api/v1/statuses', { status: 'x', quoted_status_id: seen.id })
    expect(answer.status).toBe(404)
  })

  it('another policy is told to who has the post', async () => {
    const original = await write(there(author), { quote_approval_policy: 'nobody' })
    await settle()
    expect((await find(there(witness), original.uri)).quote_approval.automatic).toEqual([])
    await there(author).api.put(`/api/v1/statuses/${original.id}/interaction_policy`, {
      quote_approval_policy: 'followers',
    })
    await settle()
    await eventually(async () => {
      expect(await find(there(witness), original.uri)).toMatchObject({
        edited_at: null,
        quote_approval: { automatic: ['followers'], manual: [], current_user: 'automatic' },
      })
    })
  })
})

describe('with other programs', () => {
  let neighbours: Neighbours
  let instance: Instance
  let elsewhere: Stranger
  let lea: Member
  let rosa: StrangerActor
  let remo: StrangerActor

  beforeAll(async () => {
    neighbours = await startNeighbours()
    ;({ instance, elsewhere, lea, rosa, remo } = neighbours)
    await letBeFollowed(instance, lea, rosa)
  })
  afterAll(() => neighbours.close())

  const context = [
    'https://www.w3.org/ns/activitystreams',
    {
      gts: 'https://gotosocial.org/ns#',
      quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
      quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
      QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
      QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
      interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
      interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
      interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
      canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
      automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
      manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' },
    },
  ]
  const openNote = (who: StrangerActor, more: Json = {}): Json =>
    who.note({ '@context': context, interactionPolicy: { canQuote: { automaticApproval: PUBLIC } }, ...more })
  const serveStamp = (path: string, stamp: Json): string => {
    const iri = `${elsewhere.url}${path}`
    elsewhere.serve(path, { body: { '@context': context, id: iri, type: 'QuoteAuthorization', ...stamp } })
    return iri
  }
  const requestOf = (who: StrangerActor, object: string, instrument: Json): Json =>
    who.activity('QuoteRequest', object, { '@context': context, instrument })
  const answered = (type: string, requestId: string) =>
    elsewhere.delivered((activity) => activity.type === type && activity.object?.id === requestId)
  let number = 0
  const nextPath = () => `/stamps/${++number}`

  it('a question about an open post is answered with a stamp, and its post is kept (item 21)', async () => {
    const post = await write(lea, { quote_approval_policy: 'public' })
    const note = remo.note({ '@context': context, quote: post.uri })
    const request = requestOf(remo, post.uri, note)
    await neighbours.say(remo, request, `${lea.iri}/inbox`)
    const { json } = await answered('Accept', request.id)
    expect(json).toMatchObject({
      actor: lea.iri,
      to: [remo.iri],
      object: { type: 'QuoteRequest', actor: remo.iri, object: post.uri, instrument: note.id },
    })
    expect(await fetchDocument(json.result)).toMatchObject({
      attributedTo: lea.iri,
      interactingObject: note.id,
      interactionTarget: post.uri,
    })
    const page = await fetch(json.result, { headers: { accept: 'text/html' }, redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([302, post.url])
    const status = await neighbours.find(lea, note.id)
    expect(status.quote).toMatchObject({ state: 'accepted', quoted_status: { id: post.id } })
    expect((await read(lea, post.id)).quotes_count).toBe(1)
    await neighbours.say(remo, { ...request, id: `${request.id}-again` }, `${lea.iri}/inbox`)
    await answered('Accept', `${request.id}-again`)
    expect((await lea.api.get('/api/v1/notifications?types[]=quote')).body).toHaveLength(1)
    await neighbours.say(remo, remo.activity('Delete', { id: note.id, type: 'Tombstone' }))
    expect((await read(lea, post.id)).quotes_count).toBe(0)
  })

  it('a question about a post for followers is answered by who follows', async () => {
    const post = await write(lea, { quote_approval_policy: 'followers' })
    const [mine, theirs] = [rosa, remo].map((who) => who.note({ '@context': context, quote: post.uri }))
    const [first, second] = [requestOf(rosa, post.uri, mine.id), requestOf(remo, post.uri, theirs.id)]
    await neighbours.say(rosa, first)
    await neighbours.say(remo, second)
    await answered('Accept', first.id)
    const { json } = await answered('Reject', second.id)
    expect(json).not.toHaveProperty('result')
    expect((await neighbours.find(lea, mine.id)).quote.state).toBe('accepted')
    expect(await neighbours.find(lea, theirs.id)).toBeUndefined()
  })

  it('a question waits for the author who wants to be asked (item 21)', async () => {
    await instance.ctx.db
      .$client`update local_actors set default_quote_policy = 'asked' where actor_id = ${lea.actor.id}`
    const post = await write(lea)
    expect((await fetchDocument(post.uri)).interactionPolicy).toEqual({
      canQuote: { automaticApproval: [`${lea.iri}/followers`], manualApproval: [PUBLIC] },
    })
    const note = remo.note({ '@context': context, quote: post.uri })
    const request = requestOf(remo, post.uri, note)
    await neighbours.say(remo, request)
    const status = await neighbours.find(lea, note.id)
    expect(status.quote).toEqual({ state: 'pending', quoted_status: null })
    await eventually(async () => {
      const { body } = await lea.api.get('/api/v1/notifications?types[]=quote')
      expect(body.map((one: Json) => one.status.id)).toContain(status.id)
    })
    await allowQuote(instance.ctx, lea.viewer, post.id, status.id)
    const { json } = await answered('Accept', request.id)
    expect((await fetchDocument(json.result)).interactingObject).toBe(note.id)
  })

  it('a private post that asks is seen by who is quoted', async () => {
    const post = await write(lea, { quote_approval_policy: 'public' })
    const note = remo.note({ '@context': context, quote: post.uri, to: [remo.followers], cc: [] })
    const request = requestOf(remo, post.uri, note)
    await neighbours.say(remo, request)
    await answered('Accept', request.id)
    expect((await neighbours.find(lea, note.id)).quote.state).toBe('accepted')
    expect(await neighbours.find(neighbours.marc, note.id)).toBeUndefined()
    expect((await read(lea, post.id)).quotes_count).toBe(0)
  })

  it('nobody asks for somebody else, nor about what they may not see', async () => {
    const [post, hidden] = [
      await write(lea, { quote_approval_policy: 'public' }),
      await write(lea, { visibility: 'private' }),
    ]
    const note = rosa.note({ '@context': context, quote: post.uri })
    const forged = requestOf(remo, post.uri, note)
    await neighbours.say(remo, forged)
    const secret = remo.note({ '@context': context, quote: hidden.uri })
    await neighbours.say(remo, requestOf(remo, hidden.uri, secret))
    expect(await neighbours.find(lea, note.id)).toBeUndefined()
    expect(await neighbours.find(lea, secret.id)).toBeUndefined()
    expect(elsewhere.deliveries.filter(({ json }) => json?.object?.object === hidden.uri)).toEqual([])
    // A post that quotes something else is not agreed to.
    const other = remo.note({ '@context': context, quote: hidden.uri })
    const twisted = requestOf(remo, post.uri, other)
    await neighbours.say(remo, twisted)
    await answered('Reject', twisted.id)
  })

  it('a quote of somebody elsewhere is shown when their stamp is right', async () => {
    const quoted = openNote(rosa)
    const note = remo.note({ '@context': context, quote: quoted.id })
    const good = { attributedTo: rosa.iri, interactingObject: note.id, interactionTarget: quoted.id }
    const stamp = serveStamp(nextPath(), good)
    await neighbours.say(remo, creating(remo, { ...note, to: [PUBLIC, lea.iri], quoteAuthorization: stamp }))
    const status = await neighbours.find(lea, note.id)
    expect(status.quote).toMatchObject({ state: 'accepted', quoted_status: { uri: quoted.id } })
    expect((await neighbours.find(lea, quoted.id)).quotes_count).toBe(1)
    // Others of her server do not speak for her: it still serves the stamp.
    await neighbours.say(remo, remo.activity('Delete', { id: stamp, type: 'QuoteAuthorization' }))
    expect((await read(lea, status.id)).quote.state).toBe('accepted')
    await neighbours.say(rosa, rosa.activity('Delete', { id: stamp, type: 'QuoteAuthorization' }))
    expect((await read(lea, status.id)).quote).toEqual({ state: 'revoked', quoted_status: null })
    const again = {
      ...note,
      quoteAuthorization: stamp,
      updated: new Date(neighbours.now().getTime() + 5_000).toISOString(),
    }
    neighbours.pass(6_000)
    await neighbours.say(remo, remo.activity('Update', again))
    expect((await read(lea, status.id)).quote.state).toBe('revoked')
  })

  it.each([
    ['of somebody else', (good: Json) => ({ ...good, attributedTo: remo.iri })],
    ['for another post', (good: Json) => ({ ...good, interactingObject: `${elsewhere.url}/notes/other` })],
    ['to quote something else', (good: Json) => ({ ...good, interactionTarget: `${elsewhere.url}/notes/other` })],
    ['that is none', (good: Json) => ({ ...good, type: 'Note' })],
  ])('a stamp %s proves nothing', async (_, spoil) => {
    const quoted = openNote(rosa)
    const note = remo.note({ '@context': context, quote: quoted.id, to: [PUBLIC], cc: [lea.iri] })
    const good = { attributedTo: rosa.iri, interactingObject: note.id, interactionTarget: quoted.id }
    const stamp = serveStamp(nextPath(), spoil(good))
    const status = await neighbours.arrive({ ...note, quoteAuthorization: stamp }, remo)
    expect(status.quote).toEqual({ state: 'pending', quoted_status: null })
    const right = serveStamp(nextPath(), good)
    // An Update that is no edit brings the right one.
    await neighbours.say(remo, remo.activity('Update', { ...note, quoteAuthorization: right }))
    expect((await read(lea, status.id)).quote).toMatchObject({ state: 'accepted' })
    await neighbours.say(remo, remo.activity('Update', note))
    expect((await read(lea, status.id)).quote.state).toBe('revoked')
  })

  it('a stamp on the server of who quotes proves nothing (item 21)', async () => {
    const quoted = neighbours.far
    const tara = await quoted.actor('tara')
    const original = openNote(tara)
    const note = remo.note({ '@context': context, quote: original.id, to: [PUBLIC], cc: [lea.iri] })
    const stamp = serveStamp(nextPath(), {
      attributedTo: tara.iri,
      interactingObject: note.id,
      interactionTarget: original.id,
    })
    const status = await neighbours.arrive({ ...note, quoteAuthorization: stamp }, remo)
    expect(status.quote).toEqual({ state: 'pending', quoted_status: null })
  })

  it('authors need no stamp for themselves; a mere link of older programs is no quote (item 21)', async () => {
    const quoted = openNote(rosa)
    const own = await neighbours.arrive(rosa.note({ '@context': context, quote: quoted.id }))
    expect(own.quote).toMatchObject({ state: 'accepted', quoted_status: { uri: quoted.id } })
    const older = (who: StrangerActor) => who.note({ quoteUrl: quoted.id, _misskey_quote: quoted.id, cc: [lea.iri] })
    expect((await neighbours.arrive(older(rosa))).quote).toMatchObject({ state: 'accepted' })
    expect((await neighbours.arrive(older(remo), remo)).quote).toBeNull()
    const tagged = rosa.note({
      tag: [
        {
          type: 'Link',
          mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
          rel: 'https://misskey-hub.net/ns#_misskey_quote',
          href: quoted.id,
        },
      ],
    })
    expect((await neighbours.arrive(tagged)).quote).toMatchObject({ state: 'accepted' })
  })

  it('a quote of what cannot be read waits, and joins it when it comes', async () => {
    const path = '/notes/late'
    const missing = `${elsewhere.url}${path}`
    const status = await neighbours.arrive(rosa.note({ '@context': context, quote: missing }))
    expect(status.quote).toEqual({ state: 'pending', quoted_status: null })
    const late = { ...openNote(rosa), id: missing }
    elsewhere.serve(path, { body: late })
    await neighbours.arrive(late)
    await neighbours.say(rosa, rosa.activity('Update', await noteOf(status)))
    expect((await read(lea, status.id)).quote).toMatchObject({ state: 'accepted', quoted_status: { uri: missing } })
  })
  const noteOf = async ({ uri }: Json) => fetchDocument(uri)

  it('asks the author of what is quoted, and follows the answer', async () => {
    const quoted = openNote(rosa, { interactionPolicy: { canQuote: { manualApproval: PUBLIC } } })
    const seen = await neighbours.arrive(quoted)
    expect(seen.quote_approval).toEqual({ automatic: [], manual: ['public'], current_user: 'manual' })
    const made = await write(lea, { quoted_status_id: seen.id })
    const { json: request } = await elsewhere.delivered(
      ({ type, object }) => type === 'QuoteRequest' && object === quoted.id,
    )
    expect(request).toMatchObject({ actor: lea.iri, instrument: { id: made.uri, type: 'Note', quote: quoted.id } })
    for (const name of ['quoteUrl', '_misskey_quote', 'quoteAuthorization']) {
      expect(request.instrument).not.toHaveProperty(name)
    }
    const stamp = serveStamp(nextPath(), {})
    await neighbours.say(remo, remo.activity('Accept', request, { result: stamp }))
    expect((await read(lea, made.id)).quote.state).toBe('pending')
    await neighbours.say(rosa, rosa.activity('Accept', request))
    expect((await read(lea, made.id)).quote.state).toBe('pending')
    await neighbours.say(rosa, rosa.activity('Accept', request.id, { result: stamp }))
    expect((await read(lea, made.id)).quote).toMatchObject({ state: 'accepted', quoted_status: { id: seen.id } })
    const { json: update } = await elsewhere.delivered(
      ({ type, object }) => type === 'Update' && object.id === made.uri && object.quoteAuthorization,
    )
    expect(update.object).toMatchObject({ quote: quoted.id, quoteUrl: quoted.id, quoteAuthorization: stamp })
    expect(update.object.content).toContain('class="quote-inline"')
    expect(update.object.tag).toContainEqual(expect.objectContaining({ type: 'Link', href: quoted.id }))
    await neighbours.say(rosa, rosa.activity('Delete', { id: stamp, type: 'QuoteAuthorization' }))
    expect((await read(lea, made.id)).quote).toEqual({ state: 'revoked', quoted_status: null })
    expect(await fetchDocument(made.uri)).not.toHaveProperty('quote')
  })

  it('takes a no', async () => {
    const seen = await neighbours.arrive(openNote(rosa))
    const made = await write(lea, { quoted_status_id: seen.id })
    const { json: request } = await elsewhere.delivered(
      ({ type, instrument }) => type === 'QuoteRequest' && instrument.id === made.uri,
    )
    const { id: _, instrument, ...rest } = request
    await neighbours.say(rosa, rosa.activity('Reject', { ...rest, instrument: instrument.id }))
    expect((await read(lea, made.id)).quote).toEqual({ state: 'rejected', quoted_status: null })
    expect((await read(lea, made.id)).content).not.toContain('quote-inline')
  })

  it('reads groups that it does not know as such', async () => {
    const policy = (canQuote: Json) => openNote(rosa, { interactionPolicy: { canQuote } })
    const approvals = async (canQuote: Json) => (await neighbours.arrive(policy(canQuote))).quote_approval
    expect(await approvals({ automaticApproval: [rosa.followers] })).toMatchObject({
      automatic: ['followers'],
      current_user: 'automatic',
    })
    expect(await approvals({ automaticApproval: [rosa.iri] })).toMatchObject({ automatic: [], current_user: 'denied' })
    expect(await approvals({ automaticApproval: [`${elsewhere.url}/circles/1`] })).toMatchObject({
      automatic: ['unsupported_policy'],
      current_user: 'unknown',
    })
    expect(await approvals({ always: [rosa.iri], approvalRequired: [PUBLIC] })).toMatchObject({ manual: ['public'] })
    const { quote_approval } = await neighbours.arrive(rosa.note())
    expect(quote_approval).toEqual({ automatic: [], manual: [], current_user: 'denied' })
  })
})
