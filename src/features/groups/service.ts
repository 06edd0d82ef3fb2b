import type { Readable } from 'node:stream'
import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { forbidden, invalid } from '#src/errors.ts'
import { type ProfileInput, updateProfile } from '#src/features/actors/edit.ts'
import { readSummary, requireRole } from '#src/features/actors/policy.ts'
import { renderSummary } from '#src/features/actors/profile.ts'
import { updateProfileRow, updateSourceRow } from '#src/features/actors/profile-queries.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { insertTeamless, prepareLocalActor, removeActor } from '#src/features/actors/service.ts'
import { followsOf } from '#src/features/blocks/service.ts'
import { emitAccepted } from '#src/features/follows/facts.ts'
import { findFollowBetween, insertFollow } from '#src/features/follows/queries.ts'
import { acceptFollow, rejectFollow, removeFollower, undoFollow } from '#src/features/follows/service.ts'
import { storeProfilePicture } from '#src/features/media/service.ts'
import { welcome } from './messages.ts'
import { getGroupFor, moderate } from './moderate.ts'
import { checkGroupTexts } from './policy.ts'
import { deleteGroup, findStanding, type Group, insertGroup, updateGroup, upsertModerator } from './queries.ts'

/** What a group is: who may join and read, who may write, and what it asks of them. */
export type GroupInput = Readonly<{
  name?: string | undefined
  /** As typed. */
  summary?: string | undefined
  /** Who asks to join is approved by a moderator. */
  isLocked?: boolean | undefined
  posting?: Group['posting'] | undefined
  rules?: string | undefined
  question?: string | undefined
  avatarMediaId?: ProfileInput['avatarMediaId']
}>

/**
 * Makes a group, whose owner and first member is the actor as which the viewer acts. What is said in a private one is for its members
 * alone, for as long as there is the group: what was said under a promise stays under it.
 * @throws Problem `invalid` with the field that cannot be used, `forbidden` for roles that do not change profiles
 */
export async function createGroup(
  ctx: Ctx,
  viewer: Viewer,
  input: GroupInput & Readonly<{ handle: string; isPrivate?: boolean }>,
): Promise<Actor> {
  requireRole(viewer, 'profile')
  checkGroupTexts(input)
  const isPrivate = input.isPrivate ?? false
  const isOpen = !(input.isLocked ?? isPrivate)
  if (isPrivate && isOpen) throw openAndPrivate()
  const { handle, name = '' } = input
  const summarySource = readSummary(input.summary ?? '')
  const prepared = await prepareLocalActor(ctx, { handle, type: 'Group', name, isOpen })
  const summary = await renderSummary(ctx, summarySource)
  return transaction(ctx.db, async (tx) => {
    const { id } = await insertTeamless(tx, prepared, !isPrivate)
    await updateProfileRow(tx, id, { summary })
    await updateSourceRow(tx, id, { summarySource })
    const { posting, rules, question } = input
    await insertGroup(tx, { actorId: id, isPrivate, posting, rules, question })
    await upsertModerator(tx, { groupId: id, actorId: viewer.actorId, role: 'owner' })
    await lockByName(tx, followsOf(viewer.actorId))
    const now = ctx.now()
    const ends = { followerId: viewer.actorId, followeeId: id, requestedBy: viewer.userId }
    const follow = await insertFollow(tx, { ...ends, state: 'accepted', requestedAt: now, decidedAt: now })
    if (follow) await emitAccepted(tx, follow, 'local')
    await recordAct(tx, { viewer, action: 'group.created', subjectId: id })
    return getActor(tx, id)
  })
}

const openAndPrivate = () =>
  invalid('Validation failed: Approval is needed for a private group', {
    is_locked: [{ error: 'ERR_INVALID', description: 'is needed for a private group' }],
  })

/**
 * Changes what a group is. Other servers are told of what they can see.
 * @throws Problem `forbidden` for all but owners, `invalid` with the field that cannot be used
 */
