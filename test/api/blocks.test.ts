import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { leaseRetries, storeFailures } from '#src/db/hosts.ts'
import { audit } from '#src/db/schema/audit.ts'
import { blockedHosts } from '#src/db/schema/blocks.ts'
import { activities } from '#src/db/schema/deliveries.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { hasBlocked } from '#src/features/blocks/queries.ts'
import {
  blockActor,
  followsOf,
  isBlocked,
  isHostBlocked,
  receiveBlock,
  receiveUnblock,
  unblockActor,
} from '#src/features/blocks/service.ts'
import { blockHost } from '#src/features/domains/service.ts'
import { findFollowBetween, insertFollow } from '#src/features/follows/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp

beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())
beforeEach(() => takeFacts(test.ctx))

const iri = 'https://there.example/follows/9'

/** An actor here and one elsewhere who follow each other. */
async function friends() {
  const { ctx } = test
  const [{ actor, viewer }, other] = [await make.actor(ctx), await make.remoteActor(ctx)]
  await make.follow(ctx, { followerId: actor.id, followeeId: other.id, effectId: '77' })
  await make.follow(ctx, { followerId: other.id, followeeId: actor.id, activityIri: iri })
  const isOver = async () =>
    !(await findFollowBetween(ctx.db, actor.id, other.id)) && !(await findFollowBetween(ctx.db, other.id, actor.id))
  return { actor, viewer, other, isOver }
}

describe('a block by one of ours', () => {
  it('ends follows in both directions and tells the other server of the ends only (item 23)', async () => {
    const { ctx } = test
    const { actor, viewer, other, isOver } = await friends()
    await blockActor(ctx, viewer, other.id)
    expect(await isOver()).toBe(true)
    const facts = (await takeFacts(ctx)).toSorted((a, b) => a.type.localeCompare(b.type))
    expect(facts).toMatchObject([
      {
        type: 'follow.rejected',
        actorId: other.id,
        targetId: actor.id,
        activityIri: iri,
        effectId: null,
        isLocal: true,
      },
      {
        type: 'follow.undone',
        actorId: actor.id,
        targetId: other.id,
        activityIri: null,
        effectId: '77',
        isLocal: true,
      },
    ])
  })

  it('made twice is made once, and recorded with who did it', async () => {
    const { ctx } = test
    const { actor, viewer, other } = await friends()
    await Promise.all([blockActor(ctx, viewer, other.id), blockActor(ctx, viewer, other.id)])
    expect(await takeFacts(ctx)).toHaveLength(2)
    const acts = await ctx.db.select().from(audit).where(eq(audit.actorId, actor.id))
    expect(acts).toMatchObject([{ userId: viewer.userId, action: 'block.created', subjectId: other.id }])
  })

  it('says nothing of a refusal that the other side knows already', async () => {
    const { ctx } = test
    const [{ actor, viewer }, other] = [await make.actor(ctx), await make.remoteActor(ctx)]
    await make.follow(ctx, { followerId: other.id, followeeId: actor.id, state: 'rejected', decidedAt: ctx.now() })
    await blockActor(ctx, viewer, other.id)
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('stands in one direction, and ends when it is taken back', async () => {
    const { ctx } = test
    const { actor, viewer, other } = await friends()
    await blockActor(ctx, viewer, other.id)
    expect(await hasBlocked(ctx.db, actor.id, other.id)).toBe(true)
    expect(await hasBlocked(ctx.db, other.id, actor.id)).toBe(false)
    expect(await isBlocked(ctx.db, other.id, actor.id)).toBe(true)
    await unblockActor(ctx, viewer, other.id)
    expect(await isBlocked(ctx.db, actor.id, other.id)).toBe(false)
    expect(await findFollowBetween(ctx.db, other.id, actor.id)).toBeNull()
  })

  it('cannot be made against oneself, nobody, or by a role that may not', async () => {
    const { ctx } = test
    const { actor, viewer, other } = await friends()
    await expect(blockActor(ctx, viewer, actor.id)).rejects.toMatchObject({ status: 403 })
    await expect(blockActor(ctx, viewer, '1')).rejects.toMatchObject({ status: 404 })
    const analyst = await make.member(ctx, actor.id, 'analyst')
    await expect(blockActor(ctx, analyst, other.id)).rejects.toMatchObject({ status: 403 })
    await expect(unblockActor(ctx, analyst, other.id)).rejects.toMatchObject({ status: 403 })
  })

  it('waits for a Follow that is being dealt with, and ends it', async () => {
    const { ctx } = test
    const [{ actor, viewer }, other] = [await make.actor(ctx, { isOpen: true }), await make.remoteActor(ctx)]
    const blocking = await transaction(ctx.db, async (tx) => {
      await lockByName(tx, followsOf(other.id))
      await insertFollow(tx, { followerId: other.id, followeeId: actor.id, state: 'accepted' })
      const block = blockActor(ctx, viewer, other.id)
      // Without the wait the block would be over first, and the follow, not yet there for it, would stay.
      const winner = await Promise.race([block.then(() => 'block'), waitsForLock(ctx).then(() => 'follow')])
      expect(winner).toBe('follow')
      return { block }
    })
    await blocking.block
    expect(await findFollowBetween(ctx.db, other.id, actor.id)).toBeNull()
  })
})

/** Resolves when some transaction of this database waits for a name that another one holds. */
async function waitsForLock(ctx: Ctx): Promise<void> {
  for (;;) {
    const waiting = await ctx.db.execute(
      sql`select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`,
    )
    if (waiting.length > 0) return
  }
}

describe('a block by somebody elsewhere', () => {
  it('ends follows in both directions, and nothing is answered', async () => {
    const { ctx } = test
    const { actor, other, isOver } = await friends()
    const activityIri = 'https://there.example/blocks/1'
    await receiveBlock(ctx, { actorId: other.id, blockedId: actor.id, activityIri })
    expect(await isOver()).toBe(true)
    expect((await takeFacts(ctx)).filter(({ isLocal }) => isLocal)).toEqual([])
    await receiveUnblock(ctx, { actorId: other.id, blockedId: actor.id, activityIri })
    expect(await isBlocked(ctx.db, actor.id, other.id)).toBe(false)
  })
})

describe('a blocked server', () => {
  it('is blocked with everything below it, and nothing beside it', async () => {
    const { ctx } = test
    await ctx.db.insert(blockedHosts).values([{ host: 'bad.example' }, { host: 'port.example:8443' }])
    const isIt = (host: string) => isHostBlocked(ctx.db, host)
    expect(await isIt('bad.example')).toBe(true)
    expect(await isIt('BAD.example:8443')).toBe(true)
    expect(await isIt('deep.er.bad.example')).toBe(true)
    expect(await isIt('notbad.example')).toBe(false)
    expect(await isIt('bad.example.org')).toBe(false)
    expect(await isIt('port.example:8443')).toBe(true)
    expect(await isIt('port.example')).toBe(false)
  })
})

describe('blocking a server', () => {
  it('gives up what waited to be tried again there, and nothing else', async () => {
    const { ctx } = test
    const { actor } = await make.actor(ctx)
    await ctx.db.insert(activities).values({ id: '1', actorId: actor.id, type: 'Create', body: '{}' })
    const hosts = ['shut.example', 'deep.shut.example', 'shut.example:8443', 'notshut.example']
    const now = ctx.now()
    const failures = await Promise.all(
      hosts.map(async (host) => {
        const inboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, `https://${host}/inbox`))
        return { activityId: '1', inboxId, host, dueAt: now, error: 'it was down' }
      }),
    )
    await storeFailures(ctx.db, failures, now)
    await blockHost(ctx, { host: 'shut.example', reason: '' })
    const left = await leaseRetries(ctx.db, { now, leaseMs: 1_000, limit: 10, perHost: 10 })
    expect(left.map(({ host }) => host)).toEqual(['notshut.example'])
  })
})

