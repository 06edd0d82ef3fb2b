import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { audit } from '#src/db/schema/audit.ts'
import { blockedHosts } from '#src/db/schema/blocks.ts'
import { activities, deliveries, deliveryRetries } from '#src/db/schema/deliveries.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { blockActor } from '#src/features/blocks/service.ts'
import { type Follow, findFollowBetween, hasLocalFollower } from '#src/features/follows/queries.ts'
import {
  receiveFollowAccepted,
  receiveFollowRejected,
  receiveFollowRequest,
  receiveFollowUndone,
} from '#src/features/follows/receive.ts'
import {
  acceptFollow,
  expireFollowRequests,
  rejectFollow,
  removeFollower,
  requestFollow,
  resendFollows,
  undoFollow,
} from '#src/features/follows/service.ts'
import { memberRoles } from '#src/features/teams/policy.ts'
import { type Clock, DAY_MS } from '#test/support/clock.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make } from '#test/support/make.ts'

let context: TestContext
let ctx: Ctx
let clock: Clock

beforeAll(async () => {
  context = await createTestContext()
  ctx = context.ctx
  clock = context.clock
})
afterAll(() => context.close())
beforeEach(() => takeFacts(ctx))

const first = 'https://there.example/activities/1'
const second = 'https://there.example/activities/2'

const typesOf = async () => (await takeFacts(ctx)).map(({ type, isLocal }) => `${isLocal ? 'local' : 'remote'} ${type}`)

async function countsOf(actor: Actor) {
  const now = await findActor(ctx.db, actor.id)
  return [now?.followersCount, now?.followingCount]
}