export async function changeGroup(ctx: Ctx, viewer: Viewer, groupId: string, input: GroupInput): Promise<void> {
  const group = await getGroupFor(ctx, viewer, groupId, 'change')
  checkGroupTexts(input)
  if (group.isPrivate && input.isLocked === false) throw openAndPrivate()
  const { posting, rules, question, ...profile } = input
  const set = Object.entries({ posting, rules, question }).filter(([, value]) => value !== undefined)
  const change: Partial<Pick<Group, 'posting' | 'rules' | 'question'>> = Object.fromEntries(set)
  await transaction(ctx.db, async (tx) => {
    await updateGroup(tx, groupId, change)
    // Who may write is a part of its document.
    if (posting && posting !== group.posting) await emit(tx, { type: 'actor.updated', actorId: groupId })
    await recordAct(tx, {
      viewer,
      action: 'group.changed',
      subjectId: groupId,
      details: { changed: Object.keys(input) },
    })
  })
  await updateProfile(ctx, inItsName(viewer, groupId), profile)
}

/**
 * Ends a group for good, as one of its owners: nothing of it is shown any more, nobody is a member, and its handle stays taken. What was said in it is
 * its authors', and what was said to its members alone is now for those whom it names. Other servers are told as of any actor that is deleted.
 * @throws Problem `forbidden` for all but owners
 */
export async function endGroup(ctx: Ctx, viewer: Viewer, groupId: string): Promise<void> {
  await getGroupFor(ctx, viewer, groupId, 'change')
  await transaction(ctx.db, async (tx) => {
    // Who moderates at this moment comes before or after it.
    await lockByName(tx, `group ${groupId}`)
    if (!(await removeActor(tx, groupId, ctx.now()))) return
    await deleteGroup(tx, groupId)
    await recordAct(tx, { viewer, action: 'group.ended', subjectId: groupId })
    await emit(tx, { type: 'actor.deleted', actorId: groupId })
  })
}

/** Nobody belongs to the team of a group: who looks after it may do in its name what is asked for here. */
function inItsName(viewer: Viewer, groupId: string): Viewer {
  return { ...viewer, actorId: groupId, role: 'owner' }
}

/** An answer to somebody who wants to join, or to stay. */
export type MembershipAnswer = 'accept' | 'reject' | 'remove'

/** Lets somebody who asked in, or not, or takes a member off. @throws Problem `forbidden`, `not_found` when nobody asks */
export async function answerMember(
  ctx: Ctx,
  viewer: Viewer,
  { groupId, actorId, answer }: Readonly<{ groupId: string; actorId: string; answer: MembershipAnswer }>,
): Promise<void> {
  const group = await getGroupFor(ctx, viewer, groupId, 'moderate')
  if (actorId === viewer.actorId && answer === 'remove') throw forbidden('Leave the group instead')
  const waits = answer === 'accept' && (await findFollowBetween(ctx.db, actorId, groupId))?.state === 'pending'
  const answers = { accept: acceptFollow, reject: rejectFollow, remove: removeFollower }
  await answers[answer](ctx, inItsName(viewer, groupId), actorId)
  if (waits && group.isPrivate && (await getActor(ctx.db, actorId)).host !== null) await welcome(ctx, group, actorId)
}

/**
 * Ends a membership, or takes a request back. Who leaves a group no longer looks after it.
 * @throws Problem `conflict` for its last owner
 */
export async function leaveGroup(ctx: Ctx, viewer: Viewer, groupId: string): Promise<void> {
  requireRole(viewer, 'follow')
  const { role } = await findStanding(ctx.db, groupId, viewer.actorId, ctx.now())
  if (role) await moderate(ctx, viewer, groupId, { deed: 'dismiss', targetId: viewer.actorId })
  await undoFollow(ctx, viewer, groupId)
}

/**
 * Stores a picture that is to stand for a group; `changeGroup` puts it there.
 * @returns its id
 * @throws Problem `forbidden` for all but owners, `invalid` when it cannot be read, `too_large`, `storage_full`
 */
export async function storeGroupPicture(
  ctx: Ctx,
  viewer: Viewer,
  { groupId, stream }: Readonly<{ groupId: string; stream: Readable }>,
): Promise<string> {
  await getGroupFor(ctx, viewer, groupId, 'change')
  return storeProfilePicture(ctx, inItsName(viewer, groupId), stream)
}