describe('the client API', () => {
  it('blocks and unblocks, and answers with the relationship', async () => {
    const { app, ctx } = test
    const { headers } = await test.signIn(uniqueName('blocker'))
    const other = await make.remoteActor(ctx)
    const post = (act: string) => app.inject({ method: 'POST', url: `/api/v1/accounts/${other.id}/${act}`, headers })
    expect((await post('block')).json()).toMatchObject({
      id: other.id,
      blocking: true,
      blocked_by: false,
      following: false,
    })
    const list = await app.inject({ url: '/api/v1/blocks', headers })
    expect(list.json()).toMatchObject([{ id: other.id, acct: `${other.handle}@there.example` }])
    expect((await post('unblock')).json()).toMatchObject({ id: other.id, blocking: false })
    expect((await app.inject({ url: '/api/v1/blocks', headers })).json()).toEqual([])
  })

  it('pages through the blocks of the acting actor, and shows them to nobody else', async () => {
    const { app, ctx } = test
    const { headers, viewer } = await test.signIn(uniqueName('blocker'))
    const others = [await make.remoteActor(ctx), await make.remoteActor(ctx), await make.remoteActor(ctx)]
    for (const { id } of others) await blockActor(ctx, viewer, id)
    const ids = (response: { json(): { id: string }[] }) => response.json().map(({ id }) => id)
    const page = await app.inject({ url: '/api/v1/blocks?limit=2', headers })
    expect(ids(page)).toEqual([others[2]?.id, others[1]?.id])
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1] ?? ''
    expect(next).toBe(`https://here.example/api/v1/blocks?limit=2&max_id=${others[1]?.id}`)
    const rest = await app.inject({ url: next.replace('https://here.example', ''), headers })
    expect(ids(rest)).toEqual([others[0]?.id])
    expect(String(rest.headers.link)).not.toContain('rel="next"')
    const stranger = await test.signIn(uniqueName('stranger'))
    expect((await app.inject({ url: '/api/v1/blocks', headers: stranger.headers })).json()).toEqual([])
  })

  it.each([
    ['GET', '/api/v1/blocks', ['read:accounts']],
    ['POST', '/api/v1/accounts/1/block', ['write:follows']],
    ['POST', '/api/v1/accounts/1/unblock', ['read']],
  ] as const)('asks for the right to %s %s', async (method, url, scopes) => {
    expect((await test.app.inject({ method, url })).statusCode).toBe(401)
    const { headers } = await test.signIn(uniqueName('blocker'), scopes)
    expect((await test.app.inject({ method, url, headers })).statusCode).toBe(403)
  })
})
