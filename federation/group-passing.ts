import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { countForwarded, isForwarded, storeForwarded } from '#src/db/deliveries.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { getActor } from '#src/features/actors/queries.ts'
import type { Group } from '#src/features/groups/queries.ts'
import { wrap } from './group-acts.ts'
import type { Activity, ActivityType } from './read/activity.ts'

/** What somebody said, with its bytes: as they came, or as we have sent them. */
export type Said = Readonly<{ activity: Activity; body: string }>

/**
 * What is passed on: by whom it is, what makes it pass once among those of its type by that one, which is its id unless something else is said, of
 * which type it must have passed before, and the post whose words stand in it.
 */
export type Passing = Readonly<{ authorId: string; key?: string; after?: ActivityType; postId?: string }>

/**
 * What a group passes on within an hour of one author, of each of these types: its members' servers are nobody's loudspeaker. What begins and answers is
 * bounded where it gets its place, and what takes back is as rare as what it takes back.
 */
const mostAnHour: Partial<Record<ActivityType, number>> = { Update: 60, Like: 120 }

/** Passes something on to the members of a group, once. */
export async function passOn(ctx: Ctx, group: Group, { activity, body }: Said, passing: Passing): Promise<void> {
  const { authorId, key = activity.id, after, postId } = passing
  const { type } = activity
  const namesOf = (of: ActivityType) => `group ${group.actorId} ${authorId} ${of} `
  // Hollo sends changed content under one constant id.
  const version = type === 'Update' ? ` ${createHash('sha256').update(body).digest('base64url')}` : ''
  const name = `${namesOf(type)}${key}${version}`
  await transaction(ctx.db, async (tx) => {
    // All of one author in turn: two at once must not be one too many.
    await lockByName(tx, `group ${group.actorId} ${authorId}`)
    if (await isForwarded(tx, name)) return
    if (after && !(await isForwarded(tx, `${namesOf(after)}${key}`))) return
    if (await isTooMuch(ctx, tx, { group, keysFrom: namesOf(type), most: mostAnHour[type] })) return
    const id = await emit(tx, { type: 'group.announced', groupId: group.actorId, actorId: authorId })
    const announce = await wrap(ctx, {
      ...{ id: ctx.uris.activity(id), group: await getActor(tx, group.actorId), isPrivate: group.isPrivate },
      ...{ body: body.trim(), author: activity.actor, at: ctx.now() },
    })
    const stored = { id, actorId: group.actorId, type: 'Announce', body: announce, key: name }
    await storeForwarded(tx, { ...stored, isOpen: !group.isPrivate, postId: postId ?? null })
  })
}

type Bounded = Readonly<{ group: Group; keysFrom: string; most: number | undefined }>

async function isTooMuch(ctx: Ctx, tx: Tx, { group, keysFrom, most }: Bounded): Promise<boolean> {
  if (most === undefined) return false
  const since = new Date(ctx.now().getTime() - 3_600_000)
  if ((await countForwarded(tx, { actorId: group.actorId, keysFrom, since })) < most) return false
  ctx.log.info({ groupId: group.actorId, keysFrom }, 'a group has passed on enough of one author for this hour')
  return true
}
