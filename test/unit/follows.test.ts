import { describe, expect, it } from 'vitest'
import { toRelationship } from '#src/features/follows/entity.ts'
import { mayListFollows } from '#src/features/follows/policy.ts'
import { nothingKept, type Relation } from '#src/features/follows/relation-queries.ts'
import {
  answerRequest,
  cooldownMs,
  type FollowState,
  followMoves,
  isCoolingDown,
  memoryMs,
  type RequestAnswer,
  type RequestFacts,
} from '#src/features/follows/states.ts'

const now = new Date('2026-06-01T12:00:00.000Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const first = 'https://there.example/follows/1'
const second = 'https://there.example/follows/2'

const facts = (given: Partial<RequestFacts>): RequestFacts => ({
  isWithdrawn: false,
  isUnwelcome: false,
  needsApproval: true,
  current: null,
  activityIri: first,
  now,
  ...given,
})

const row = (state: FollowState, decidedAt: Date | null = null) => ({ state, activityIri: first, decidedAt })

describe('the answer to a Follow that comes in', () => {
  type Cell = [state: string, given: Partial<RequestFacts>, answer: RequestAnswer]
  const fresh = row('rejected', ago(cooldownMs - 1))
  const old = row('rejected', ago(cooldownMs))
  const cells: Cell[] = [
    ['nothing is known, and the followee decides by hand', {}, 'ask'],
    ['nothing is known, and the followee lets everybody in', { needsApproval: false }, 'accept'],
    ['it waits, and the same Follow comes again', { current: row('pending') }, 'renew'],
    ['it waits, and a new Follow comes', { current: row('pending'), activityIri: second }, 'renew'],
    ['it waits, and the followee lets everybody in since', { current: row('pending'), needsApproval: false }, 'renew'],
    ['it is accepted, and the same Follow comes again', { current: row('accepted', now) }, 'confirm'],
    ['it is accepted, and a new Follow comes', { current: row('accepted', now), activityIri: second }, 'confirm'],
    ['it is refused, and the same Follow comes again', { current: fresh }, 'decline'],
    ['it is refused, and the same Follow comes again after the week', { current: old }, 'decline'],
    ['it is refused, and a new Follow comes within the week', { current: fresh, activityIri: second }, 'decline'],
    ['it is refused, and a new Follow comes after the week', { current: old, activityIri: second }, 'ask'],
    [
      'it is refused, and a new Follow comes after the week to an open followee',
      { current: old, activityIri: second, needsApproval: false },
      'accept',
    ],
    [
      'it is refused, and a new Follow comes within the week to an open followee',
      { current: fresh, activityIri: second, needsApproval: false },
      'decline',
    ],
    ['its Undo came first', { isWithdrawn: true }, 'ignore'],
    ['its Undo came first, to an unwelcome follower', { isWithdrawn: true, isUnwelcome: true }, 'ignore'],
    ['the follower is unwelcome', { isUnwelcome: true }, 'refuse'],
    ['the follower is unwelcome at an open followee', { isUnwelcome: true, needsApproval: false }, 'refuse'],
    ['the follower is unwelcome and waits', { isUnwelcome: true, current: row('pending') }, 'refuse'],
    ['the follower is unwelcome and was accepted', { isUnwelcome: true, current: row('accepted', now) }, 'refuse'],
    ['the follower is unwelcome and was refused', { isUnwelcome: true, current: fresh }, 'refuse'],
  ]

  it.each(cells)('when %s (item 25)', (_state, given, answer) => {
    expect(answerRequest(facts(given))).toBe(answer)
  })

  it('takes Follows without an id for new ones', () => {
    const current = { ...row('rejected', ago(cooldownMs)), activityIri: null }
    expect(answerRequest(facts({ current, activityIri: null }))).toBe('ask')
  })
})

describe('the life of a follow', () => {
  it('is accepted from a request only, never from a state that nobody asked for', () => {
    const intoAccepted = Object.entries(followMoves).filter(([, to]) => (to as readonly string[]).includes('accepted'))
    expect(intoAccepted.map(([from]) => from)).toEqual(['none', 'pending', 'rejected'])
  })

  it('cools down for a week and no longer', () => {
    expect(isCoolingDown(ago(cooldownMs - 1), now)).toBe(true)
    expect(isCoolingDown(ago(cooldownMs), now)).toBe(false)
    expect(isCoolingDown(null, now)).toBe(false)
    expect([cooldownMs, memoryMs]).toEqual([7 * 86_400_000, 90 * 86_400_000])
  })
})

describe('a relationship', () => {
  const relation: Relation = {
    actorId: '7',
    mine: null,
    theirs: null,
    isBlocking: false,
    isBlockedBy: false,
    kept: nothingKept,
  }
  const mine = { state: 'accepted', showsBoosts: true, notifies: true, languages: ['fr'] } as const

  it('says nothing about strangers', () => {
    expect(toRelationship(relation)).toEqual({
      id: '7',
      following: false,
      showing_reblogs: false,
      notifying: false,
      languages: null,
      followed_by: false,
      blocking: false,
      blocked_by: false,
      muting: false,
      muting_notifications: false,
      muting_expires_at: null,
      requested: false,
      requested_by: false,
      domain_blocking: false,
      endorsed: false,
      note: '',
    })
  })

  it('tells a follower from somebody who asked', () => {
    const asked = toRelationship({ ...relation, mine: { ...mine, languages: null, state: 'pending' } })
    expect(asked).toMatchObject({ following: false, requested: true, showing_reblogs: true, notifying: true })
    const follower = toRelationship({ ...relation, mine: { ...mine, languages: ['fr'] } })
    expect(follower).toMatchObject({ following: true, requested: false, languages: ['fr'] })
  })

  it('does not show a refused request as one', () => {
    const refused = toRelationship({ ...relation, mine: { ...mine, languages: ['fr'], state: 'rejected' } })
    expect(refused).toEqual(toRelationship(relation))
    expect(toRelationship({ ...relation, theirs: 'rejected' })).toEqual(toRelationship(relation))
  })

  it('shows who follows back and who asks', () => {
    expect(toRelationship({ ...relation, theirs: 'accepted' })).toMatchObject({
      followed_by: true,
      requested_by: false,
    })
    expect(toRelationship({ ...relation, theirs: 'pending' })).toMatchObject({ followed_by: false, requested_by: true })
  })
})

describe('the lists of follows', () => {
  const viewer = { userId: '1', actorId: '2', role: 'analyst', scopes: [], appId: null } as const

  it('are for the team of their actor', () => {
    expect(mayListFollows(viewer, '2')).toBe(true)
    expect(mayListFollows(viewer, '3')).toBe(false)
    expect(mayListFollows(null, '2')).toBe(false)
  })
})