describe('a Follow from another server', () => {
  const ask = (follower: Actor, followee: Actor, activityIri: string | null = first, note: string | null = null) =>
    receiveFollowRequest(ctx, { followerId: follower.id, followeeId: followee.id, activityIri, note })
  const rowOf = (follower: Actor, followee: Actor) => findFollowBetween(ctx.db, follower.id, followee.id)
  const given = async (state: Follow['state'], extra: object = {}) => {
    const [follower, { actor: followee, viewer }] = [await make.remoteActor(ctx), await make.actor(ctx)]
    const ends = { followerId: follower.id, followeeId: followee.id }
    await make.follow(ctx, { ...ends, state, activityIri: first, decidedAt: ctx.now(), ...extra })
    return { follower, followee, viewer }
  }

  it('waits for a followee who decides by hand, with the sentence that came along', async () => {
    const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx)]
    const note = ` We met at the fair\u202e ${'x'.repeat(600)}`
    expect(await ask(follower, followee, first, note)).toBe('pending')
    const row = await rowOf(follower, followee)
    expect(row).toMatchObject({ state: 'pending', activityIri: first, decidedAt: null, requestedAt: ctx.now() })
    expect(row?.note).toMatch(/^We met at the fair x+$/)
    expect(row?.note).toHaveLength(500)
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.requested', followId: row?.id, isLocal: false }])
    expect(await countsOf(followee)).toEqual([0, 0])
  })

  it('is accepted at once by a followee who is open to everybody', async () => {
    const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx, { isOpen: true })]
    expect(await ask(follower, followee)).toBe('accepted')
    const row = await rowOf(follower, followee)
    expect(row?.state).toBe('accepted')
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.accepted', followId: row?.id, activityIri: first, isLocal: true },
    ])
    expect(await countsOf(followee)).toEqual([1, 0])
  })

  it('that comes again under a new id while it waits only takes the new id over', async () => {
    const { follower, followee } = await given('pending')
    expect(await ask(follower, followee, second)).toBe('pending')
    expect(await rowOf(follower, followee)).toMatchObject({ state: 'pending', activityIri: second })
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('that was accepted is answered again under its new id, since the first answer was lost', async () => {
    const { follower, followee } = await given('accepted')
    expect(await ask(follower, followee, second)).toBe('accepted')
    const row = await rowOf(follower, followee)
    expect(row).toMatchObject({ state: 'accepted', activityIri: second })
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.accepted', followId: row?.id, activityIri: second, isLocal: true },
    ])
    expect(await countsOf(followee)).toEqual([1, 0])
  })

  it.each([
    ['under the same id, however late', first, 30 * DAY_MS],
    ['under a new id within a week', second, 7 * DAY_MS - 1],
  ])('that was refused is refused again %s', async (_how, activityIri, passed) => {
    const { follower, followee } = await given('rejected', { decidedAt: new Date(ctx.now().getTime() - passed) })
    const before = await rowOf(follower, followee)
    expect(await ask(follower, followee, activityIri)).toBe('rejected')
    expect(await rowOf(follower, followee)).toEqual(before)
    expect(await takeFacts(ctx)).toMatchObject([
      {
        type: 'follow.rejected',
        actorId: follower.id,
        targetId: followee.id,
        activityIri,
        effectId: null,
        isLocal: true,
      },
    ])
  })

  it('that was refused is asked anew under a new id after a week', async () => {
    const { follower, followee } = await given('rejected', { decidedAt: new Date(ctx.now().getTime() - 7 * DAY_MS) })
    expect(await ask(follower, followee, second)).toBe('pending')
    expect(await rowOf(follower, followee)).toMatchObject({ state: 'pending', activityIri: second, decidedAt: null })
    expect(await typesOf()).toEqual(['remote follow.requested'])
  })

  describe('is refused and not kept', () => {
    const refused = async (follower: Actor, followee: Actor) => {
      await takeFacts(ctx)
      expect(await ask(follower, followee)).toBe('rejected')
      expect(await rowOf(follower, followee)).toBeNull()
      expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.rejected', activityIri: first, isLocal: true }])
    }

    it('when the followee has blocked the follower', async () => {
      const [follower, { actor, viewer }] = [await make.remoteActor(ctx), await make.actor(ctx, { isOpen: true })]
      await blockActor(ctx, viewer, follower.id)
      await refused(follower, actor)
    })

    it('when the server of the follower is blocked, also as a part of a blocked domain', async () => {
      const { actor } = await make.actor(ctx, { isOpen: true })
      await ctx.db.insert(blockedHosts).values({ host: 'bad.example' })
      await refused(await make.remoteActor(ctx, { host: 'bad.example' }), actor)
      await refused(await make.remoteActor(ctx, { host: 'a.bad.example:8443' }), actor)
      expect(await ask(await make.remoteActor(ctx, { host: 'notbad.example' }), actor)).toBe('accepted')
    })

    it('when the followee is suspended', async () => {
      await refused(await make.remoteActor(ctx), (await make.actor(ctx, { suspendedAt: new Date() })).actor)
    })

    it('when the followee has moved', async () => {
      const moved = { movedToIri: 'https://there.example/users/new' }
      await refused(await make.remoteActor(ctx), (await make.actor(ctx, moved)).actor)
    })

    it('when the followee is the instance itself', async () => {
      await refused(await make.remoteActor(ctx), await ensureInstanceActor(ctx))
    })

    it('and a follower from before is none any more', async () => {
      const [follower, { actor }] = [
        await make.remoteActor(ctx),
        await make.actor(ctx, { movedToIri: 'https://x.example/y' }),
      ]
      await make.follow(ctx, { followerId: follower.id, followeeId: actor.id })
      await refused(follower, actor)
      expect(await countsOf(actor)).toEqual([0, 0])
    })
  })

  describe('taken back', () => {
    const undo = (follower: Actor, followee: Actor | null, activityIri: string | null) =>
      receiveFollowUndone(ctx, { followerId: follower.id, followeeId: followee?.id ?? null, activityIri })

    it.each(['pending', 'accepted', 'rejected'] as const)('ends it when it was %s', async (state) => {
      const { follower, followee } = await given(state)
      await undo(follower, followee, first)
      expect(await rowOf(follower, followee)).toBeNull()
      expect(await takeFacts(ctx)).toMatchObject([
        { type: 'follow.undone', actorId: follower.id, targetId: followee.id, isLocal: false },
      ])
      expect(await countsOf(followee)).toEqual([0, 0])
    })

    it('by its id alone', async () => {
      const { follower, followee } = await given('accepted')
      await undo(follower, null, first)
      expect(await rowOf(follower, followee)).toBeNull()
    })

    it('by its two ends when the id is another one', async () => {
      const { follower, followee } = await given('accepted')
      await undo(follower, followee, second)
      expect(await rowOf(follower, followee)).toBeNull()
    })

    it('by somebody else changes nothing', async () => {
      const { follower, followee } = await given('accepted')
      await undo(await make.remoteActor(ctx), null, first)
      expect(await rowOf(follower, followee)).toMatchObject({ state: 'accepted' })
    })

    it('before it came is not let in for a day', async () => {
      const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx, { isOpen: true })]
      await undo(follower, followee, first)
      expect(await ask(follower, followee)).toBe('ignored')
      expect(await rowOf(follower, followee)).toBeNull()
      expect(await takeFacts(ctx)).toEqual([])
      expect(await ask(follower, followee, second)).toBe('accepted')
    })

    it('is not brought back by a copy that comes late', async () => {
      const { follower, followee } = await given('accepted')
      await undo(follower, followee, first)
      expect(await ask(follower, followee)).toBe('ignored')
    })

    it('before it came is forgotten after a week', async () => {
      const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx)]
      const start = ctx.now()
      await undo(follower, followee, first)
      clock.pass(7 * DAY_MS + 1)
      expect(await ask(follower, followee)).toBe('pending')
      clock.set(start)
    })

    it('while it is still being dealt with wins, whatever the order', async () => {
      const { actor: followee } = await make.actor(ctx, { isOpen: true })
      for (let round = 0; round < 5; round++) {
        const follower = await make.remoteActor(ctx)
        const iri = `https://there.example/race/${round}`
        await Promise.all([ask(follower, followee, iri), undo(follower, followee, iri)])
        expect(await rowOf(follower, followee)).toBeNull()
      }
    })
  })

  it('that comes several times at once makes one follower', async () => {
    const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx, { isOpen: true })]
    await Promise.all([ask(follower, followee), ask(follower, followee), ask(follower, followee, second)])
    expect(await countsOf(followee)).toEqual([1, 0])
  })
})

