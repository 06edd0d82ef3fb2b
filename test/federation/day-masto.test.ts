import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient, type mastodon } from 'masto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agree, type Day, photograph, startDay } from '#test/support/day.ts'
import { eventually } from '#test/support/eventually.ts'

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
const scope = 'read write follow push'

let day: Day
let me: mastodon.rest.Client
let token: string
let streaming: mastodon.streaming.Client
const heard: mastodon.streaming.Event[] = []
let listening: Promise<void>

beforeAll(async () => {
  day = await startDay()
})
afterAll(async () => {
  streaming?.close()
  await listening
  await day.close()
})

const friend = () => day.friend.masto
const first = <T>(list: readonly T[]): T => {
  const [one] = list
  if (one === undefined) throw new Error('the list is empty')
  return one
}
const eventNames = () => heard.map(({ event }) => event)
/** A picture is ready a moment after it was sent. */
const ready = (id: string) =>
  eventually(async () => {
    const media = await me.v1.media.$select(id).fetch()
    expect(media.url).not.toBeNull()
    return media
  })

describe('a day with masto', () => {
  it('begins with logging in: the program registers, the person agrees, a code becomes a token', async () => {
    const { url } = day.instance
    const app = await createRestAPIClient({ url }).v1.apps.create({
      clientName: 'A day',
      redirectUris: outOfBand,
      scopes: scope,
    })
    const [clientId, clientSecret] = [app.clientId ?? '', app.clientSecret ?? '']
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: outOfBand, response_type: 'code', scope })
    const code = await agree(day.instance, day.org, `${url}/oauth/authorize?${query}`)
    const grant = { grantType: 'authorization_code', clientId, clientSecret, redirectUri: outOfBand, code } as const
    const { accessToken } = await createOAuthAPIClient({ url }).token.create(grant)
    token = accessToken
    me = createRestAPIClient({ url, accessToken })
    expect((await me.v1.accounts.verifyCredentials()).acct).toBe('levain')
  })

  it('opens the streams of the instance, where it says they are', async () => {
    const { configuration } = await me.v2.instance.fetch()
    streaming = createStreamingAPIClient({
      streamingApiUrl: configuration.urls.streaming,
      accessToken: token,
      implementation: WebSocket,
    })
    const subscription = streaming.user.subscribe()
    listening = (async () => {
      for await (const event of subscription) heard.push(event)
    })()
    await eventually(async () => {
      const { id } = await me.v1.statuses.create({ status: 'Is anybody there?', visibility: 'private' })
      expect(eventNames()).toContain('update')
      await me.v1.statuses.$select(id).remove()
    })
  })

  it('has messages brought to a device', async () => {
    const { endpoint, keys } = day.pushes.device('phone')
    const subscribed = await me.v1.push.subscription.create({
      subscription: { endpoint, keys },
      data: { alerts: { follow: true, mention: true, favourite: true } },
      policy: 'all',
    })
    expect(subscribed).toMatchObject({ endpoint, alerts: { mention: true, reblog: false } })
  })

  it('writes the profile, with a picture', async () => {
    const avatar = new Blob([new Uint8Array(await photograph())], { type: 'image/jpeg' })
    const changed = await me.v1.accounts.updateCredentials({
      displayName: 'Levain',
      note: 'Bread, baked at night.',
      avatar,
      fieldsAttributes: [{ name: 'Street', value: 'Rue du Four' }],
    })
    expect(changed).toMatchObject({ displayName: 'Levain', fields: [{ name: 'Street', value: 'Rue du Four' }] })
    expect(changed.avatar).not.toContain('/assets/avatar.')
  })

  it('lets a friend follow, who is seen on the stream and on the device', async () => {
    const relation = await friend().v1.accounts.$select(day.org.actor.id).follow()
    expect(relation).toMatchObject({ requested: true, following: false })
    await eventually(() => expect(eventNames()).toContain('notification'))
    const asking = first(await me.v1.followRequests.list())
    await me.v1.followRequests.$select(asking.id).authorize()
    const { following } = first(await friend().v1.accounts.relationships.fetch({ id: [day.org.actor.id] }))
    expect(following).toBe(true)
    await eventually(() =>
      expect(day.pushes.of('phone').map(({ message }) => message.notification_type)).toContain('follow'),
    )
  })

  it('posts pictures with words for those who do not see them, and changes them later', async () => {
    const sent = await Promise.all(
      ['Eight loaves', 'The oven, open'].map(async (description) => {
        const file = new Blob([new Uint8Array(await photograph())], { type: 'image/jpeg' })
        return me.v2.media.create({ file, description, focus: '0.2,-0.4' })
      }),
    )
    for (const { id } of sent) await ready(id)
    const mediaIds = sent.map(({ id }) => id)
    const post = await me.v1.statuses.create({ status: 'Out of the oven #pain', mediaIds, language: 'en' })
    expect(post.mediaAttachments.map(({ description }) => description)).toEqual(['Eight loaves', 'The oven, open'])
    const edited = await me.v1.statuses.$select(post.id).update({ status: 'Fresh out of the oven #pain', mediaIds })
    expect(edited.editedAt).not.toBeNull()
    expect((await me.v1.statuses.$select(post.id).history.list()).length).toBe(2)
    expect((await me.v1.statuses.$select(post.id).source.fetch()).text).toBe('Fresh out of the oven #pain')
    const seen = await eventually(async () => first(await friend().v1.timelines.home.list({ limit: 1 })))
    expect(seen).toMatchObject({ id: post.id, tags: [{ name: 'pain' }] })
    await eventually(() => expect(eventNames()).toContain('status.update'))
  })

  it('is liked, boosted and answered, and is told so in groups', async () => {
    const post = first(await friend().v1.timelines.home.list({ limit: 1 }))
    await friend().v1.statuses.$select(post.id).favourite()
    await friend().v1.statuses.$select(post.id).reblog()
    await friend().v1.statuses.create({ status: '@levain How much?', inReplyToId: post.id, visibility: 'unlisted' })
    await eventually(async () => {
      const { notificationGroups } = await me.v2.notifications.list()
      const types = notificationGroups.map(({ type }) => type)
      expect(types).toEqual(expect.arrayContaining(['favourite', 'reblog', 'mention', 'follow']))
    })
    const mention = await eventually(() => {
      const found = day.pushes.of('phone').find(({ message }) => message.notification_type === 'mention')
      if (!found) throw new Error('the device was not told')
      return found.message
    })
    expect(mention.body).toContain('How much?')
    const { descendants } = await me.v1.statuses.$select(post.id).context.fetch()
    expect(descendants.map(({ inReplyToId }) => inReplyToId)).toEqual([post.id])
    await me.v1.statuses.$select(first(descendants).id).favourite()
    await me.v1.markers.create({ notifications: { lastReadId: String(mention.notification_id) } })
  })

  it('asks, and a friend votes once', async () => {
    const asked = await me.v1.statuses.create({
      status: 'Rye or spelt?',
      poll: { options: ['Rye', 'Spelt'], expiresIn: 3_600 },
    })
    const { id } = asked.poll ?? { id: '' }
    expect(
      (
        await friend()
          .v1.polls.$select(id)
          .votes.create({ choices: [1] })
      ).ownVotes,
    ).toEqual([1])
    await expect(
      friend()
        .v1.polls.$select(id)
        .votes.create({ choices: [0] }),
    ).rejects.toThrow(/already/i)
    const { votesCount, options } = await me.v1.polls.$select(id).fetch()
    expect([votesCount, options[1]?.votesCount]).toEqual([1, 1])
  })

  it('is quoted by those whom it lets, is told, and takes a quote back', async () => {
    const lent = await me.v1.statuses.create({ status: 'Our recipe', quoteApprovalPolicy: 'followers' })
    expect(lent.quoteApproval).toMatchObject({ automatic: ['followers'], currentUser: 'automatic' })
    const quoting = await friend().v1.statuses.create({ status: 'I bake this', quotedStatusId: lent.id })
    expect(quoting.quote).toMatchObject({ state: 'accepted', quotedStatus: { id: lent.id } })
    await eventually(async () => {
      const { notificationGroups } = await me.v2.notifications.list({ types: ['quote'] })
      expect(notificationGroups.map(({ type }) => type)).toEqual(['quote'])
    })
    const quotes = () => me.v1.statuses.$select(lent.id).quotes
    expect((await quotes().list()).map(({ id }) => id)).toEqual([quoting.id])
    // The program has no name for it yet.
    const revoked = await day.org.api.post(`/api/v1/statuses/${lent.id}/quotes/${quoting.id}/revoke`)
    expect(revoked.body.quote).toMatchObject({ state: 'revoked', quoted_status: null })
    expect(await quotes().list()).toEqual([])
    const kept = await me.v1.statuses.create({ status: 'Our secret', quoteApprovalPolicy: 'nobody' })
    await expect(friend().v1.statuses.create({ status: 'Look', quotedStatusId: kept.id })).rejects.toThrow()
  })

  it('plans a post, which is published when its time has come', async () => {
    const at = new Date(Date.now() + 20 * 60_000).toISOString()
    const planned = await me.v1.statuses.create({ status: 'Good evening', scheduledAt: at })
    expect(planned.scheduledAt).toBe(at)
    expect((await me.v1.scheduledStatuses.list()).map(({ id }) => id)).toEqual([planned.id])
    day.pass(21 * 60_000)
    await eventually(
      async () =>
        expect(first(await friend().v1.timelines.home.list({ limit: 1 })).content).toBe('<p>Good evening</p>'),
      { withinMs: 90_000, everyMs: 500 },
    )
    expect(await me.v1.scheduledStatuses.list()).toEqual([])
  })

  it('sorts: a list, a filter, a bookmark, a pinned post', async () => {
    const list = await friend().v1.lists.create({ title: 'Bakers', exclusive: true })
    await friend()
      .v1.lists.$select(list.id)
      .accounts.create({ accountIds: [day.org.actor.id] })
    const atHome = await friend().v1.timelines.home.list()
    expect(atHome.filter(({ account }) => account.acct === 'levain')).toEqual([])
    const [evening] = await friend().v1.timelines.list.$select(list.id).list({ limit: 1 })
    expect(evening?.content).toBe('<p>Good evening</p>')
    await friend().v2.filters.create({
      title: 'Evenings',
      context: ['home'],
      filterAction: 'warn',
      keywordsAttributes: [{ keyword: 'evening', wholeWord: true }],
    })
    const [filtered] = await friend().v1.timelines.list.$select(list.id).list({ limit: 1 })
    expect(filtered?.filtered?.map(({ filter }) => filter.title)).toEqual(['Evenings'])
    await friend()
      .v1.statuses.$select(evening?.id ?? '')
      .bookmark()
    expect((await friend().v1.bookmarks.list()).map(({ id }) => id)).toEqual([evening?.id])
    await me.v1.statuses.$select(evening?.id ?? '').pin()
    const pinned = await friend().v1.accounts.$select(day.org.actor.id).statuses.list({ pinned: true })
    expect(pinned.map(({ id }) => id)).toEqual([evening?.id])
  })

  it('speaks with one alone', async () => {
    await me.v1.statuses.create({ status: '@rosa Four euros.', visibility: 'direct' })
    const conversation = await eventually(async () => first(await friend().v1.conversations.list()))
    expect(conversation).toMatchObject({ unread: true, lastStatus: { visibility: 'direct' } })
    expect((await friend().v1.conversations.$select(conversation.id).read()).unread).toBe(false)
  })

  it('finds people, words and hashtags', async () => {
    const found = await me.v2.search.list({ q: 'oven' })
    expect(found.statuses.map(({ content }) => content)).toEqual([expect.stringContaining('Fresh out of the oven')])
    expect((await me.v2.search.list({ q: 'ros', type: 'accounts' })).accounts.map(({ acct }) => acct)).toEqual(['rosa'])
    expect((await me.v2.search.list({ q: '#pain', type: 'hashtags' })).hashtags.map(({ name }) => name)).toEqual([
      'pain',
    ])
  })

  it('ends: a post is deleted, seen on the stream, and the token given back', async () => {
    const evening = first(await me.v1.accounts.$select(day.org.actor.id).statuses.list({ pinned: true }))
    await me.v1.statuses.$select(evening.id).remove()
    await eventually(() =>
      expect(heard).toContainEqual(expect.objectContaining({ event: 'delete', payload: evening.id })),
    )
    await me.v1.push.subscription.remove()
    streaming.close()
    const app = await createRestAPIClient({ url: day.instance.url, accessToken: token }).v1.apps.verifyCredentials()
    expect(app.name).toBe('A day')
  })
})
