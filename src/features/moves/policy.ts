import type { Actor } from '#src/features/actors/queries.ts'

/** How long an actor has to stay before it can move again, counted from its last move. */
export const moveEveryMs = 30 * 86_400_000

/** Former accounts that an identity may name. */
export const mostAliases = 10

/** Why somebody cannot move. */
export type MoveRefusal =
  /** It has moved less than thirty days ago. */
  | 'again'
  /** There is no such account, or it is suspended. */
  | 'absent'
  | 'itself'
  /** The new account points to a third one. */
  | 'onward'
  /** The new account does not name the old one as an alias: without that anybody could send followers to somebody else. */
  | 'unaware'

/** What has to be known to decide about a move. */
export type MoveFacts = Readonly<{
  old: Pick<Actor, 'id' | 'movedAt'>
  /** The id of the old one, as other servers write it. */
  oldIri: string
  target: Pick<Actor, 'id' | 'type' | 'host' | 'alsoKnownAs' | 'movedToIri' | 'suspendedAt' | 'deletedAt'>
  now: Date
}>

/** Whether an actor has moved too short a while ago to move again. */
export function isTooSoon({ movedAt }: Pick<Actor, 'movedAt'>, now: Date): boolean {
  return movedAt !== null && now.getTime() - movedAt.getTime() < moveEveryMs
}

/** Whether an actor may move to another one; null: it may. @see https://w3id.org/fep/7628 */
export function refuseMove({ old, oldIri, target, now }: MoveFacts): MoveRefusal | null {
  if (isTooSoon(old, now)) return 'again'
  if (target.id === old.id) return 'itself'
  const isInstance = target.host === null && target.type === 'Application'
  if (target.suspendedAt || target.deletedAt || isInstance) return 'absent'
  if (target.movedToIri !== null) return 'onward'
  return target.alsoKnownAs.includes(oldIri) ? null : 'unaware'
}
