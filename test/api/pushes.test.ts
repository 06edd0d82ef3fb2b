import { createECDH, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { effects } from '#src/db/schema/effects.ts'
import { emit } from '#src/effects.ts'
import { pushNotification } from '#src/features/notifications/push.ts'
import { pruneSubscriptions } from '#src/features/pushes/queries.ts'
import { WebPushSubscription } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const path = '/api/v1/push/subscription'

async function somebody(scopes?: string[]) {
  const { headers, token, actorId } = await test.signIn(uniqueName('device'), scopes)
  return { client: createClient(test.app, headers), token, actorId }
}

const key = () => createECDH('prime256v1').generateKeys('base64url')
const auth = () => randomBytes(16).toString('base64url')
const device = () => ({ endpoint: `https://push.example/${uniqueName('d')}`, keys: { p256dh: key(), auth: auth() } })

const silent = {
  mention: false,
  quote: false,
  status: false,
  reblog: false,
  follow: false,
  follow_request: false,
  favourite: false,
  poll: false,
  update: false,
  quoted_update: false,
  'admin.sign_up': false,
  'admin.report': false,
}

describe('a subscription', () => {
  it('is made, read, changed and ended, one for each token', async () => {
    const { client } = await somebody()
    expect(await client.get(path)).toMatchObject({ status: 404, body: { error: 'Record not found' } })
    expect((await client.put(path, { data: { policy: 'none' } })).status).toBe(404)
    const subscription = device()
    const made = await client.post(path, {
      subscription: { ...subscription, standard: true },
      data: { alerts: { mention: true, 'admin.report': true }, policy: 'followed' },
    })
    expect(made.status).toBe(200)
    const { body: instance } = await client.get('/api/v2/instance')
    expect(WebPushSubscription.parse(made.body)).toEqual({
      id: made.body.id,
      endpoint: subscription.endpoint,
      standard: true,
      alerts: { ...silent, mention: true, 'admin.report': true },
      policy: 'followed',
      server_key: instance.configuration.vapid.public_key,
    })
    expect((await client.get(path)).body).toEqual(made.body)
    const changed = await client.put(path, { data: { alerts: { reblog: true } } })
    expect(changed.body).toEqual({ ...made.body, alerts: { ...silent, reblog: true } })
    expect((await client.put(path, { policy: 'follower' })).body).toEqual({ ...changed.body, policy: 'follower' })
    expect((await client.put(path, {})).body.policy).toBe('follower')
    const again = await client.post(path, { subscription: device() })
    expect(again.body).toMatchObject({ standard: false, alerts: silent, policy: 'all' })
    expect(await client.delete(path)).toMatchObject({ status: 200, body: {} })
    expect(await client.delete(path)).toMatchObject({ status: 200, body: {} })
    expect((await client.get(path)).status).toBe(404)
  })

  it('may come as a form of either kind, with keys padded or not', async () => {
    const { client } = await somebody()
    const { endpoint, keys } = device()
    const fields: [string, string][] = [
      ['subscription[endpoint]', endpoint],
      ['subscription[keys][p256dh]', `${Buffer.from(keys.p256dh, 'base64url').toString('base64')}`],
      ['subscription[keys][auth]', `${keys.auth}==`],
      ['data[alerts][admin.sign_up]', 'true'],
      ['data[alerts][poll]', '1'],
      ['data[alerts][update]', 'false'],
      ['data[policy]', 'none'],
    ]
    for (const send of [client.form, client.multipart]) {
      const { body } = await send('POST', path, fields)
      expect(body).toMatchObject({ endpoint, alerts: { ...silent, 'admin.sign_up': true, poll: true }, policy: 'none' })
    }
    const changed = await client.form('PUT', path, [['data[alerts][follow]', 'true']])
    expect(changed.body.alerts).toEqual({ ...silent, follow: true })
  })

  it('needs a device that can be reached and can read', async () => {
    const { client } = await somebody()
    const { endpoint, keys } = device()
    const notOnTheCurve = Buffer.from(keys.p256dh, 'base64url').fill(7, 40).toString('base64url')
    const problems = async (subscription: object, data: object = {}) => {
      const { status, body } = await client.post(path, { subscription, data })
      return [status, Object.keys(body.details ?? {})]
    }
    expect(await problems({ endpoint: 'http://push.example/1', keys })).toEqual([422, ['endpoint']])
    expect(await problems({ endpoint: 'https://me:secret@push.example/1', keys })).toEqual([422, ['endpoint']])
    expect(await problems({ endpoint: 'nowhere', keys: { p256dh: 'abc', auth: 'abc' } })).toEqual([
      422,
      ['endpoint', 'key_p256dh', 'key_auth'],
    ])
    expect(await problems({ endpoint, keys: { ...keys, p256dh: notOnTheCurve } })).toEqual([422, ['key_p256dh']])
    expect(await problems({ endpoint })).toEqual([422, ['subscription.keys']])
    expect(await problems({ endpoint, keys }, { policy: 'some' })).toEqual([422, ['data.policy']])
    expect((await client.get(path)).status).toBe(404)
  })

  it('needs the scope push and is that of its token alone (row 31)', async () => {
    const narrow = await somebody(['read', 'write'])
    for (const method of ['get', 'post', 'put', 'delete'] as const)
      expect((await narrow.client[method](path)).status).toBe(403)
    const handle = uniqueName('two')
    const [one, two] = [await test.signIn(handle), await test.signIn(handle)]
    await createClient(test.app, one.headers).post(path, { subscription: device() })
    expect((await createClient(test.app, two.headers).get(path)).status).toBe(404)
    expect((await createClient(test.app).get(path)).status).toBe(401)
  })

  it('keeps no token that could be used, and goes when its token is revoked', async () => {
    const { client, token } = await somebody()
    await client.post(path, { subscription: device() })
    const rows = await test.ctx.db.$client`select sealed_token from push_subscriptions`
    expect(rows.map(({ sealed_token }) => sealed_token).filter((text) => text.includes(token))).toEqual([])
    await test.ctx.db.$client`update oauth_tokens set revoked_at = now()`
    expect(await pruneSubscriptions(test.ctx.db)).toBeGreaterThan(0)
    expect(await test.ctx.db.$client`select from push_subscriptions`).toHaveLength(0)
  })

  it('that is gone has nothing to be told', async () => {
    await transaction(test.ctx.db, (tx) =>
      emit(tx, { type: 'push.requested', notificationId: '1', subscriptionId: '1' }),
    )
    const [fact] = await test.ctx.db.select({ payload: effects.payload }).from(effects)
    await expect(pushNotification(test.ctx, fact?.payload as Record<string, unknown>)).resolves.toBeUndefined()
  })
})

describe('the key of the instance', () => {
  it('is the same everywhere, and a point of P-256', async () => {
    const client = createClient(test.app)
    const { body: instance } = await client.get('/api/v2/instance')
    const { body: app } = await client.post('/api/v1/apps', { client_name: 'x', redirect_uris: 'https://x.example/' })
    const published = instance.configuration.vapid.public_key
    expect(app.vapid_key).toBe(published)
    expect(Buffer.from(published, 'base64url')).toHaveLength(65)
  })
})
