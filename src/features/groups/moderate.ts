import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Db, type Tx, transaction } from '#src/db/client.ts'
import { lockByName, lockByNames } from '#src/db/tombstones.ts'
import { emit, type GroupDeed } from '#src/effects.ts'
import { conflict, forbidden, notFound, Problem } from '#src/errors.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { followsOf } from '#src/features/blocks/service.ts'
import { emitRejected } from '#src/features/follows/facts.ts'
import { deleteFollow, findFollowBetween } from '#src/features/follows/queries.ts'
import { deletePin, insertPin } from '#src/features/posts/pin-queries.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { deleteBan, upsertBan } from './ban-queries.ts'
import { hideTopic, restorePost } from './place.ts'
import { listPlaces, listPlacesOf, markRemoved, setLocked } from './place-queries.ts'
import { type GroupAct, mayAct } from './policy.ts'
import {
  deleteModerator,
  findGroup,
  findStanding,
  type Group,
  type GroupRole,
  hasOtherOwner,
  listModerators,
  upsertModerator,
} from './queries.ts'

/** Who does something to a group: one of ours, with the user behind it, or a moderator of another server. */
export type Moderator = Readonly<{ actorId: string; userId: string | null }>

/** Finds a group for somebody who may do something to it. @throws Problem `not_found`, `forbidden` */
export async function getGroupFor(ctx: Ctx, by: Moderator, groupId: string, act: GroupAct): Promise<Group> {
  const group = await findGroup(ctx.db, groupId)
  if (!group) throw notFound()
  const { role } = await findStanding(ctx.db, groupId, by.actorId, ctx.now())
  if (!mayAct(role, act)) throw forbidden('Only those who look after this group may do that')
  return group
}

/** What those who look after a group can do there. */
export type Deed = GroupDeed

/** What a deed does to the rows; false when it was so already, and `untold` when other servers see nothing of it. */
type Doing<T extends Deed['deed']> = (
  tx: Tx,
  deed: Extract<Deed, { deed: T }>,
  at: Readonly<{ group: Group; by: Moderator; now: Date }>,
) => Promise<boolean | 'untold'>

const doings: { [T in Deed['deed']]: Doing<T> } = {
  remove: async (tx, { postId, reason }, { group, by, now }) => {
    const isNew = await removePost(tx, { groupId: group.actorId, postId, by, reason, now })
    if (isNew) await emit(tx, { type: 'place.removed', groupId: group.actorId, postId, actorId: by.actorId })
    return isNew
  },
  restore: (tx, { postId }, { group, now }) => restorePost(tx, { group, postId, now }),
  lock: (tx, { postId }, { group, now }) => setLocked(tx, { groupId: group.actorId, topicId: postId, lockedAt: now }),
  unlock: (tx, { postId }, { group }) => setLocked(tx, { groupId: group.actorId, topicId: postId, lockedAt: null }),
  pin: (tx, { postId }, { group, by }) => insertPin(tx, { actorId: group.actorId, userId: by.userId, postId }),
  unpin: (tx, { postId }, { group }) => deletePin(tx, group.actorId, postId),
  ban: async (tx, { targetId, until }, { group }) => {
    await upsertBan(tx, { groupId: group.actorId, actorId: targetId, until: until === null ? null : new Date(until) })
    await deleteModerator(tx, group.actorId, targetId)
    await takeOff(tx, group.actorId, targetId)
    return true
  },
  unban: (tx, { targetId }, { group }) => deleteBan(tx, group.actorId, targetId),
  appoint: async (tx, { targetId, role = 'moderator' }, { group }) => {
    const former = await findPart(tx, group, targetId)
    if (former === role) return false
    if (former === 'owner') await requireOtherOwner(tx, group, targetId)
    await upsertModerator(tx, { groupId: group.actorId, actorId: targetId, role })
    return former === null || 'untold'
  },
  dismiss: async (tx, { targetId }, { group }) => {
    if ((await findPart(tx, group, targetId)) === 'owner') await requireOtherOwner(tx, group, targetId)
    return deleteModerator(tx, group.actorId, targetId)
  },
}

async function findPart(db: Db | Tx, { actorId: groupId }: Group, actorId: string): Promise<GroupRole | null> {
  return (await listModerators(db, groupId)).find((one) => one.actorId === actorId)?.role ?? null
}

/** Asked under the lock of the group: of two owners who go at once one stays. */
async function requireOtherOwner(tx: Tx, { actorId: groupId }: Group, actorId: string): Promise<void> {
  if (!(await hasOtherOwner(tx, groupId, actorId))) throw conflict('Make somebody else an owner of the group first')
}

/** Owners alone say who looks after a group; everybody may step down. */
function actOf(deed: Deed, by: Moderator): GroupAct {
  const isOwn = deed.deed === 'dismiss' && deed.targetId === by.actorId
  return (deed.deed === 'appoint' || deed.deed === 'dismiss') && !isOwn ? 'change' : 'moderate'
}

