import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { posts } from '#src/db/schema/posts.ts'
import { receiveLock, receivePlacing, receiveRemoval } from '#src/features/groups/receive.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { open, type Person, send, somebody, textOf } from '#test/support/browsing.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
let reader: Person
let group: Awaited<ReturnType<typeof make.remoteActor>>

beforeAll(async () => {
  test = await createTestApp()
  reader = await somebody(test, 'reader')
  group = await make.remoteActor(test.ctx, { type: 'Group', name: 'Cardboard' })
  await make.follow(test.ctx, { followerId: reader.actorId, followeeId: group.id })
})
afterAll(() => test.close())

let count = 0

/** A topic of the group, as its followers have it at home. */
async function topic(content: string) {
  const author = await make.remoteActor(test.ctx)
  const post = await make.post(test.ctx, {
    actorId: author.id,
    iri: `https://there.example/topics/${++count}`,
    content: `<p>${content}</p>`,
  })
  // Its server says for which group it is.
  const raw = { audience: [group.iri] }
  await test.ctx.db.update(posts).set({ raw }).where(eq(posts.id, post.id))
  const placing = { groupId: group.id, groupIri: group.iri ?? '', postId: post.id, topicId: post.id }
  expect(await receivePlacing(test.ctx, placing)).toBe('added')
  await make.boost(test.ctx, { actorId: group.id, boostOfId: post.id })
  return { id: post.id, path: `/@${author.handle}@${author.host}/${post.id}`, ...placing }
}

describe('a topic of a group on pages', () => {
  it('says in which group it is, and not who has passed it on, in both languages (item 35)', async () => {
    await topic('Which one for soap?')
    const page = async (locale: string) =>
      (
        await test.app.inject({
          url: '/',
          headers: { ...reader.headers, accept: 'text/html', 'accept-language': locale },
        })
      ).body
    expect(await page('en')).toContain('>in Cardboard</a>')
    expect(await page('fr')).toContain('>dans Cardboard</a>')
    expect(await page('en')).not.toContain('Boosted by')
  })

  it('that is closed offers no answer, says so, and takes none (item 35)', async () => {
    const { id, path, groupId } = await topic('Closed one')
    expect(await textOf(test, path, reader)).toContain(`/compose?reply=${id}`)
    await receiveLock(test.ctx, { groupId, topicId: id, isLocked: true })
    const page = await textOf(test, path, reader)
    expect(page).not.toContain(`/compose?reply=${id}`)
    expect(page).toContain('This topic is closed to new answers.')
    expect((await open(test, `/compose?reply=${id}`, reader)).statusCode).toBe(422)
    const sent = await send(test, reader, '/compose', {
      text: 'But still',
      reply: id,
      visibility: 'public',
      reminded: 'true',
    })
    expect(sent.statusCode).toBe(422)
    expect(sent.body).toContain('This topic is closed to new answers.')
    await receiveLock(test.ctx, { groupId, topicId: id, isLocked: false })
    expect(await textOf(test, path, reader)).toContain(`/compose?reply=${id}`)
  })

  it('that was removed is on the pages of the group no longer, and still on its author’s (item 35)', async () => {
    const removed = await topic('Off topic')
    const [groupPage, authorPage] = [`/@${group.handle}@${group.host}`, removed.path.split('/').slice(0, 2).join('/')]
    await receiveRemoval(test.ctx, { groupId: group.id, postId: removed.id, byId: null })
    expect(await textOf(test, '/', reader)).not.toContain('Off topic')
    expect(await textOf(test, groupPage, reader)).not.toContain('Off topic')
    expect(await textOf(test, authorPage, reader)).toContain('Off topic')
    expect(await textOf(test, removed.path, reader)).toContain('Off topic')
  })
})
