import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reports } from '#src/db/schema/reports.ts'
import { blockActor } from '#src/features/blocks/service.ts'
import { createFilter } from '#src/features/filters/service.ts'
import { insertRule } from '#src/features/rules/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import {
  befriend,
  flashOf,
  giveRole,
  open,
  type Person,
  send,
  somebody,
  textOf,
  write,
} from '#test/support/browsing.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { formWith } from '#test/support/forms.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

/** Two who know each other, so that nothing waits to be let through. */
async function friends() {
  const [me, other] = [await somebody(test), await somebody(test)]
  await befriend(test, me, other)
  await befriend(test, other, me)
  return { me, other }
}

async function whisper(from: Person, to: Person, text: string): Promise<string> {
  const id = await write(test, from, `@${to.handle} ${text}`, { visibility: 'direct' })
  await tellEverybody(test.ctx)
  return id
}

const pathsIn = (page: string) => [...page.matchAll(/href="(\/conversations\/\d+)"/g)].map(([, path]) => path ?? '')

describe('the page of messages', () => {
  it('shows who and what was last said, until it is opened as unread', async () => {
    const { me, other } = await friends()
    expect(await textOf(test, '/conversations', me)).toContain('No messages yet')
    const id = await whisper(other, me, 'a secret <word>')
    const page = await textOf(test, '/conversations', me)
    expect(page).toContain('a secret <word>')
    expect(page).toContain('Unread')
    expect(page).toContain(other.handle)
    const [path = ''] = pathsIn(page)
    const opened = await open(test, path, me)
    expect([opened.statusCode, opened.headers.location]).toEqual([303, `${other.path}/${id}`])
    expect(await textOf(test, '/conversations', me)).not.toContain('Unread')
    expect((await open(test, path, other)).statusCode).toBe(404)
    expect((await open(test, '/conversations/1', me)).statusCode).toBe(404)
  })

  it('stays unread when somebody only looks', async () => {
    const { me, other } = await friends()
    await whisper(other, me, 'psst')
    await giveRole(test, me, 'analyst')
    const [path = ''] = pathsIn(await textOf(test, '/conversations', me))
    expect((await open(test, path, me)).statusCode).toBe(303)
    const page = await textOf(test, '/conversations', me)
    expect(page).toContain('Unread')
    expect(page).not.toContain('/delete"')
    expect((await send(test, me, `${path}/delete`)).statusCode).toBe(403)
  })

  it('is taken off the list, and shows nothing that a block or a filter keeps away', async () => {
    const { me, other } = await friends()
    await whisper(other, me, 'a quince')
    const keywords = [{ keyword: 'quince', isWholeWord: true }]
    const filter = { title: 'Fruit', contexts: ['thread'], expiresAt: null, keywords }
    await createFilter(test.ctx, me.viewer, { ...filter, action: 'warn' })
    const covered = await textOf(test, '/conversations', me)
    expect(covered).toContain('Filtered: Fruit')
    expect(covered).not.toContain('a quince')
    const [path = ''] = pathsIn(covered)
    expect(flashOf(await send(test, me, `${path}/delete`))).toContain('off the list')
    expect(await textOf(test, '/conversations', me)).toContain('No messages yet')
    await whisper(other, me, 'again')
    expect(await textOf(test, '/conversations', me)).toContain('again')
    await blockActor(test.ctx, me.viewer, other.actorId)
    expect(await textOf(test, '/conversations', me)).toContain('No messages yet')
  })
})

describe('the form of a report', () => {
  const reportsOf = ({ actorId }: Person) => test.ctx.db.select().from(reports).where(eq(reports.actorId, actorId))

  it('reports a post with the rules that it breaks, and goes back to the profile', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const rule = await insertRule(test.ctx.db, { text: 'Be <kind>', hint: '' })
    const id = await write(test, other, 'Something rude')
    const page = (await open(test, `/report?account=${other.actorId}&post=${id}`, me)).body
    expect(page).toContain('Something rude')
    expect(page).toContain('Be &lt;kind&gt;')
    const { action, fields } = formWith(page, 'comment')
    const sent = await send(test, me, action, {
      ...fields,
      category: 'violation',
      rule,
      comment: `${'a\r\n'.repeat(499)}a`,
    })
    expect([sent.headers.location, flashOf(sent)]).toEqual([other.path, expect.stringContaining('Thank you')])
    expect(await reportsOf(me)).toMatchObject([
      { targetId: other.actorId, postIds: [id], ruleIds: [rule], category: 'violation', isForwarded: false },
    ])
  })

  it('tells the server of somebody elsewhere when that is wished', async () => {
    const me = await somebody(test)
    const far = await make.remoteActor(test.ctx, { host: 'far.example' })
    const page = await textOf(test, `/report?account=${far.id}`, me)
    expect(page).toContain('Tell those who run far.example as well')
    await send(test, me, '/report', { account: far.id, category: 'spam', forward: 'true' })
    expect(await reportsOf(me)).toMatchObject([{ targetId: far.id, category: 'spam', isForwarded: true }])
  })

  it('gives back a comment that is too long, and takes nothing about what is not there', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const comment = 'x'.repeat(1_001)
    const answer = await send(test, me, '/report', { account: other.actorId, category: 'other', comment })
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining('more than 1,000 characters')])
    expect(answer.body).toContain(comment)
    const hidden = await write(test, other, 'hidden', { visibility: 'followers' })
    for (const query of ['account=1', `account=${me.actorId}`, `account=${other.actorId}&post=${hidden}`])
      expect((await open(test, `/report?${query}`, me)).statusCode).toBe(404)
    expect((await send(test, me, '/report', { account: other.actorId, post: hidden })).statusCode).toBe(404)
    expect((await open(test, '/report', me)).statusCode).toBe(404)
    expect(await reportsOf(me)).toEqual([])
  })
})
