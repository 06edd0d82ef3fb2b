import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { listForgotten, loadDelivery } from '#src/db/deliveries.ts'
import { leaseRetries, storeFailures } from '#src/db/hosts.ts'
import { leaseReceived, pruneReceived, storeReceived } from '#src/db/inbox.ts'
import { activities, deliveries } from '#src/db/schema/deliveries.ts'
import { emit } from '#src/effects.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { blockHost } from '#src/features/domains/service.ts'
import { countParked, jobKinds, listParked } from '#src/features/jobs/queries.ts'
import { discardJobs, jobName, readJobName, requeueJobs } from '#src/features/jobs/service.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { dispatchEffects, parkEffect } from '#workers/effects.ts'
import { drainInbox } from '#workers/inbox.ts'
import { parkPiece } from '#workers/outbox.ts'

let test: TestContext
let ctx: Ctx
beforeAll(async () => {
  test = await createTestContext()
  ctx = test.ctx
})
afterAll(() => test.close())
beforeEach(() => discardJobs(ctx, { kind: null, key: null }, null))

const parked = () => listParked(ctx.db, { kinds: jobKinds, after: null, limit: 50 })
const noQueues = { add: async () => {}, close: async () => {} }
let activityId = 0

/** An inbox at a host, and an activity of ours. */
async function letter(host: string) {
  const { actor } = await make.actor(ctx)
  const id = String(++activityId)
  await ctx.db.insert(activities).values({ id, actorId: actor.id, type: 'Create', body: '{}' })
  const inboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, `https://${host}/inbox`))
  return { activityId: id, inboxId, host }
}

async function refusedAt(host: string) {
  const one = await letter(host)
  await storeFailures(ctx.db, [{ ...one, dueAt: ctx.now(), error: 'status 400', isFinal: true }], ctx.now())
  return one
}

describe('work that fails for good', () => {
  it('is an activity that came: it stays with its body and the reason, and may be tried again', async () => {
    const actorIri = 'https://there.example/users/rosa'
    const object = 'https://here.example/posts/1'
    const body = JSON.stringify({ id: 'https://there.example/likes/1', type: 'Like', actor: actorIri, object })
    await storeReceived(ctx.db, [
      {
        actorIri,
        activityKey: uniqueName('a'),
        authority: 'signature',
        body,
        recipientId: null,
        signerIri: null,
        synchronization: null,
      },
    ])
    for (let attempt = 0; attempt < 5; attempt++) {
      await drainInbox({ ...ctx, uris: poisoned(ctx) })
      test.clock.pass(24 * 60 * 60_000)
    }
    const [job] = await parked()
    expect(job).toMatchObject({
      kind: 'activity',
      subject: actorIri,
      attempts: 5,
      reason: expect.stringContaining('poison'),
    })
    await pruneReceived(ctx.db, ctx.now(), ctx.now())
    expect(await countParked(ctx.db)).toMatchObject({ activity: 1 })
    expect(await requeueJobs(ctx, { kind: null, key: null }, null)).toBe(1)
    expect(await parked()).toEqual([])
    const waiting = await leaseReceived(ctx.db, { now: ctx.now(), leaseMs: 1_000, limit: 10 })
    expect(waiting).toMatchObject([{ body, attempts: 0 }])
  })

  it('is a fact, which is done again when it is wanted', async () => {
    const effectId = await transaction(ctx.db, async (tx) => {
      await emit(tx, { type: 'actor.updated', actorId: '1' })
      const [row] = await tx.execute<{ id: string }>(
        sql`select id::text as id from effects order by effects.id desc limit 1`,
      )
      return row?.id ?? ''
    })
    await parkEffect(ctx, effectId, new Error('the mail server said no'))
    const [job] = await parked()
    expect(job).toMatchObject({
      kind: 'fact',
      key: effectId,
      subject: 'actor.updated',
      reason: 'Error: the mail server said no',
    })
    const added: string[] = []
    const queues = {
      ...noQueues,
      add: async (_name: string, jobs: readonly { id: string }[]) => void added.push(...jobs.map(({ id }) => id)),
    }
    await dispatchEffects(ctx, queues)
    expect(added).toEqual([])
    expect(await requeueJobs(ctx, { kind: 'fact', key: effectId }, null)).toBe(1)
    await dispatchEffects(ctx, queues)
    expect(added).toEqual([`${effectId}-outbox`])
  })

  it('is a piece of an audience, which no sweep takes up again by itself', async () => {
    const { activityId: id, inboxId } = await letter('piece.example')
    const [row] = await ctx.db
      .insert(deliveries)
      .values({ activityId: id, inboxIds: [inboxId], createdAt: new Date(0) })
      .returning({ id: deliveries.id })
    const pieceId = row?.id ?? ''
    await parkPiece(ctx, pieceId, new Error('a key is broken'))
    expect(await listForgotten(ctx.db, ctx.now(), 10)).toEqual([])
    expect(await loadDelivery(ctx.db, pieceId)).toBeNull()
    expect(await parked()).toMatchObject([{ kind: 'piece', subject: 'Create', reason: 'Error: a key is broken' }])
    await requeueJobs(ctx, { kind: 'piece', key: pieceId }, null)
    expect(await listForgotten(ctx.db, ctx.now(), 10)).toEqual([pieceId])
  })

  it('is a delivery that was refused; none goes to a server with which the instance no longer speaks', async () => {
    const [open, shut] = [`${uniqueName('open')}.example`, `${uniqueName('shut')}.example`]
    const one = await refusedAt(open)
    await refusedAt(shut)
    const lease = () => leaseRetries(ctx.db, { now: ctx.now(), leaseMs: 1_000, limit: 10, perHost: 10 })
    expect(await lease()).toEqual([])
    expect(await parked()).toMatchObject([{ reason: 'status 400' }, { subject: expect.stringContaining(open) }])
    await blockHost(ctx, { host: shut, reason: '' })
    expect(await requeueJobs(ctx, { kind: 'delivery', key: null }, null)).toBe(1)
    expect(await lease()).toMatchObject([{ activityId: one.activityId, host: open, attempts: 0 }])
    expect(await discardJobs(ctx, { kind: 'delivery', key: null }, null)).toBe(1)
    expect(await parked()).toEqual([])
  })

  it('is called by a name, and by nothing else', () => {
    expect(readJobName('fact:12')).toEqual({ kind: 'fact', key: '12' })
    expect(readJobName(jobName({ kind: 'delivery', key: '1-2' }))).toEqual({ kind: 'delivery', key: '1-2' })
    for (const name of ['fact:1-2', 'delivery:1', 'mail:1', 'fact:', 'fact:1; drop', ''])
      expect(readJobName(name)).toBeNull()
  })

  it('is listed page by page, the last first', async () => {
    for (const host of ['a.example', 'b.example', 'c.example']) {
      await refusedAt(host)
      test.clock.pass(1_000)
    }
    const [first, second] = await listParked(ctx.db, { kinds: ['delivery'], after: null, limit: 2 })
    if (!second) throw new Error('there is no second job')
    const after = { at: second.parkedAt, key: second.key }
    const rest = await listParked(ctx.db, { kinds: ['delivery'], after, limit: 2 })
    expect([first, second, ...rest].map((job) => job?.subject)).toEqual([
      'Create → https://c.example/inbox',
      'Create → https://b.example/inbox',
      'Create → https://a.example/inbox',
    ])
  })
})

/** Addresses that fail whoever asks, as a bug does. */
function poisoned({ uris }: Ctx): Ctx['uris'] {
  return new Proxy(uris, {
    get() {
      throw new Error('poison')
    },
  })
}
