import { expect } from 'vitest'
import { eventually } from './eventually.ts'
import type { Stranger, StrangerActor } from './stranger.ts'
import type { Instance, Member } from './two-servers.ts'

/** The id that an instance has for an actor elsewhere, looked up by its handle as a person does it. */
export async function findAccount(member: Member, acct: string): Promise<string> {
  const { body } = await member.api.get(`/api/v2/search?type=accounts&resolve=true&q=${encodeURIComponent(`@${acct}`)}`)
  expect(body.accounts, acct).toHaveLength(1)
  return body.accounts[0].id
}

/** What a member and an account are to each other. */
export async function relationOf(member: Member, accountId: string) {
  const { body } = await member.api.get(`/api/v1/accounts/relationships?id[]=${accountId}`)
  return body[0]
}

/**
 * A member asks to follow somebody elsewhere, who agrees.
 * @returns the id of the account
 */
export async function letFollow(member: Member, server: Stranger, followee: StrangerActor): Promise<string> {
  const id = await findAccount(member, followee.acct)
  await member.api.post(`/api/v1/accounts/${id}/follow`)
  const { json: follow } = await server.delivered(
    ({ type, actor, object }) => type === 'Follow' && actor === member.iri && object === followee.iri,
  )
  await followee.post(`${member.iri}/inbox`, followee.activity('Accept', follow))
  await eventually(async () => expect(await relationOf(member, id)).toMatchObject({ following: true }))
  return id
}

/**
 * Somebody elsewhere asks to follow a member, who agrees.
 * @returns the id of the account
 */
export async function letBeFollowed(instance: Instance, member: Member, follower: StrangerActor): Promise<string> {
  await follower.post(`${member.iri}/inbox`, follower.activity('Follow', member.iri))
  const [account] = await eventually(async () => {
    const { body } = await member.api.get('/api/v1/follow_requests')
    const found = body.filter(({ acct }: { acct: string }) => acct === follower.acct)
    expect(found).toHaveLength(1)
    return found
  })
  await member.api.post(`/api/v1/follow_requests/${account.id}/authorize`)
  await instance.settle()
  return account.id
}