/**
 * Does what one of ours decides about a group, and lets the members' servers know.
 * @throws Problem `forbidden` for who does not look after it, `not_found` for posts that are not there, `conflict` for what would leave it
 * without an owner, and for what cannot be put back
 */
export async function moderate(ctx: Ctx, viewer: Viewer, groupId: string, deed: Deed): Promise<void> {
  const group = await getGroupFor(ctx, viewer, groupId, actOf(deed, viewer))
  await check(ctx, group, viewer, deed)
  await transaction(ctx.db, async (tx) => {
    const isNew = await act(tx, deed, { group, by: viewer, now: ctx.now() })
    if (!isNew) return
    if (isNew !== 'untold') await emit(tx, { type: 'group.moderated', groupId, actorId: viewer.actorId, done: deed })
    await recordAct(tx, { viewer, action: `group.${deed.deed}`, subjectId: groupId, details: { ...deed } })
  })
}

/**
 * What a moderator of another server has said, and its group passes on as it came: no word of ours is added. False for what is so already, and for
 * what nobody may do.
 */
export async function receiveDeed(ctx: Ctx, groupId: string, actorId: string, deed: Deed): Promise<boolean> {
  const by = { actorId, userId: null }
  try {
    const group = await getGroupFor(ctx, by, groupId, actOf(deed, by))
    await check(ctx, group, by, deed)
    return await transaction(ctx.db, async (tx) => {
      const isNew = await act(tx, deed, { group, by, now: ctx.now() })
      const record = { viewer: by, action: `group.${deed.deed}`, subjectId: groupId, details: { ...deed } }
      if (isNew) await recordAct(tx, record)
      return isNew === true
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    ctx.log.info({ groupId, actorId, deed: deed.deed, code: error.code }, 'a moderator elsewhere was refused')
    return false
  }
}

async function check(ctx: Ctx, group: Group, by: Moderator, deed: Deed): Promise<void> {
  if ('postId' in deed) {
    const places = await listPlaces(ctx.db, deed.postId)
    if (!places.some(({ groupId }) => groupId === group.actorId)) throw notFound('This post is not in the group')
    return
  }
  const isOwner = deed.deed === 'appoint' && deed.role === 'owner'
  if (isOwner) return checkOwner(await getActor(ctx.db, deed.targetId))
  const former = await findPart(ctx.db, group, deed.targetId)
  const stepsDown = deed.targetId === by.actorId && deed.deed !== 'ban'
  if (former === 'owner' && deed.deed !== 'unban' && !stepsDown) throw conflict('An owner of the group stays one')
  const isColleague = former === 'moderator' && deed.deed === 'ban'
  if (isColleague && (await findPart(ctx.db, group, by.actorId)) !== 'owner')
    throw forbidden('Only an owner keeps a moderator out')
}

/** What owners do is done on our pages. */
function checkOwner({ host, type, deletedAt, suspendedAt }: Actor): void {
  const isThere = host === null && !deletedAt && !suspendedAt
  if (!isThere || type === 'Group' || type === 'Application')
    throw conflict('Only somebody who is at home here can own a group')
}

/** Who writes at the same moment waits, and so does who moderates. */
async function act(tx: Tx, deed: Deed, at: Readonly<{ group: Group; by: Moderator; now: Date }>) {
  const name = `group ${at.group.actorId}`
  await lockByNames(tx, 'targetId' in deed ? [name, `${name} ${deed.targetId}`] : [name])
  const does = doings[deed.deed] as Doing<Deed['deed']>
  const isNew = await does(tx, deed as never, at)
  if (deed.deed === 'ban' && deed.removesPosts) await removeAllBy(tx, deed.targetId, at)
  return isNew
}

type Removal = Readonly<{ groupId: string; postId: string; by: Moderator; reason?: string; now: Date }>

/** The post stays its author's: it is only no longer in the group. */
async function removePost(tx: Tx, { by, ...removal }: Removal): Promise<boolean> {
  const { groupId, postId } = removal
  if (!(await markRemoved(tx, { ...removal, byId: by.actorId }))) return false
  await deletePin(tx, groupId, postId)
  const post = await findPost(tx, postId)
  if (post) await hideTopic(tx, groupId, post)
  return true
}

async function removeAllBy(
  tx: Tx,
  actorId: string,
  { group, by, now }: Readonly<{ group: Group; by: Moderator; now: Date }>,
): Promise<void> {
  for (const postId of await listPlacesOf(tx, group.actorId, actorId))
    await removePost(tx, { groupId: group.actorId, postId, by, now })
}

/** Who is kept out is no member any more, and when that is over may ask again. */
async function takeOff(tx: Tx, groupId: string, actorId: string): Promise<void> {
  await getActor(tx, actorId)
  await lockByName(tx, followsOf(actorId))
  const follow = await findFollowBetween(tx, actorId, groupId)
  if (!follow) return
  await deleteFollow(tx, follow.id)
  if (follow.state !== 'rejected') await emitRejected(tx, follow, 'local')
}
