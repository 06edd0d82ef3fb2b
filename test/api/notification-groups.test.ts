import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupedNotifications, Marker, NotificationPolicy, NotificationRequest } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

type Somebody = Readonly<{ client: Client; actorId: string; handle: string }>

async function somebody(): Promise<Somebody> {
  const handle = uniqueName('person')
  const { actorId, headers } = await test.signIn(handle)
  return { client: createClient(test.app, headers), actorId, handle }
}

const write = async ({ client }: Somebody, status: string, more = {}): Promise<string> =>
  (await client.post('/api/v1/statuses', { status, ...more })).body.id

async function groups({ client }: Somebody, query = ''): Promise<Json> {
  await tellEverybody(test.ctx)
  return GroupedNotifications.parse((await client.get(`/api/v2/notifications${query}`)).body)
}

/** A post that a number of people like. */
async function liked(count: number): Promise<{ writer: Somebody; id: string; fans: Somebody[] }> {
  const writer = await somebody()
  const id = await write(writer, 'a')
  const fans = await Promise.all(Array.from({ length: count }, somebody))
  for (const fan of fans) await fan.client.post(`/api/v1/statuses/${id}/favourite`)
  await tellEverybody(test.ctx)
  return { writer, id, fans }
}

describe('grouped notifications', () => {
  it('tell as one story what many do with one post, and whom, the last first', async () => {
    const { writer, id, fans } = await liked(3)
    await fans[0]?.client.post(`/api/v1/statuses/${id}/reblog`)
    await write(fans[1] as Somebody, `@${writer.handle} lovely`)
    const { notification_groups: found, accounts, statuses } = await groups(writer)
    expect(found.map(({ type, notifications_count: count }: Json) => [type, count])).toEqual([
      ['mention', 1],
      ['reblog', 1],
      ['favourite', 3],
    ])
    expect(found[2].sample_account_ids).toEqual(fans.toReversed().map(({ actorId }) => actorId))
    expect(found[2]).toMatchObject({ status_id: id, most_recent_notification_id: found[2].page_max_id })
    expect(accounts.map(({ id: account }: Json) => account).sort()).toEqual(fans.map(({ actorId }) => actorId).sort())
    expect(statuses).toHaveLength(2)
  })

  it('name only the last one whole when pictures are enough', async () => {
    const { writer, fans } = await liked(3)
    const found = await groups(writer, '?expand_accounts=partial_avatars')
    expect(found.accounts.map(({ id }: Json) => id)).toEqual([fans[2]?.actorId])
    expect(found.partial_accounts).toHaveLength(2)
    expect((await writer.client.get('/api/v2/notifications?expand_accounts=some')).status).toBe(422)
  })

  it('are made of the kinds that are asked for only', async () => {
    const { writer } = await liked(2)
    expect((await groups(writer, '?grouped_types[]=reblog')).notification_groups).toHaveLength(2)
    expect((await groups(writer, '?types[]=mention')).notification_groups).toEqual([])
    expect((await groups(writer, '?exclude_types[]=favourite')).notification_groups).toEqual([])
  })

  it('fill a page by groups, and go on behind it in both directions', async () => {
    const writer = await somebody()
    const fans = await Promise.all(Array.from({ length: 3 }, somebody))
    const ids = [await write(writer, '1'), await write(writer, '2'), await write(writer, '3')]
    for (const id of ids) for (const fan of fans) await fan.client.post(`/api/v1/statuses/${id}/favourite`)
    const posts = (answer: Json) => answer.notification_groups.map(({ status_id }: Json) => status_id)
    expect(posts(await groups(writer, '?limit=2'))).toEqual([ids[2], ids[1]])
    const first = await writer.client.get('/api/v2/notifications?limit=2')
    const next = new URL(String(/<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1]))
    expect(posts((await writer.client.get(next.pathname + next.search)).body)).toEqual([ids[0]])
    const last = first.body.notification_groups[1].page_min_id
    expect(posts((await writer.client.get(`/api/v2/notifications?limit=1&min_id=${last}`)).body)).toEqual([ids[1]])
    expect(posts((await writer.client.get(`/api/v2/notifications?since_id=${last}&limit=9`)).body)).toEqual([
      ids[2],
      ids[1],
    ])
  })

  it('are read, listed and dismissed by their key, by whom they are told alone', async () => {
    const { writer, id, fans } = await liked(2)
    const [{ group_key: key }] = (await groups(writer)).notification_groups
    const one = GroupedNotifications.parse((await writer.client.get(`/api/v2/notifications/${key}`)).body)
    expect(one.notification_groups).toMatchObject([{ group_key: key, notifications_count: 2, status_id: id }])
    expect(idsOf(await writer.client.get(`/api/v2/notifications/${key}/accounts`))).toEqual(
      fans.toReversed().map(({ actorId }) => actorId),
    )
    for (const other of [key, 'favourite-1', 'ungrouped-1', 'nothing']) {
      expect((await (fans[0] as Somebody).client.get(`/api/v2/notifications/${other}`)).status).toBe(404)
      expect((await (fans[0] as Somebody).client.get(`/api/v2/notifications/${other}/accounts`)).status).toBe(404)
    }
    expect(await writer.client.post(`/api/v2/notifications/${key}/dismiss`)).toMatchObject({ status: 200, body: {} })
    expect((await groups(writer)).notification_groups).toEqual([])
  })

  it('count what is new since the marker, in groups and one by one', async () => {
    const { writer } = await liked(3)
    const counts = async (query = '') => [
      (await writer.client.get(`/api/v1/notifications/unread_count${query}`)).body.count,
      (await writer.client.get(`/api/v2/notifications/unread_count${query}`)).body.count,
    ]
    expect(await counts()).toEqual([3, 1])
    expect(await counts('?limit=2')).toEqual([2, 1])
    expect(await counts('?types[]=mention')).toEqual([0, 0])
    const [newest] = (await writer.client.get('/api/v1/notifications')).body
    await writer.client.post('/api/v1/markers', { notifications: { last_read_id: newest.id } })
    expect(await counts()).toEqual([0, 0])
  })
})

