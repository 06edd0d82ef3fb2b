import type { Ctx } from '#src/context.ts'
import { gone, notFound, type Problem } from '#src/errors.ts'
import { type Actor, findActor, findLocalActor } from '#src/features/actors/queries.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { findGroupByHandle, findStanding, type Group, hasOtherOwner, type Standing } from './queries.ts'

/** A group that is kept here, and what it is to who reads. */
export type SeenGroup = Readonly<{
  group: Group
  actor: Actor
  standing: Standing
  /** The reader owns the group and nobody else does, and so cannot go. */
  isLastOwner: boolean
  /** The reader has asked to come in and waits. */
  isAsking: boolean
  /** Whether what is said there, and who is in it, is for the reader. */
  isInside: boolean
}>

const nothing: Standing = { role: null, memberSince: null, isBanned: false }

/**
 * Finds a group by the handle in the address of a page.
 * @param readerId null for somebody whom we do not know
 * @throws Problem `not_found`, and `gone` for one that was ended
 */
export async function getSeenGroup(ctx: Ctx, handle: string, readerId: string | null): Promise<SeenGroup> {
  const group = await findGroupByHandle(ctx.db, handle)
  const actor = group && (await findActor(ctx.db, group.actorId))
  if (!group || !actor) throw await missing(ctx, handle)
  if (actor.suspendedAt) throw notFound()
  const [standing, follow] =
    readerId === null
      ? [nothing, null]
      : await Promise.all([
          findStanding(ctx.db, group.actorId, readerId, ctx.now()),
          findFollowBetween(ctx.db, readerId, group.actorId),
        ])
  const isInside = !group.isPrivate || standing.role !== null || standing.memberSince !== null
  const isLastOwner =
    readerId !== null && standing.role === 'owner' && !(await hasOtherOwner(ctx.db, group.actorId, readerId))
  return { group, actor, standing, isLastOwner, isAsking: follow?.state === 'pending', isInside }
}

async function missing(ctx: Ctx, handle: string): Promise<Problem> {
  const actor = await findLocalActor(ctx.db, handle)
  return actor?.type === 'Group' && actor.deletedAt ? gone() : notFound()
}
