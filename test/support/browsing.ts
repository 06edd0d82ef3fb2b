import { createPost, type Draft } from '#src/features/posts/create.ts'
import type { TestApp } from './app.ts'
import { formBody, readEntities } from './forms.ts'
import { make, uniqueName } from './make.ts'

/** Somebody in a browser, who acts as an actor of their own. */
export type Person = Awaited<ReturnType<typeof somebody>>

/** Signs somebody new in. */
export async function somebody(test: TestApp, stem = 'person') {
  const handle = uniqueName(stem)
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

/** Opens a page, as nobody whom the app knows unless somebody is named. */
export const open = (test: TestApp, url: string, person?: Person) =>
  test.app.inject({ url, headers: { accept: 'text/html', ...person?.headers } })

/** The text of a page, with its entities read. */
export async function textOf(test: TestApp, url: string, person?: Person): Promise<string> {
  return readEntities((await open(test, url, person)).body)
}

/** Sends a form; a list of values is a field that comes several times. */
export async function send(
  test: TestApp,
  person: Person,
  url: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
  const { headers } = formBody({})
  return test.app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString(),
    headers: { accept: 'text/html', ...headers, ...person.headers },
  })
}

/** What a form has left for the next page: its sentence. */
export const flashOf = ({ headers }: { headers: Record<string, unknown> }) =>
  decodeURIComponent(String(headers['set-cookie'] ?? ''))

/** Publishes some words; the id of the post. */
export async function write(test: TestApp, person: Person, text: string, draft: Partial<Draft> = {}): Promise<string> {
  test.clock.pass(1_000)
  return createPost(test.ctx, person.viewer, { text, language: 'en', ...draft })
}

/** Lets one follow another. */
export const befriend = (test: TestApp, follower: Person, followee: Person) =>
  make.follow(test.ctx, { followerId: follower.actorId, followeeId: followee.actorId })

/** Gives the member who browses another role in the team of the actor as which they act. */
export async function giveRole(test: TestApp, { actorId, userId }: Person, role: string): Promise<void> {
  await test.ctx.db.$client`update memberships set role = ${role} where actor_id = ${actorId} and user_id = ${userId}`
}
