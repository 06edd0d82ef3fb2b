import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Status } from '#test/contract/schemas.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { findRedisServer, startRedis } from '#test/support/redis.ts'
import { inShort, type Listener, listen } from '#test/support/sockets.ts'
import {
  type Instance,
  type InstanceProcess,
  type Member,
  startInstance,
  startWebProcess,
} from '#test/support/two-servers.ts'

const backends = ['PostgreSQL', 'Redis'] as const

describe.each(backends)('two web processes that hear of each other by %s', (backend) => {
  const isMissing = backend === 'Redis' && !findRedisServer()
  let redis: Awaited<ReturnType<typeof startRedis>> = null
  let instance: Instance
  let other: InstanceProcess & { url: string }
  let org: Member
  let lea: Member
  let here: Listener
  let there: Listener

  beforeAll(async () => {
    if (isMissing) return
    redis = backend === 'Redis' ? await startRedis() : null
    instance = await startInstance(redis ? { config: { redisUrl: redis.url } } : {})
    ;[other, org, lea] = await Promise.all([startWebProcess(instance), instance.join('atelier'), instance.join('lea')])
    await make.follow(instance.ctx, { followerId: lea.actor.id, followeeId: org.actor.id })
    here = await listen(instance.url, lea.token, { stream: 'user' })
    there = await listen(other.url, lea.token, { stream: 'user' })
    await there.say({ type: 'subscribe', stream: 'direct' })
  })
  afterAll(async () => {
    if (isMissing) return
    here.close()
    await other.stop()
    await instance.close()
    await redis?.stop()
  })

  const post = async (status: string, more = {}): Promise<string> =>
    (await org.api.post('/api/v1/statuses', { status, ...more })).body.id

  it.skipIf(isMissing)('both tell of what is posted, edited and deleted', async () => {
    const id = await post('Bread', { visibility: 'private' })
    await eventually(() => {
      for (const { heard } of [here, there]) expect(inShort(heard)).toEqual([['update', id]])
    })
    Status.parse(there.heard[0]?.payload)
    await org.api.put(`/api/v1/statuses/${id}`, { status: 'Better bread' })
    // Both, since a process that comes to read it after the deletion has nothing to tell.
    await eventually(() => {
      for (const { heard } of [here, there]) expect(heard[1]?.event).toBe('status.update')
    })
    expect(there.heard[1]?.payload.content).toContain('Better bread')
    await org.api.delete(`/api/v1/statuses/${id}`)
    await eventually(() => {
      for (const { heard } of [here, there]) expect(inShort(heard).at(-1)).toEqual(['delete', id])
    })
    expect([here.heard.length, there.heard.length]).toEqual([3, 3])
  })

  it.skipIf(isMissing)('both tell of notifications, conversations and filters', async () => {
    await post('@lea a word', { visibility: 'direct' })
    await eventually(() => expect(there.heard.map(({ event }) => event)).toContain('conversation'))
    const mine = (await lea.api.post('/api/v1/statuses', { status: 'Mine' })).body.id
    await org.api.post(`/api/v1/statuses/${mine}/favourite`)
    await lea.api.post('/api/v2/filters', { title: 'Diet', context: ['home'] })
    await eventually(() => {
      for (const { heard } of [here, there])
        expect(heard.map(({ event }) => event)).toEqual(expect.arrayContaining(['notification', 'filters_changed']))
    })
  })

  it.skipIf(isMissing)('close their sockets when they go, and the others stay', async () => {
    await other.stop()
    await eventually(() => expect(there.ended()).toBe(1001))
    const id = await post('Still here')
    await eventually(() => expect(inShort(here.heard).at(-1)).toEqual(['update', id]))
    expect(here.ended()).toBeNull()
  })
})
