import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import generator, { type Entity, type MegalodonInterface, type WebSocketInterface } from 'megalodon'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agree, type Day, photograph, startDay } from '#test/support/day.ts'
import { eventually } from '#test/support/eventually.ts'

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

let day: Day
let me: MegalodonInterface
let friend: MegalodonInterface
let stream: WebSocketInterface | undefined
const heard: { event: string; id: string }[] = []

beforeAll(async () => {
  day = await startDay()
  friend = generator('mastodon', day.instance.url, day.friend.token)
})
afterAll(async () => {
  stream?.stop()
  await day.close()
})

const first = <T>(list: readonly T[]): T => {
  const [one] = list
  if (one === undefined) throw new Error('the list is empty')
  return one
}

async function post(
  who: MegalodonInterface,
  text: string,
  options: Parameters<MegalodonInterface['postStatus']>[1] = {},
) {
  return (await who.postStatus(text, options)).data as Entity.Status
}

const newest = async () => first((await friend.getHomeTimeline({ limit: 1 })).data)

describe('a day with megalodon', () => {
  it('begins with logging in', async () => {
    const { url } = day.instance
    const visitor = generator('mastodon', url)
    const scopes = ['read', 'write', 'follow', 'push']
    const app = await visitor.registerApp('A day', { scopes, redirect_uris: outOfBand })
    const code = await agree(day.instance, day.org, app.url ?? '')
    const token = await visitor.fetchAccessToken(app.client_id, app.client_secret, code, outOfBand)
    me = generator('mastodon', url, token.access_token)
    expect((await me.verifyAccountCredentials()).data.acct).toBe('levain')
    expect((await me.verifyAppCredentials()).data.name).toBe('A day')
    expect((await me.getInstance()).data.urls?.streaming_api).toMatch(/^ws:/)
  })

  it('listens', async () => {
    stream = await me.userStreaming()
    stream.on('update', ({ id }: Entity.Status) => heard.push({ event: 'update', id }))
    stream.on('notification', ({ id }: Entity.Notification) => heard.push({ event: 'notification', id }))
    stream.on('delete', (id: string) => heard.push({ event: 'delete', id: String(id) }))
    stream.on('status_update', ({ id }: Entity.Status) => heard.push({ event: 'status_update', id }))
    await eventually(async () => {
      const { id } = await post(me, 'Is anybody there?')
      await me.deleteStatus(id)
      expect(heard.map(({ event }) => event)).toContain('update')
    })
  })

  it('has messages brought to a device', async () => {
    const alerts = { follow: true, favourite: true, reblog: true, mention: true, poll: true }
    const { data } = await me.subscribePushNotification(day.pushes.device('phone'), { alerts })
    expect(data.endpoint).toBe(`${day.pushes.url}/push/phone`)
    expect((await me.getPushSubscription()).data.alerts).toMatchObject(alerts)
  })

  it('writes the profile', async () => {
    const { data } = await me.updateCredentials({ display_name: 'Levain', note: 'Bread, baked at night.' })
    expect(data).toMatchObject({ display_name: 'Levain', note: '<p>Bread, baked at night.</p>' })
  })

  it('lets a friend follow', async () => {
    const asked = await friend.followAccount(day.org.actor.id)
    expect(asked.data).toMatchObject({ requested: true, following: false })
    const request = first((await me.getFollowRequests()).data)
    await me.acceptFollowRequest(String(request.id))
    expect((await friend.getRelationship(day.org.actor.id)).data.following).toBe(true)
    await eventually(() =>
      expect(day.pushes.of('phone').map(({ message }) => message.notification_type)).toContain('follow'),
    )
  })

  it('posts pictures with words for those who do not see them, and changes them', async () => {
    const path = join(day.instance.ctx.config.dataDir, 'loaves.jpg')
    await writeFile(path, await photograph())
    const { data: sent } = await me.uploadMedia(createReadStream(path), {
      description: 'Eight loaves',
      focus: '0.1,0.2',
    })
    await eventually(async () => expect((await me.getMedia(sent.id)).data.url).toBeTruthy())
    await me.updateMedia(sent.id, { description: 'Eight loaves on a board' })
    const made = await post(me, 'Out of the oven #pain', { media_ids: [sent.id], language: 'en' })
    expect(made.media_attachments.map(({ description }) => description)).toEqual(['Eight loaves on a board'])
    await me.editStatus(made.id, { status: 'Fresh out of the oven #pain', media_ids: [sent.id] })
    expect((await me.getStatusSource(made.id)).data.text).toBe('Fresh out of the oven #pain')
    await eventually(async () => expect((await newest()).id).toBe(made.id))
    await eventually(() => expect(heard).toContainEqual({ event: 'status_update', id: made.id }))
    expect((await friend.getTagTimeline('pain')).data.map(({ id }) => id)).toEqual([made.id])
  })

  it('is liked, boosted and answered', async () => {
    const { id } = await newest()
    await friend.favouriteStatus(id)
    await friend.reblogStatus(id)
    await post(friend, '@levain How much?', { in_reply_to_id: id })
    await eventually(async () => {
      const types = (await me.getNotifications()).data.map(({ type }) => type)
      expect(types).toEqual(expect.arrayContaining(['favourite', 'reblog', 'mention', 'follow']))
    })
    await eventually(() =>
      expect(day.pushes.of('phone').map(({ message }) => message.notification_type)).toContain('mention'),
    )
    expect((await me.getStatusFavouritedBy(id)).data.map(({ acct }) => acct)).toEqual(['rosa'])
    expect((await me.getStatusRebloggedBy(id)).data.map(({ acct }) => acct)).toEqual(['rosa'])
    expect((await me.getStatusContext(id)).data.descendants.length).toBe(1)
  })

  it('asks, and a friend votes', async () => {
    const { poll } = await post(me, 'Rye or spelt?', { poll: { options: ['Rye', 'Spelt'], expires_in: 3_600 } })
    const { data } = await friend.votePoll(poll?.id ?? '', [1])
    expect(data).toMatchObject({ voted: true, votes_count: 1 })
    expect((await me.getPoll(poll?.id ?? '')).data.options[1]).toMatchObject({ title: 'Spelt', votes_count: 1 })
  })

  it('is quoted, and is told', async () => {
    const lent = await post(me, 'Our recipe')
    const { quote } = await post(friend, 'I bake this', { quote_id: lent.id })
    expect(quote).toMatchObject({ state: 'accepted', quoted_status: { id: lent.id } })
    await eventually(async () => {
      const { data } = await me.getNotifications()
      expect(data.map(({ type }) => type)).toContain('quote')
    })
  })

  it('plans a post, moves it, and sees it published', async () => {
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
    const planned = await me.postStatus('Good evening', { scheduled_at: inMinutes(60) })
    const moved = await me.scheduleStatus(planned.data.id, inMinutes(20))
    expect((await me.getScheduledStatuses()).data).toEqual([moved.data])
    day.pass(21 * 60_000)
    await eventually(async () => expect((await newest()).content).toBe('<p>Good evening</p>'), {
      withinMs: 90_000,
      everyMs: 500,
    })
  })

  it('sorts: a list, a filter, a bookmark', async () => {
    const { data: list } = await friend.createList('Bakers')
    await friend.addAccountsToList(list.id, [day.org.actor.id])
    const evening = first((await friend.getListTimeline(list.id, { limit: 1 })).data)
    expect(evening.content).toBe('<p>Good evening</p>')
    expect((await friend.getAccountsInList(list.id)).data.map(({ acct }) => acct)).toEqual(['levain'])
    await friend.createFilter('evening', ['home'], { whole_word: true })
    expect((await friend.getFilters()).data.map(({ phrase }) => phrase)).toEqual(['evening'])
    await friend.bookmarkStatus(evening.id)
    expect((await friend.getBookmarks()).data.map(({ id }) => id)).toEqual([evening.id])
  })

  it('finds people, words and hashtags', async () => {
    const { data } = await me.search('oven', { type: 'statuses' })
    expect(data.statuses.length).toBe(1)
    expect((await me.search('ros', { type: 'accounts' })).data.accounts.map(({ acct }) => acct)).toEqual(['rosa'])
    expect((await me.search('pain', { type: 'hashtags' })).data.hashtags.map(({ name }) => name)).toEqual(['pain'])
  })

  it('ends: a post is deleted and seen to go', async () => {
    const { id } = await newest()
    await me.deleteStatus(id)
    await eventually(() => expect(heard).toContainEqual({ event: 'delete', id }))
    expect(heard.map(({ event }) => event)).toContain('notification')
    await me.deletePushSubscription()
  })
})
