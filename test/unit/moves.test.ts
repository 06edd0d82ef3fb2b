import { describe, expect, it } from 'vitest'
import { type MoveFacts, type MoveRefusal, moveEveryMs, refuseMove } from '#src/features/moves/policy.ts'

const now = new Date('2026-05-01T12:00:00Z')
const oldIri = 'https://there.example/users/old'
const ago = (ms: number) => new Date(now.getTime() - ms)

const target: MoveFacts['target'] = {
  id: '2',
  type: 'Person',
  host: 'new.example',
  alsoKnownAs: ['https://third.example/users/x', oldIri],
  movedToIri: null,
  suspendedAt: null,
  deletedAt: null,
}
const decide = (change: Partial<MoveFacts['target']>, movedAt: Date | null = null) =>
  refuseMove({ old: { id: '1', movedAt }, oldIri, target: { ...target, ...change }, now })

describe('a move (item 29)', () => {
  it('leads to an account that names the old one, here or elsewhere', () => {
    expect(decide({})).toBeNull()
    expect(decide({ host: null, type: 'Organization' })).toBeNull()
  })

  it.each<[string, MoveRefusal, Partial<MoveFacts['target']>]>([
    ['is the old one', 'itself', { id: '1' }],
    ['is gone', 'absent', { deletedAt: now }],
    ['is suspended', 'absent', { suspendedAt: now }],
    ['is the instance', 'absent', { host: null, type: 'Application' }],
    ['has moved on', 'onward', { movedToIri: 'https://third.example/users/x' }],
    ['names nobody', 'unaware', { alsoKnownAs: [] }],
    ['names another one', 'unaware', { alsoKnownAs: [`${oldIri}/`] }],
  ])('is refused when the new account %s', (_name, refusal, change) => {
    expect(decide(change)).toBe(refusal)
  })

  it('is refused until thirty days after the last one', () => {
    expect(decide({}, ago(moveEveryMs - 1))).toBe('again')
    expect(decide({}, ago(moveEveryMs))).toBeNull()
  })
})
