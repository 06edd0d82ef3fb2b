import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type Recorded, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/**
 * Olga has followers on three servers: `far`, `third` and `elsewhere`, from where Rosa and Remo answer her. What they say is for her
 * followers, and proves by itself who said it.
 */
let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let third: Stranger
let olga: Member
let rosa: StrangerActor
let remo: StrangerActor
let iris: StrangerActor

const signature = {
  type: 'RsaSignature2017',
  creator: 'https://elsewhere.example/people/rosa#main-key',
  created: '2026-11-28T12:00:00Z',
  signatureValue: 'bm90IGxvb2tlZCBhdA==',
}

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, olga, rosa, remo } = neighbours)
  third = await startStranger()
  iris = await far.actor('iris')
  const others = await Promise.all([far.actor('ines'), third.actor('tom'), elsewhere.actor('rita')])
  for (const follower of [iris, ...others]) await letBeFollowed(instance, olga, follower)
})
afterAll(async () => {
  await third.close()
  await neighbours.close()
})

const followers = () => instance.ctx.uris.followers('olga')
const ask = async (visibility = 'public') =>
  (await olga.api.post('/api/v1/statuses', { status: 'What do you think?', visibility })).body
const answerTo = (post: Json, more: Json = {}) =>
  rosa.note({ inReplyTo: post.uri, to: [PUBLIC], cc: [olga.iri, followers()], ...more })

/** As if so much of a server had been passed on to Olga's followers. */
async function passOn(server: Stranger, { count, minutesAgo }: { count: number; minutesAgo: number }): Promise<void> {
  const at = new Date(neighbours.now().getTime() - minutesAgo * 60_000).toISOString()
  await instance.ctx.db.$client`
    insert into activities (id, actor_id, type, body, recipient_ids, forwarded_key)
    select make_id(${at}::timestamptz), ${olga.actor.id}, 'Create', '', '{}', ${`${server.url}/spam/${minutesAgo}/`} || n
    from generate_series(1, ${count}::int) n`
}

const copies = (server: Stranger, id: string): Recorded[] => server.deliveries.filter(({ json }) => json?.id === id)

describe('an answer to one of our posts', () => {
  it('with a proof is passed on to the followers, byte for byte, once to each server but its own (item 24)', async () => {
    const activity = rosa.prove(creating(rosa, answerTo(await ask())))
    await neighbours.say(rosa, activity)
    await neighbours.say(rosa, activity, `${olga.iri}/inbox`)
    expect(copies(elsewhere, activity.id)).toEqual([])
    for (const server of [far, third]) {
      expect(copies(server, activity.id).map(({ path, body }) => [path, body.toString()])).toEqual([
        ['/inbox', JSON.stringify(activity)],
      ])
      expect(copies(server, activity.id)[0]?.headers.signature).toContain(`keyId="${olga.iri}#main-key"`)
    }
  })

  it('with a linked-data signature is passed on, and so are its edit and its deletion (item 24)', async () => {
    const note = answerTo(await ask())
    const [to, cc] = [note.to, note.cc]
    const edited = { ...note, content: '<p>Better</p>', updated: new Date(Date.now() + 60_000).toISOString() }
    const activities = [
      creating(rosa, note),
      rosa.activity('Update', edited, { to, cc }),
      rosa.activity('Delete', { id: note.id, type: 'Tombstone' }, { to, cc }),
    ].map((activity) => ({ ...activity, signature }))
    for (const activity of activities) await neighbours.say(rosa, activity)
    for (const { id } of activities) {
      expect([far, third, elsewhere].map((server) => copies(server, id).length)).toEqual([1, 1, 0])
    }
  })

  it('is not passed on while it waits for the author of the post (item 15)', async () => {
    const choose = (choice: string) =>
      neighbours.instance.ctx.db
        .$client`update local_actors set default_reply_policy = ${choice} where actor_id = ${olga.actor.id}`
    await choose('asked')
    const post = await ask()
    await choose('public')
    const activity = remo.prove(creating(remo, remo.note({ inReplyTo: post.uri, to: [PUBLIC], cc: [followers()] })))
    await neighbours.say(remo, activity)
    expect([far, third, elsewhere].flatMap((server) => copies(server, activity.id))).toEqual([])
  })

  it('is passed on to followers when the post and the answer are for them alone (item 24)', async () => {
    const post = await ask('private')
    const activity = (from: StrangerActor) =>
      from.prove(creating(from, from.note({ inReplyTo: post.uri, to: [followers()], cc: [olga.iri] })))
    const [byFollower, byStranger] = [activity(iris), activity(remo)]
    await neighbours.say(iris, byFollower)
    // Who may not read a post cannot speak to those who may.
    await neighbours.say(remo, byStranger)
    expect([far, third, elsewhere].map((server) => copies(server, byFollower.id).length)).toEqual([0, 1, 1])
    expect([far, third, elsewhere].map((server) => copies(server, byStranger.id).length)).toEqual([0, 0, 0])
  })

  it('is not passed on without a proof or signature, with a false proof, or when it is not for the followers (item 24)', async () => {
    const post = await ask()
    const bare = creating(rosa, answerTo(post))
    const proven = rosa.prove(creating(rosa, answerTo(post)))
    const forged = { ...proven, object: { ...proven.object, content: '<p>Other</p>' } }
    const unaddressed = rosa.prove(creating(rosa, answerTo(post, { cc: [olga.iri] })))
    const elsewhereOnly = rosa.prove(
      creating(rosa, rosa.note({ inReplyTo: rosa.note().id, to: [PUBLIC], cc: [followers()] })),
    )
    const activities = [bare, forged, unaddressed, elsewhereOnly]
    for (const activity of activities) await neighbours.say(rosa, activity)
    // All of them have arrived here all the same.
    for (const { object } of [bare, unaddressed]) expect(await neighbours.find(olga, object.id)).toBeDefined()
    expect(activities.flatMap(({ id }) => [...copies(far, id), ...copies(third, id)])).toEqual([])
  })

  it('by somebody whom the author has blocked goes no further (item 24)', async () => {
    const post = await ask()
    const rude = await elsewhere.actor('rude')
    const first = rude.prove(creating(rude, rude.note({ inReplyTo: post.uri, cc: [followers(), olga.iri] })))
    await neighbours.say(rude, first)
    expect(copies(third, first.id)).toHaveLength(1)
    const { account } = await neighbours.find(olga, first.object.id)
    await olga.api.post(`/api/v1/accounts/${account.id}/block`)
    const second = rude.prove(creating(rude, rude.note({ inReplyTo: post.uri, cc: [followers(), olga.iri] })))
    await neighbours.say(rude, second)
    expect(copies(third, second.id)).toEqual([])
  })

  it('that a third server passes on to us with a proof goes on from here, and a mere hint does not (item 24)', async () => {
    const post = await ask()
    const proven = rosa.prove(creating(rosa, answerTo(post)))
    const hinted = { ...creating(rosa, answerTo(post)), signature }
    for (const activity of [proven, hinted]) await neighbours.say(iris, activity)
    expect(await neighbours.find(olga, hinted.object.id)).toBeDefined()
    expect([copies(third, proven.id).length, copies(third, hinted.id).length]).toEqual([1, 0])
  })

  it('goes no further when sixty of that server have in an hour (item 24)', async () => {
    const post = await ask()
    const crowded = await startStranger()
    try {
      const spammer = await crowded.actor('spammer')
      const spam = () =>
        spammer.prove(creating(spammer, spammer.note({ inReplyTo: post.uri, cc: [olga.iri, followers()] })))
      // What was passed on longer ago no longer counts.
      await passOn(crowded, { count: 100, minutesAgo: 61 })
      await passOn(crowded, { count: 59, minutesAgo: 1 })
      const [last, tooMuch] = [spam(), spam()]
      for (const activity of [last, tooMuch]) await neighbours.say(spammer, activity)
      expect([copies(third, last.id).length, copies(third, tooMuch.id).length]).toEqual([1, 0])
      expect(await neighbours.find(olga, tooMuch.object.id)).toBeDefined()
    } finally {
      await crowded.close()
    }
  })

  it('is nothing that we show as ours (item 24)', async () => {
    const activity = rosa.prove(creating(rosa, answerTo(await ask())))
    await neighbours.say(rosa, activity)
    expect(copies(third, activity.id)).toHaveLength(1)
    const [row] = await instance.ctx.db.$client<{ id: string }[]>`
      select id from activities where forwarded_key = ${activity.id}`
    const answer = await iris.get(instance.ctx.uris.activity(String(row?.id)))
    expect(answer.status).toBe(404)
  })
})

