import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { createPost } from '#src/features/posts/create.ts'
import { receiveReplyAccepted, receiveReplyRefused } from '#src/features/posts/receive-replies.ts'
import type { ReplyPolicy } from '#src/features/posts/reply-policy.ts'
import { writeReplyPolicy } from '#src/features/posts/reply-queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { open, send, somebody, textOf } from '#test/support/browsing.ts'
import { readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const asked: ReplyPolicy = { automatic: [], manual: ['public'] }
const nobody: ReplyPolicy = { automatic: [], manual: [] }

/** A post of another server whose author chooses who answers. */
async function chosen(policy: ReplyPolicy): Promise<string> {
  const { id: actorId } = await make.remoteActor(test.ctx)
  const { id } = await make.post(test.ctx, { actorId, iri: `https://there.example/notes/${actorId}` })
  await transaction(test.ctx.db, (tx) => writeReplyPolicy(tx, id, policy))
  return id
}

describe('an answer to somebody who chooses who answers', () => {
  it('says in the form that there is to be none, and keeps what was typed (item 15)', async () => {
    const me = await somebody(test)
    const parent = await chosen(nobody)
    const fields = { text: 'Well said', visibility: 'public', language: 'en', key: uniqueName('key'), reply: parent }
    const answer = await send(test, me, '/compose', fields)
    expect(answer.statusCode).toBe(422)
    expect(readEntities(answer.body)).toContain('The author of this post takes no answers from you.')
    expect(answer.body).toContain('Well said')
  })

  it('tells its author, and nobody else, what has become of it (item 15)', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const inReplyToId = await chosen(asked)
    const [one, two] = [
      await createPost(test.ctx, me.viewer, { text: 'one', inReplyToId }),
      await createPost(test.ctx, me.viewer, { text: 'two', inReplyToId }),
    ]
    const pageOf = (id: string, who = me) => textOf(test, `${me.path}/${id}`, who)
    const waits = 'has not let it in yet'
    expect(await pageOf(one)).toContain(waits)
    expect(await pageOf(one, other)).not.toContain(waits)
    const authorizationIri = 'https://there.example/stamps/1'
    await receiveReplyAccepted(test.ctx, { postId: one, authorizationIri, isAuthorization: true })
    expect(await pageOf(one)).not.toContain(waits)
    await receiveReplyRefused(test.ctx, two)
    expect(await pageOf(two)).toContain('has not let it in. Only you')
    expect((await open(test, `${me.path}/${two}`, other)).statusCode).toBe(404)
  })
})
