import { describe, expect, it } from 'vitest'
import { type Act, type MemberRole, may, memberRoles } from '#src/features/teams/policy.ts'

const acts: readonly Act[] = ['read', 'publish', 'reply', 'react', 'follow', 'profile', 'team', 'delete-actor']

/** Written by hand, cell by cell: a copy of the rule would prove nothing. */
const matrix: Record<MemberRole, string> = {
  //             read publish reply react follow profile team delete
  owner: '       yes  yes     yes   yes   yes    yes     yes  yes',
  admin: '       yes  yes     yes   yes   yes    yes     yes  no ',
  publisher: '   yes  yes     yes   yes   yes    no      no   no ',
  contributor: ' yes  no      no    no    no     no      no   no ',
  responder: '   yes  no      yes   yes   no     no      no   no ',
  analyst: '     yes  no      no    no    no     no      no   no ',
  moderator: '   yes  no      no    yes   yes    no      no   no ',
}

describe('what the members of a team may do', () => {
  it.each(memberRoles)('as %s', (role) => {
    const expected = matrix[role].trim().split(/\s+/)
    expect(acts.map((act) => (may(role, act) ? 'yes' : 'no'))).toEqual(expected)
  })
})
