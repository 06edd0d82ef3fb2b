import type { Problem } from '#src/errors.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import type { Group, GroupRole, Standing } from './queries.ts'

/** What a group says of itself, in UTF-16 units. */
export const groupLimits = { name: 100, summary: 2_000, rules: 5_000, question: 300 } as const

/** Why a group does not take what somebody has written. */
export type Refusal =
  | 'banned'
  | 'not-a-member'
  | 'moderators-only'
  /** In a public group all is public. */
  | 'not-public'
  /** In a private group nothing is. */
  | 'not-private'
  | 'locked'
  | 'too-many'

/** For how long somebody is new in a group, and how many topics who is new begins within an hour. */
export const newcomer = { forMs: 7 * 86_400_000, topicsAnHour: 3 } as const

/** What a group takes of one author within an hour, topics and answers together, unless the author looks after it: each goes to all members. */
const postsAnHour = 60

/** Who may read a post, as far as groups ask. */
export type Openness = 'public' | 'unlisted' | 'followers' | 'direct'

/** What is asked about somebody who begins a topic or answers one. */
export type Saying = Readonly<{
  group: Pick<Group, 'posting' | 'isPrivate'>
  standing: Standing
  visibility: Openness
  /** It is also addressed to somebody who is no member. */
  namesOutsiders: boolean
  /** Of an answer: what it answers is in a topic that is closed, or was taken out. */
  isClosed: boolean
  /** Of a topic: how many its author has begun there within the hour. */
  topicsOfLate: number
  /** How much its author has said there within the hour, topics and answers. */
  postsOfLate: number
  isTopic: boolean
  now: Date
}>

/** Whether a group takes what somebody has written; null: it does. */
export function judge(saying: Saying): Refusal | null {
  const { group, standing, visibility, isClosed, topicsOfLate, postsOfLate, isTopic, now } = saying
  if (standing.isBanned) return 'banned'
  // Whoever looks after it opens it first.
  if (isClosed) return 'locked'
  if (standing.role === null) {
    if (isTopic && group.posting === 'moderators') return 'moderators-only'
    if (group.posting !== 'everyone' && standing.memberSince === null) return 'not-a-member'
    if (isTopic && isNew(standing, now) && topicsOfLate >= newcomer.topicsAnHour) return 'too-many'
    if (postsOfLate >= postsAnHour) return 'too-many'
  }
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  if (group.isPrivate) return visibility === 'direct' && !saying.namesOutsiders ? null : 'not-private'
  return isOpen ? null : 'not-public'
}

function isNew({ memberSince }: Standing, now: Date): boolean {
  return memberSince === null || now.getTime() - memberSince.getTime() < newcomer.forMs
}

/** What somebody does to a group, beyond speaking in it. */
export type GroupAct = 'moderate' | 'change'

/** Moderators look after what is said and who comes in; owners also say what the group is and who looks after it. */
export function mayAct(role: GroupRole | null, act: GroupAct): boolean {
  return role === 'owner' || (role === 'moderator' && act === 'moderate')
}

/** Checks what is written about a group. @throws Problem `invalid` with `details` */
export function checkGroupTexts(texts: Readonly<{ rules?: string; question?: string }>): void {
  for (const field of ['rules', 'question'] as const) {
    const length = texts[field]?.length ?? 0
    if (length > groupLimits[field]) throw tooLong(field)
  }
}

function tooLong(field: 'rules' | 'question'): Problem {
  return fieldProblem(field, 'ERR_TOO_LONG', `is too long (${groupLimits[field]} characters at the most)`)
}
