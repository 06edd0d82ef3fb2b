import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '#src/features/oauth/service.ts'
import { createWebClient } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { type PushService, startPushService } from '#test/support/push-service.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let service: PushService
let org: Member
let lea: Member

beforeAll(async () => {
  ;[instance, service] = await Promise.all([startInstance(), startPushService()])
  ;[org, lea] = await Promise.all([instance.join('atelier', { type: 'Organization' }), instance.join('lea')])
})
afterAll(async () => {
  await instance.close()
  await service.close()
})

/** Another device of somebody: a token of its own, with a subscription. */
async function subscribe(member: Member, data: object, standard = true) {
  const name = uniqueName('device')
  const { userId } = member.viewer
  const identity = { userId, actorId: member.actor.id, scopes: ['read', 'push'], appId: null }
  const { token, id: tokenId } = await createToken(instance.ctx, identity)
  const api = createWebClient(instance.url, { authorization: `Bearer ${token}` })
  const subscription = { ...service.device(name), standard }
  const { status, body } = await api.post('/api/v1/push/subscription', { subscription, data })
  expect(status).toBe(200)
  return { name, token, tokenId, api, got: () => service.of(name), serverKey: body.server_key }
}

const write = async (member: Member, status: string, more = {}): Promise<string> =>
  (await member.api.post('/api/v1/statuses', { status, ...more })).body.id