describe('the decision about a request', () => {
  const waiting = async () => {
    const [follower, { actor: followee, viewer }] = [await make.remoteActor(ctx), await make.actor(ctx)]
    const ends = { followerId: follower.id, followeeId: followee.id }
    const row = await make.follow(ctx, { ...ends, state: 'pending', activityIri: first })
    return { follower, followee, viewer, row }
  }

  it('makes a follower, answers its server and records who decided', async () => {
    const { follower, followee, viewer, row } = await waiting()
    await acceptFollow(ctx, viewer, follower.id)
    const now = await findFollowBetween(ctx.db, follower.id, followee.id)
    expect(now).toMatchObject({ state: 'accepted', decidedBy: viewer.userId, decidedAt: ctx.now() })
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.accepted', followId: row.id, activityIri: first, isLocal: true },
    ])
    expect(await countsOf(followee)).toEqual([1, 0])
    const acts = await ctx.db.select().from(audit).where(eq(audit.actorId, viewer.actorId))
    expect(acts).toMatchObject([{ userId: viewer.userId, action: 'follow.accepted', subjectId: follower.id }])
  })

  it('made twice is made once', async () => {
    const { follower, viewer } = await waiting()
    await Promise.all([acceptFollow(ctx, viewer, follower.id), acceptFollow(ctx, viewer, follower.id)])
    expect(await typesOf()).toEqual(['local follow.accepted'])
  })

  it('refuses and remembers it', async () => {
    const { follower, followee, viewer } = await waiting()
    await rejectFollow(ctx, viewer, follower.id)
    await rejectFollow(ctx, viewer, follower.id)
    const now = await findFollowBetween(ctx.db, follower.id, followee.id)
    expect(now).toMatchObject({ state: 'rejected', decidedBy: viewer.userId })
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.rejected', actorId: follower.id, targetId: followee.id, activityIri: first, isLocal: true },
    ])
  })

  it('cannot be turned round by deciding again', async () => {
    const { follower, viewer } = await waiting()
    await rejectFollow(ctx, viewer, follower.id)
    await expect(acceptFollow(ctx, viewer, follower.id)).rejects.toMatchObject({ status: 404 })
    const other = await waiting()
    await acceptFollow(ctx, other.viewer, other.follower.id)
    await expect(rejectFollow(ctx, other.viewer, other.follower.id)).rejects.toMatchObject({ status: 404 })
  })

  it('is not to be made about somebody who did not ask', async () => {
    const { viewer } = await waiting()
    const stranger = await make.remoteActor(ctx)
    await expect(acceptFollow(ctx, viewer, stranger.id)).rejects.toMatchObject({ status: 404 })
    await expect(rejectFollow(ctx, viewer, '1')).rejects.toMatchObject({ status: 404 })
  })

  it('is not to be made by the team of another actor', async () => {
    const { follower, followee } = await waiting()
    const { viewer: stranger } = await make.actor(ctx)
    await expect(acceptFollow(ctx, stranger, follower.id)).rejects.toMatchObject({ status: 404 })
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toMatchObject({ state: 'pending' })
  })

  it('can be taken back: a follower who is taken off is refused for a week, even by an open actor', async () => {
    const { actor, viewer } = await make.actor(ctx, { isOpen: true })
    const follower = await make.remoteActor(ctx)
    const ask = (activityIri: string) =>
      receiveFollowRequest(ctx, { followerId: follower.id, followeeId: actor.id, activityIri, note: null })
    await ask(first)
    await takeFacts(ctx)
    await removeFollower(ctx, viewer, follower.id)
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.rejected', actorId: follower.id, targetId: actor.id, activityIri: first, isLocal: true },
    ])
    expect(await countsOf(actor)).toEqual([0, 0])
    expect(await ask(second)).toBe('rejected')
    await removeFollower(ctx, viewer, follower.id)
    expect(await typesOf()).toEqual(['local follow.rejected'])
  })

  it.each(memberRoles)('as %s follows the role', async (role) => {
    const { follower, followee } = await waiting()
    const viewer = await make.member(ctx, followee.id, role)
    const acts = [acceptFollow, rejectFollow, removeFollower, undoFollow]
    const isAllowed = ['owner', 'admin', 'publisher', 'moderator'].includes(role)
    for (const act of acts) {
      const outcome = await act(ctx, viewer, follower.id).then(
        () => 200,
        (error) => error.status,
      )
      expect([act.name, outcome === 403]).toEqual([act.name, !isAllowed])
    }
    const asked = requestFollow(ctx, viewer, { actorId: (await make.remoteActor(ctx)).id })
    if (isAllowed) await expect(asked).resolves.toBeUndefined()
    else await expect(asked).rejects.toMatchObject({ status: 403 })
  })
})

