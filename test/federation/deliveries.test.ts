import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letBeFollowed } from '#test/support/befriend.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let lea: Member
let elsewhere: Stranger

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  lea = await instance.join('lea')
  for (const name of ['rosa', 'remo', 'rita']) await letBeFollowed(instance, lea, await elsewhere.actor(name))
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

describe('a server with many followers', () => {
  it.each(['public', 'private'])('gets a %s post once, in its shared inbox', async (visibility) => {
    const { body: post } = await lea.api.post('/api/v1/statuses', { status: `For many (${visibility})`, visibility })
    await elsewhere.delivered(({ object }) => object?.id === post.uri)
    await instance.settle()
    const got = elsewhere.deliveries.filter(({ json }) => json.object?.id === post.uri)
    expect(got.map(({ path }) => path)).toEqual(['/inbox'])
  })
})