describe('a device', () => {
  it.each([
    ['aes128gcm', true],
    ['aesgcm', false],
  ])('is told of a mention in %s, signed by the key of the instance', async (encoding, isStandard) => {
    const device = await subscribe(org, { alerts: { mention: true } }, isStandard)
    await write(lea, '@atelier do you bake <b>& ship</b>?')
    await eventually(() => expect(device.got()).toHaveLength(1))
    const [pushed] = device.got()
    const { body: told } = await org.api.get('/api/v1/notifications')
    expect(pushed?.message).toEqual({
      access_token: device.token,
      preferred_locale: 'en',
      notification_id: told[0].id,
      notification_type: 'mention',
      icon: told[0].account.avatar_static,
      title: 'lea mentioned you',
      body: '@atelier do you bake <b>& ship</b>?',
    })
    expect(pushed?.headers).toMatchObject({ 'content-encoding': encoding, ttl: '172800', urgency: 'normal' })
    expect(pushed?.key).toBe(device.serverKey)
    expect(pushed?.claims.sub).toMatch(/^mailto:/)
    expect(pushed?.claims.exp).toBeLessThanOrEqual(Date.now() / 1_000 + 86_400)
    const { body } = await org.api.get('/api/v2/instance')
    expect(body.configuration.vapid.public_key).toBe(device.serverKey)
  })

  it('hears in the language of its person', async () => {
    const device = await subscribe(org, { alerts: { favourite: true } })
    await instance.ctx.db.$client`update users set locale = 'fr' where id = ${org.viewer.userId}`
    const id = await write(org, 'Pain', { spoiler_text: 'Du pain' })
    await lea.api.post(`/api/v1/statuses/${id}/favourite`)
    await eventually(() => expect(device.got()).toHaveLength(1))
    const { preferred_locale, title, body } = device.got()[0]?.message ?? {}
    expect([preferred_locale, title, body]).toEqual(['fr', 'lea aime votre publication', 'Du pain'])
    await instance.ctx.db.$client`update users set locale = null where id = ${org.viewer.userId}`
  })

  it('hears only what it wants to hear of, by whom it wants to hear', async () => {
    const [friend, stranger] = [await instance.join(uniqueName('friend')), await instance.join(uniqueName('stranger'))]
    const fan = await instance.join(uniqueName('fan'))
    await make.follow(instance.ctx, { followerId: org.actor.id, followeeId: friend.actor.id })
    await make.follow(instance.ctx, { followerId: fan.actor.id, followeeId: org.actor.id })
    const alerts = { mention: true, favourite: false }
    const devices = {
      all: await subscribe(org, { alerts, policy: 'all' }),
      followed: await subscribe(org, { alerts, policy: 'followed' }),
      follower: await subscribe(org, { alerts, policy: 'follower' }),
      none: await subscribe(org, { alerts, policy: 'none' }),
    }
    const id = await write(org, 'Bread')
    await stranger.api.post(`/api/v1/statuses/${id}/favourite`)
    for (const one of [friend, stranger, fan]) await write(one, `@atelier by ${one.actor.handle}`)
    await instance.settle()
    const heard = Object.entries(devices).map(([policy, { got }]) => [
      policy,
      got()
        .map(({ message }) => message.title.replace(/\d* mentioned you$/, ''))
        .toSorted(),
    ])
    expect(Object.fromEntries(heard)).toEqual({
      all: ['fan', 'friend', 'stranger'],
      followed: ['friend'],
      follower: ['fan'],
      none: [],
    })
  })

  it('of an administrator is told of who is reported, until the right is withdrawn', async () => {
    const admin = await instance.join(uniqueName('admin'))
    const setAdmin = (isAdmin: boolean) =>
      instance.ctx.db.$client`update users set is_admin = ${isAdmin} where id = ${admin.viewer.userId}`
    await setAdmin(true)
    const device = await subscribe(admin, { alerts: { 'admin.report': true } })
    await lea.api.post('/api/v1/reports', { account_id: org.actor.id, comment: 'Too much bread' })
    await eventually(() => expect(device.got()).toHaveLength(1))
    expect(device.got()[0]?.message).toMatchObject({
      notification_type: 'admin.report',
      title: 'lea reports somebody to you',
      body: '@atelier: Too much bread',
    })
    await setAdmin(false)
    await lea.api.post('/api/v1/reports', { account_id: org.actor.id, comment: 'Still' })
    await instance.settle()
    expect(device.got()).toHaveLength(1)
  })

  it('is told nothing of what its person is not shown', async () => {
    const device = await subscribe(org, { alerts: { mention: true, status: true } })
    const blocked = await instance.join(uniqueName('blocked'))
    await org.api.post(`/api/v1/accounts/${blocked.actor.id}/block`)
    await write(blocked, '@atelier listen')
    const stranger = await instance.join(uniqueName('held'))
    // Held back by the policy of notifications.
    await write(stranger, '@atelier psst', { visibility: 'direct' })
    await write(lea, '@atelier hello')
    await eventually(() => expect(device.got()).toHaveLength(1))
    await instance.settle()
    expect(device.got().map(({ message }) => message.body)).toEqual(['@atelier hello'])
  })

  it('is forgotten when its push service says that it is gone', async () => {
    const device = await subscribe(org, { alerts: { mention: true } })
    service.answer(device.name, 410)
    await write(lea, '@atelier anybody there?')
    await eventually(async () => expect((await device.api.get('/api/v1/push/subscription')).status).toBe(404))
    expect(service.triesOf(device.name)).toBe(1)
  })

  it('is tried again when its push service is busy, and not when it refuses', async () => {
    const [busy, refusing] = [
      await subscribe(org, { alerts: { mention: true } }),
      await subscribe(org, { alerts: { mention: true } }),
    ]
    service.answer(busy.name, 503)
    service.answer(refusing.name, 403)
    await write(lea, '@atelier are you busy?')
    await eventually(() => expect(service.triesOf(busy.name)).toBeGreaterThan(0))
    service.answer(busy.name, 201)
    await eventually(() => expect(busy.got()).toHaveLength(1))
    await instance.settle()
    expect(service.triesOf(refusing.name)).toBe(1)
    expect((await refusing.api.get('/api/v1/push/subscription')).status).toBe(200)
  })

  it('is told nothing more after its token was revoked or its person lost the role', async () => {
    const [revoked, other] = [
      await subscribe(org, { alerts: { mention: true } }),
      await subscribe(org, { alerts: { mention: true } }),
    ]
    const guest = await make.member(instance.ctx, org.actor.id, 'analyst')
    const team = await subscribe({ ...org, viewer: guest }, { alerts: { mention: true } })
    await instance.ctx.db.$client`update oauth_tokens set revoked_at = now() where id = ${revoked.tokenId}`
    await instance.ctx.db.$client`delete from memberships where user_id = ${guest.userId}`
    await write(lea, '@atelier once more')
    await eventually(() => expect(other.got()).toHaveLength(1))
    await instance.settle()
    expect([service.triesOf(revoked.name), service.triesOf(team.name)]).toEqual([0, 0])
  })
})
