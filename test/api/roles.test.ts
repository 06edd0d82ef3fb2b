import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRoutes } from '#src/cli/api-page.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { type MemberRole, may, memberRoles } from '#src/features/teams/policy.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
/** Something of each kind that is there, so that nothing is refused for its absence. */
const there: Record<string, string> = {}

beforeAll(async () => {
  test = await createTestApp()
  const { actor: other } = await make.actor(test.ctx, { isOpen: true })
  const post = await make.post(test.ctx, { actorId: other.id })
  await make.poll(test.ctx, { postId: post.id })
  Object.assign(there, { statuses: post.id, accounts: other.id, tags: 'cake', follow_requests: other.id })
})
afterAll(() => test.close())

const changing = (await listRoutes()).filter(
  ({ method, access }) => method !== 'GET' && typeof access === 'object' && !access.isForAnyToken,
)

/** What every method finds of what it needs in a body; each takes what is its own. */
const body = () => ({
  ...{ status: 'x', account_ids: [there.accounts], comment: 'x', title: 'x', phrase: 'x', context: ['home'] },
  ...{ name: 'cake', domain: 'x.example', home: { last_read_id: '1' }, account_id: there.accounts, choices: [0] },
  ...{ display_name: 'x', keyword: 'x', status_id: there.statuses, quote_approval_policy: 'nobody', id: ['1'] },
})

type Asked = Readonly<{ method: string; url: string }>

async function actAs(role: MemberRole) {
  const { actor, viewer } = await make.actor(test.ctx, { role })
  const identity = { userId: viewer.userId, actorId: actor.id, scopes: viewer.scopes, appId: null }
  const { token } = await createToken(test.ctx, identity)
  return async ({ method, url }: Asked) => {
    const path = url.replaceAll(/:\w+/g, there[url.split('/')[3] ?? ''] ?? '999999999999')
    const headers = { authorization: `Bearer ${token}` }
    return (await test.app.inject({ method: method as 'POST', url: path, headers, payload: body() })).statusCode
  }
}

describe('a role that only reads', () => {
  /** What concerns whoever holds the token and not the identity: how far they have read, their device, a word to the administrators. */
  const own = [
    'POST /oauth/userinfo',
    'DELETE /api/v1/push/subscription',
    'POST /api/v1/markers',
    'POST /api/v1/reports',
  ]

  it.each(['analyst', 'contributor'] as const)('changes nothing by any method, as %s (row 39)', async (role) => {
    const ask = await actAs(role)
    const done: string[] = []
    for (const route of changing) {
      const status = await ask(route)
      if (status < 400) done.push(`${route.method} ${route.url}`)
      expect(status).toBeLessThan(500)
    }
    expect(done.toSorted()).toEqual(own.toSorted())
  })
})

describe.each(memberRoles)('as %s', (role) => {
  it.each([
    ['publish', 'POST', '/api/v1/statuses'],
    ['react', 'POST', '/api/v1/statuses/:id/favourite'],
    ['follow', 'POST', '/api/v1/accounts/:id/follow'],
    ['profile', 'PATCH', '/api/v1/accounts/update_credentials'],
  ] as const)('what the role says of "%s" holds for %s %s (row 39)', async (act, method, url) => {
    expect(await (await actAs(role))({ method, url })).toBe(may(role, act) ? 200 : 403)
  })
})