describe('what another server passes on to us', () => {
  it('is its author’s own with a proof by a key that the author’s document lists, even of somebody unknown (item 24)', async () => {
    const nobody = await elsewhere.actor('newcomer')
    const note = nobody.note({ to: [olga.iri], cc: [], tag: [{ type: 'Mention', href: olga.iri, name: '@olga' }] })
    await neighbours.say(iris, nobody.prove(creating(nobody, note)))
    expect(await neighbours.find(olga, note.id)).toMatchObject({ account: { acct: nobody.acct } })
  })

  it('is not believed for a proof by a key of somebody else, known or not (item 24)', async () => {
    const [victim, thief] = [await elsewhere.actor('victim'), await elsewhere.actor('thief')]
    const note = victim.note({ to: [olga.iri], cc: [] })
    await neighbours.say(iris, thief.prove(creating(victim, note)))
    expect(await neighbours.find(olga, note.id)).toBeUndefined()
  })

  it('with a linked-data signature alone is read where it says that it is (item 24)', async () => {
    const note = rosa.note({ cc: [olga.iri], content: '<p>As it is</p>' })
    const said = { ...creating(rosa, { ...note, content: '<p>As somebody says</p>' }), signature }
    await neighbours.say(iris, said)
    expect(await neighbours.find(olga, note.id)).toMatchObject({ content: '<p>As it is</p>' })
    const secret = rosa.note({ to: [olga.iri], cc: [] })
    await neighbours.say(iris, { ...creating(rosa, secret), signature })
    expect(await neighbours.find(olga, secret.id)).toBeUndefined()
  })
})

describe('two instances', () => {
  it('pass an answer on to those who follow the post’s author (item 24)', async () => {
    const other = await startInstance()
    try {
      const nina = await other.join('nina')
      const { body } = await nina.api.get(
        `/api/v2/search?type=accounts&resolve=true&q=${encodeURIComponent(`@${olga.acct}`)}`,
      )
      await nina.api.post(`/api/v1/accounts/${body.accounts[0].id}/follow`)
      await other.settle()
      await instance.settle()
      const [request] = (await olga.api.get('/api/v1/follow_requests')).body
      await olga.api.post(`/api/v1/follow_requests/${request.id}/authorize`)
      await instance.settle()
      const post = await ask()
      const activity = iris.prove(creating(iris, iris.note({ inReplyTo: post.uri, cc: [olga.iri, followers()] })))
      await instance.settle()
      await neighbours.say(iris, activity)
      await other.settle()
      const [mine] = (await nina.api.get('/api/v1/timelines/home')).body
      expect(mine.uri).toBe(post.uri)
      const thread = await nina.api.get(`/api/v1/statuses/${mine.id}/context`)
      expect(thread.body.descendants).toMatchObject([{ uri: activity.object.id, account: { acct: iris.acct } }])
    } finally {
      await other.close()
    }
  })
})