describe('markers', () => {
  it('keep a place in each timeline, and count how often it moved', async () => {
    const { client } = await somebody()
    expect((await client.get('/api/v1/markers?timeline[]=home')).body).toEqual({})
    const id = '117691500685885834'
    const moved = await client.post('/api/v1/markers', { home: { last_read_id: id } })
    expect(Marker.parse(moved.body.home)).toMatchObject({ last_read_id: id, version: 1 })
    await client.form('POST', '/api/v1/markers', [['notifications[last_read_id]', id]])
    await client.post('/api/v1/markers', { home: { last_read_id: '117691500685885900' } })
    const { body } = await client.get('/api/v1/markers?timeline[]=home&timeline[]=notifications')
    expect(body).toMatchObject({
      home: { last_read_id: '117691500685885900', version: 2 },
      notifications: { last_read_id: id, version: 1 },
    })
    expect((await client.post('/api/v1/markers', { home: { last_read_id: 'x' } })).status).toBe(422)
  })
})

describe('a notification policy', () => {
  const requestsOf = async ({ client }: Somebody) => {
    await tellEverybody(test.ctx)
    const { body } = await client.get('/api/v1/notifications/requests')
    return body.map((one: unknown) => NotificationRequest.parse(one))
  }
  const toldOf = async ({ client }: Somebody, query = '') =>
    (await client.get(`/api/v1/notifications${query}`)).body.map(({ type }: Json) => type)

  it('holds private words of strangers back until they are let through', async () => {
    const [reader, stranger] = [await somebody(), await somebody()]
    const id = await write(stranger, `@${reader.handle} buy this`, { visibility: 'direct' })
    await write(stranger, `@${reader.handle} and this`)
    const [request] = await requestsOf(reader)
    expect(request).toMatchObject({ notifications_count: '1', account: { id: stranger.actorId }, last_status: { id } })
    expect(await toldOf(reader)).toEqual(['mention'])
    expect(await toldOf(reader, '?include_filtered=true')).toEqual(['mention', 'mention'])
    expect(await toldOf(reader, `?account_id=${stranger.actorId}`)).toEqual(['mention', 'mention'])
    const policy = NotificationPolicy.parse((await reader.client.get('/api/v2/notifications/policy')).body)
    expect(policy.summary).toEqual({ pending_requests_count: 1, pending_notifications_count: 1 })
    expect((await reader.client.get(`/api/v1/notifications/requests/${request.id}`)).body).toMatchObject({
      id: request.id,
    })
    expect((await stranger.client.get(`/api/v1/notifications/requests/${request.id}`)).status).toBe(404)
    expect((await stranger.client.post(`/api/v1/notifications/requests/${request.id}/accept`)).status).toBe(404)
    expect((await reader.client.post(`/api/v1/notifications/requests/${request.id}/accept`)).body).toEqual({})
    expect(await toldOf(reader)).toEqual(['mention', 'mention'])
    expect((await reader.client.get('/api/v1/notifications/requests/merged')).body).toEqual({ merged: true })
    await write(stranger, `@${reader.handle} thanks`, { visibility: 'direct' })
    expect(await requestsOf(reader)).toEqual([])
    expect(await toldOf(reader)).toHaveLength(3)
  })

  it('lets through who is followed, and who answers', async () => {
    const [reader, friend, stranger] = [await somebody(), await somebody(), await somebody()]
    await make.follow(test.ctx, { followerId: reader.actorId, followeeId: friend.actorId })
    await write(friend, `@${reader.handle} hello`, { visibility: 'direct' })
    const question = await write(reader, `@${stranger.handle} a question`, { visibility: 'direct' })
    await write(stranger, `@${reader.handle} an answer`, { visibility: 'direct', in_reply_to_id: question })
    expect(await requestsOf(reader)).toEqual([])
    expect(await toldOf(reader)).toEqual(['mention', 'mention'])
  })

  it('is changed in part, and what is dismissed is gone', async () => {
    const [reader, stranger, other] = [await somebody(), await somebody(), await somebody()]
    const changed = await reader.client.patch('/api/v2/notifications/policy', { for_not_following: 'filter' })
    expect(NotificationPolicy.parse(changed.body)).toMatchObject({
      for_not_following: 'filter',
      for_not_followers: 'accept',
      for_private_mentions: 'filter',
    })
    const id = await write(reader, 'a')
    for (const { client } of [stranger, other]) await client.post(`/api/v1/statuses/${id}/favourite`)
    const requests = await requestsOf(reader)
    expect(requests).toHaveLength(2)
    expect((await groups(reader)).notification_groups).toEqual([])
    const [newest, oldest] = requests
    expect(idsOf(await reader.client.get('/api/v1/notifications/requests?limit=1'))).toEqual([newest.id])
    expect(idsOf(await reader.client.get(`/api/v1/notifications/requests?max_id=${newest.id}`))).toEqual([oldest.id])
    const ids = requests.map((request: Json) => request.id)
    await reader.client.post('/api/v1/notifications/requests/dismiss', { id: ids })
    expect(await requestsOf(reader)).toEqual([])
    expect(await toldOf(reader, '?include_filtered=true')).toEqual([])
    expect((await reader.client.patch('/api/v2/notifications/policy', { for_new_accounts: 'maybe' })).status).toBe(422)
  })

  it('can have nothing written down at all', async () => {
    const [reader, stranger] = [await somebody(), await somebody()]
    await reader.client.patch('/api/v2/notifications/policy', { for_not_followers: 'drop' })
    await write(stranger, `@${reader.handle} hello`)
    expect(await requestsOf(reader)).toEqual([])
    expect(await toldOf(reader, '?include_filtered=true')).toEqual([])
  })
})
