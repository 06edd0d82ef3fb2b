import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const crowd = 50

describe('a post that many react to at once (row 88)', () => {
  it.each([
    ['favourite', 'favourites_count'],
    ['reblog', 'reblogs_count'],
  ])('counts each %s once', async (act, counter) => {
    const { id } = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    const people = await Promise.all(Array.from({ length: crowd }, () => test.signIn(uniqueName('fan'))))
    const send = (verb: string, { headers }: { headers: { authorization: string } }) =>
      test.app.inject({ method: 'POST', url: `/api/v1/statuses/${id}/${verb}`, headers })
    const count = async () => (await test.app.inject(`/api/v1/statuses/${id}`)).json()[counter]
    // Each twice: a client that hears nothing asks again.
    const answers = await Promise.all([...people, ...people].map((person) => send(act, person)))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
    expect(await count()).toBe(crowd)
    await Promise.all(people.slice(0, 20).flatMap((person) => [send(`un${act}`, person), send(`un${act}`, person)]))
    expect(await count()).toBe(crowd - 20)
  })
})