describe('following somebody on another server', () => {
  const follow = async (values: Partial<Actor> = {}) => {
    const [{ actor: follower, viewer }, followee] = [await make.actor(ctx), await make.remoteActor(ctx, values)]
    await requestFollow(ctx, viewer, { actorId: followee.id })
    const [fact] = await takeFacts(ctx)
    const row = await findFollowBetween(ctx.db, follower.id, followee.id)
    if (!row || !fact) throw new Error('nobody follows')
    return { follower, viewer, followee, row, effectId: fact.id, fact }
  }
  const stateOf = async ({ id }: Actor, other: Actor) =>
    (await findFollowBetween(ctx.db, id, other.id))?.state ?? 'none'

  it.each([true, false])('is a request until they say yes (approved by hand: %s)', async (isLocked) => {
    const { follower, followee, viewer, row, fact } = await follow({ isLocked })
    expect(row).toMatchObject({ state: 'pending', requestedBy: viewer.userId, requestedAt: ctx.now(), decidedAt: null })
    expect(fact).toMatchObject({ type: 'follow.requested', followId: row.id, isLocal: true })
    expect(row.effectId).toBe(fact.id)
    expect(await hasLocalFollower(ctx.db, followee.id)).toBe(false)
    expect(await countsOf(follower)).toEqual([0, 0])
  })

  it('asked for twice asks once, and keeps the options of the second time', async () => {
    const { viewer, followee, row } = await follow()
    await requestFollow(ctx, viewer, {
      actorId: followee.id,
      showsBoosts: false,
      notifies: true,
      languages: ['fr', 'en'],
    })
    expect(await takeFacts(ctx)).toEqual([])
    const now = await findFollowBetween(ctx.db, viewer.actorId, followee.id)
    expect(now).toEqual({ ...row, showsBoosts: false, notifies: true, languages: ['fr', 'en'] })
    await requestFollow(ctx, viewer, { actorId: followee.id, languages: [] })
    expect((await findFollowBetween(ctx.db, viewer.actorId, followee.id))?.languages).toBeNull()
  })

  it.each([
    ['the id of our Follow', (it: { effectId: string }) => ({ effectId: it.effectId, followerId: null })],
    ['the Follow that it embeds', (it: { follower: Actor }) => ({ effectId: null, followerId: it.follower.id })],
    [
      'an embedded Follow under an id of ours that is none any more',
      (it: { follower: Actor }) => ({ effectId: '5', followerId: it.follower.id }),
    ],
  ])('is accepted by %s', async (_how, named) => {
    const made = await follow()
    const answer = { followeeId: made.followee.id, ...named(made) }
    expect(await receiveFollowAccepted(ctx, answer)).toBe('accepted')
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.accepted', followId: made.row.id, isLocal: false }])
    expect(await countsOf(made.follower)).toEqual([0, 1])
    expect(await hasLocalFollower(ctx.db, made.followee.id)).toBe(true)
    expect(await receiveFollowAccepted(ctx, answer)).toBe('already')
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('is not accepted by anybody but them', async () => {
    const { follower, followee, effectId } = await follow()
    const stranger = await make.remoteActor(ctx)
    const answer = { followeeId: stranger.id, effectId, followerId: null }
    expect(await receiveFollowAccepted(ctx, answer)).toBe('unknown')
    expect(await receiveFollowRejected(ctx, answer)).toBe('unknown')
    expect(await stateOf(follower, followee)).toBe('pending')
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('that nobody asked for is taken back on their side (item 26)', async () => {
    const [{ actor: follower }, followee] = [await make.actor(ctx), await make.remoteActor(ctx)]
    const answer = { followeeId: followee.id, effectId: null, followerId: follower.id }
    expect(await receiveFollowAccepted(ctx, answer)).toBe('unknown')
    expect(await stateOf(follower, followee)).toBe('none')
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.undone', actorId: follower.id, targetId: followee.id, isLocal: true },
    ])
  })

  it('that was taken back meanwhile is taken back again', async () => {
    const { follower, viewer, followee, effectId } = await follow()
    await undoFollow(ctx, viewer, followee.id)
    expect(await takeFacts(ctx)).toMatchObject([
      { type: 'follow.undone', actorId: follower.id, targetId: followee.id, effectId, isLocal: true },
    ])
    expect(await receiveFollowAccepted(ctx, { followeeId: followee.id, effectId, followerId: follower.id })).toBe(
      'unknown',
    )
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.undone', effectId, isLocal: true }])
    expect(await stateOf(follower, followee)).toBe('none')
  })

  it('is refused, and may be asked for again under a new id', async () => {
    const { follower, viewer, followee, effectId } = await follow()
    expect(await receiveFollowRejected(ctx, { followeeId: followee.id, effectId, followerId: null })).toBe('rejected')
    expect(await stateOf(follower, followee)).toBe('rejected')
    expect(await typesOf()).toEqual(['remote follow.rejected'])
    expect(await receiveFollowRejected(ctx, { followeeId: followee.id, effectId, followerId: null })).toBe('already')
    // A yes after a no is to a request that is over: both sides must think the same.
    expect(await receiveFollowAccepted(ctx, { followeeId: followee.id, effectId, followerId: null })).toBe('unknown')
    expect(await typesOf()).toEqual(['local follow.undone'])
    await requestFollow(ctx, viewer, { actorId: followee.id })
    const [fact] = await takeFacts(ctx)
    expect(fact).toMatchObject({ type: 'follow.requested', isLocal: true })
    const row = await findFollowBetween(ctx.db, follower.id, followee.id)
    expect(row).toMatchObject({ state: 'pending', effectId: fact?.id, decidedAt: null })
    expect(fact?.id).not.toBe(effectId)
  })

  it('ends when they take the follower off (item 26)', async () => {
    const { follower, followee, effectId } = await follow()
    await receiveFollowAccepted(ctx, { followeeId: followee.id, effectId, followerId: null })
    await takeFacts(ctx)
    expect(await receiveFollowRejected(ctx, { followeeId: followee.id, effectId, followerId: null })).toBe('removed')
    expect(await stateOf(follower, followee)).toBe('none')
    expect(await countsOf(follower)).toEqual([0, 0])
    expect(await typesOf()).toEqual(['remote follow.rejected'])
  })

  it.each(['pending', 'accepted'] as const)('is given up when it was %s', async (state) => {
    const { follower, viewer, followee, effectId } = await follow()
    if (state === 'accepted') await receiveFollowAccepted(ctx, { followeeId: followee.id, effectId, followerId: null })
    await takeFacts(ctx)
    await undoFollow(ctx, viewer, followee.id)
    await undoFollow(ctx, viewer, followee.id)
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.undone', effectId, isLocal: true }])
    expect(await stateOf(follower, followee)).toBe('none')
    expect(await countsOf(follower)).toEqual([0, 0])
  })

  it('is not possible for who cannot be followed', async () => {
    const { actor, viewer } = await make.actor(ctx)
    await ctx.db.insert(blockedHosts).values({ host: 'evil.example' }).onConflictDoNothing()
    const statusOf = (actorId: string) =>
      requestFollow(ctx, viewer, { actorId }).then(
        () => 200,
        (error) => error.status,
      )
    expect(await statusOf(actor.id)).toBe(403)
    expect(await statusOf('1')).toBe(404)
    expect(await statusOf((await ensureInstanceActor(ctx)).id)).toBe(403)
    expect(await statusOf((await make.remoteActor(ctx, { deletedAt: new Date() })).id)).toBe(404)
    expect(await statusOf((await make.remoteActor(ctx, { suspendedAt: new Date() })).id)).toBe(404)
    expect(await statusOf((await make.remoteActor(ctx, { movedToIri: 'https://x.example/u' })).id)).toBe(403)
    expect(await statusOf((await make.remoteActor(ctx, { host: 'sub.evil.example' })).id)).toBe(403)
    const blocked = await make.remoteActor(ctx)
    await blockActor(ctx, viewer, blocked.id)
    expect(await statusOf(blocked.id)).toBe(403)
    expect(await takeFacts(ctx)).toEqual([])
  })

  describe('without an answer', () => {
    const stored = async (effectId: string, actorId: string) =>
      ctx.db.insert(activities).values({ id: effectId, actorId, type: 'Follow', body: '{}' })
    const sentAgain = (effectId: string) => ctx.db.select().from(deliveries).where(eq(deliveries.activityId, effectId))

    it('is sent again under the same id after an hour, a day and a week', async () => {
      const start = ctx.now()
      const made = await follow({ isLocked: false })
      await stored(made.effectId, made.follower.id)
      const passed: number[] = []
      for (const [hours, expected] of [
        [0.9, 0],
        [1, 1],
        [23, 1],
        [24, 2],
        [100, 2],
        [168, 3],
        [169, 3],
        [2_000, 3],
      ] as const) {
        clock.set(new Date(start.getTime() + hours * 3_600_000))
        await resendFollows(ctx)
        await resendFollows(ctx)
        passed.push((await sentAgain(made.effectId)).length - expected)
      }
      expect(passed).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
      expect((await sentAgain(made.effectId)).map(({ inboxIds }) => inboxIds)).toEqual(
        Array(3).fill([made.followee.deliveryInboxId]),
      )
      expect(await findFollowBetween(ctx.db, made.follower.id, made.followee.id)).toMatchObject({
        state: 'pending',
        effectId: made.effectId,
      })
      clock.set(start)
    })

    it('is not sent again to who decides by hand, who has answered, or while it is still being tried', async () => {
      const start = ctx.now()
      const [locked, accepted, tried] = [
        await follow({ isLocked: true }),
        await follow({ isLocked: false }),
        await follow({ isLocked: false }),
      ]
      for (const { effectId, follower } of [locked, accepted, tried]) await stored(effectId, follower.id)
      await receiveFollowAccepted(ctx, {
        followeeId: accepted.followee.id,
        effectId: accepted.effectId,
        followerId: null,
      })
      const inboxId = tried.followee.deliveryInboxId
      if (!inboxId) throw new Error('there is no inbox')
      await ctx.db
        .insert(deliveryRetries)
        .values({ activityId: tried.effectId, inboxId, host: 'there.example', dueAt: start, lastError: '503' })
      clock.pass(DAY_MS)
      await resendFollows(ctx)
      for (const { effectId } of [locked, accepted, tried]) expect(await sentAgain(effectId)).toEqual([])
      clock.set(start)
    })

    it('is brought to mind once in two weeks where people decide, and only when asked to', async () => {
      const start = ctx.now()
      const { viewer, followee, follower, effectId } = await follow({ isLocked: true })
      clock.pass(14 * DAY_MS - 1)
      await requestFollow(ctx, viewer, { actorId: followee.id })
      expect(await takeFacts(ctx)).toEqual([])
      clock.pass(1)
      await requestFollow(ctx, viewer, { actorId: followee.id })
      await requestFollow(ctx, viewer, { actorId: followee.id })
      const facts = await takeFacts(ctx)
      expect(facts).toMatchObject([{ type: 'follow.requested', isLocal: true }])
      const row = await findFollowBetween(ctx.db, follower.id, followee.id)
      expect(row).toMatchObject({ effectId: facts[0]?.id, lastSentAt: ctx.now() })
      expect(row?.effectId).not.toBe(effectId)
      clock.set(start)
    })
  })
})

describe('following somebody here', () => {
  it('makes a request that nobody elsewhere hears of, and a follower by a yes', async () => {
    const [{ actor: follower, viewer }, { actor: followee, viewer: decider }] = [
      await make.actor(ctx),
      await make.actor(ctx),
    ]
    await requestFollow(ctx, viewer, { actorId: followee.id, note: 'Hello' })
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toMatchObject({
      state: 'pending',
      note: 'Hello',
      activityIri: null,
    })
    expect(await typesOf()).toEqual(['local follow.requested'])
    await acceptFollow(ctx, decider, follower.id)
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'follow.accepted', activityIri: null }])
    expect([await countsOf(follower), await countsOf(followee)]).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('makes a follower at once of who is open to everybody', async () => {
    const [{ actor: follower, viewer }, { actor: followee }] = [
      await make.actor(ctx),
      await make.actor(ctx, { isOpen: true }),
    ]
    await requestFollow(ctx, viewer, { actorId: followee.id })
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toMatchObject({
      state: 'accepted',
      decidedAt: ctx.now(),
    })
    expect(await typesOf()).toEqual(['local follow.accepted'])
  })

  it('needs no yes from oneself: who may decide for the followee is let in', async () => {
    const { actor: followee } = await make.actor(ctx)
    const follows = async (role: 'moderator' | 'analyst') => {
      const { viewer } = await make.actor(ctx)
      await make.member(ctx, followee.id, role, viewer.userId)
      await requestFollow(ctx, viewer, { actorId: followee.id })
      return (await findFollowBetween(ctx.db, viewer.actorId, followee.id))?.state
    }
    expect(await follows('moderator')).toBe('accepted')
    expect(await follows('analyst')).toBe('pending')
  })

  it('after a refusal can be asked for again in a week', async () => {
    const start = ctx.now()
    const [{ actor: follower, viewer }, { actor: followee, viewer: decider }] = [
      await make.actor(ctx),
      await make.actor(ctx),
    ]
    await requestFollow(ctx, viewer, { actorId: followee.id })
    await rejectFollow(ctx, decider, follower.id)
    clock.pass(7 * DAY_MS - 1)
    await expect(requestFollow(ctx, viewer, { actorId: followee.id })).rejects.toMatchObject({
      status: 429,
      retryAt: new Date(start.getTime() + 7 * DAY_MS),
    })
    // Leaving is no way round it.
    await undoFollow(ctx, viewer, followee.id)
    await expect(requestFollow(ctx, viewer, { actorId: followee.id })).rejects.toMatchObject({ status: 429 })
    clock.pass(1)
    await requestFollow(ctx, viewer, { actorId: followee.id })
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toMatchObject({ state: 'pending' })
    clock.set(start)
  })
})

describe('a request that nobody answers', () => {
  it('is over after 90 days, and nobody is told', async () => {
    const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx)]
    const at = (ms: number) => new Date(ctx.now().getTime() - ms)
    const ends = { followerId: follower.id, followeeId: followee.id }
    await make.follow(ctx, { ...ends, state: 'pending', requestedAt: at(90 * DAY_MS + 1), activityIri: first })
    const young = await make.remoteActor(ctx)
    await make.follow(ctx, { ...ends, followerId: young.id, state: 'pending', requestedAt: at(90 * DAY_MS - 1) })
    await make.follow(ctx, {
      followerId: followee.id,
      followeeId: follower.id,
      state: 'pending',
      requestedAt: at(91 * DAY_MS),
    })
    expect(await expireFollowRequests(ctx)).toBe(1)
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toMatchObject({
      state: 'rejected',
      decidedAt: ctx.now(),
    })
    expect(await findFollowBetween(ctx.db, young.id, followee.id)).toMatchObject({ state: 'pending' })
    // What one of ours asked elsewhere is for the other side to answer.
    expect(await findFollowBetween(ctx.db, followee.id, follower.id)).toMatchObject({ state: 'pending' })
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('is forgotten 90 days after its refusal', async () => {
    const [follower, { actor: followee }] = [await make.remoteActor(ctx), await make.actor(ctx)]
    const ends = { followerId: follower.id, followeeId: followee.id }
    const decidedAt = new Date(ctx.now().getTime() - 90 * DAY_MS - 1)
    await make.follow(ctx, { ...ends, state: 'rejected', decidedAt })
    await expireFollowRequests(ctx)
    expect(await findFollowBetween(ctx.db, follower.id, followee.id)).toBeNull()
  })
})

describe('every act of a member', () => {
  it('is recorded with the user and the actor', async () => {
    const { viewer } = await make.actor(ctx)
    const [followee, follower] = [await make.remoteActor(ctx), await make.remoteActor(ctx)]
    await make.follow(ctx, { followerId: follower.id, followeeId: viewer.actorId })
    await requestFollow(ctx, viewer, { actorId: followee.id })
    await undoFollow(ctx, viewer, followee.id)
    await removeFollower(ctx, viewer, follower.id)
    const acts = await ctx.db
      .select({ action: audit.action, subjectId: audit.subjectId })
      .from(audit)
      .where(and(eq(audit.actorId, viewer.actorId), eq(audit.userId, viewer.userId)))
      .orderBy(audit.id)
    expect(acts).toEqual([
      { action: 'follow.requested', subjectId: followee.id },
      { action: 'follow.undone', subjectId: followee.id },
      { action: 'follower.removed', subjectId: follower.id },
    ])
  })
})
