/** The roles of a team's members, from most to least powerful. */
export const memberRoles = ['owner', 'admin', 'publisher', 'contributor', 'responder', 'analyst', 'moderator'] as const

/** What a member may do as the team's actor. */
export type MemberRole = (typeof memberRoles)[number]

/** The roles that somebody can be given. Contributors are for drafts, which are to come: until then they would be analysts by another name. */
export const givenRoles: readonly MemberRole[] = memberRoles.filter((role) => role !== 'contributor')

/** A kind of act, as far as roles tell them apart. */
export type Act = 'read' | 'publish' | 'reply' | 'react' | 'follow' | 'profile' | 'delete-actor' | 'move-actor' | 'team'

const allowed: Record<MemberRole, readonly Act[]> = {
  owner: ['read', 'publish', 'reply', 'react', 'follow', 'profile', 'team', 'delete-actor', 'move-actor'],
  admin: ['read', 'publish', 'reply', 'react', 'follow', 'profile', 'team'],
  publisher: ['read', 'publish', 'reply', 'react', 'follow'],
  // Contributors write drafts that somebody else publishes; until there are drafts they only read.
  contributor: ['read'],
  responder: ['read', 'reply', 'react'],
  analyst: ['read'],
  moderator: ['read', 'react', 'follow'],
}

/** Whether a role may do an act. */
export function may(role: MemberRole, act: Act): boolean {
  return allowed[role].includes(act)
}
