import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { invalid, notFound } from '#src/errors.ts'
import { fieldProblem, requireRole } from '#src/features/actors/policy.ts'
import {
  countLists,
  countMembers,
  deleteList,
  deleteMembers,
  findList,
  insertList,
  insertMembers,
  type List,
  type ListValues,
  lockFollows,
  updateList,
} from './queries.ts'

/** What an actor may have: lists, and members in each. */
export const listLimits = { lists: 100, members: 1_000, title: 256 } as const

/** What somebody wants a list to be; what is not named stays as it is, or is as usual. */
export type ListInput = Readonly<{
  title: string
  repliesPolicy?: ListValues['repliesPolicy'] | undefined
  isExclusive?: boolean | undefined
}>

function toValues({ title, repliesPolicy, isExclusive }: ListInput): Partial<ListValues> & { title: string } {
  const text = cleanText(title, listLimits.title + 1).replaceAll('\n', ' ')
  if (text === '') throw fieldProblem('title', 'ERR_BLANK', "can't be blank")
  if (text.length > listLimits.title)
    throw fieldProblem('title', 'ERR_TOO_LONG', `is too long (${listLimits.title} characters at the most)`)
  return {
    title: text,
    ...(repliesPolicy === undefined ? {} : { repliesPolicy }),
    ...(isExclusive === undefined ? {} : { isExclusive }),
  }
}

/** Makes a list for the viewer's actor. @throws Problem `forbidden`, `invalid` */
export async function createList(ctx: Ctx, viewer: Viewer, input: ListInput): Promise<List> {
  requireRole(viewer, 'follow')
  const values = { repliesPolicy: 'list', isExclusive: false, ...toValues(input) } as const
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `lists of ${viewer.actorId}`)
    if ((await countLists(tx, viewer.actorId)) >= listLimits.lists)
      throw invalid(`You have ${listLimits.lists} lists already; delete one first`)
    return insertList(tx, { actorId: viewer.actorId, ...values })
  })
}

/** Changes a list of the viewer's actor. @throws Problem `forbidden`, `not_found`, `invalid` */
export async function editList(ctx: Ctx, viewer: Viewer, id: string, input: ListInput): Promise<List> {
  requireRole(viewer, 'follow')
  const values = toValues(input)
  return transaction(ctx.db, async (tx) => {
    const list = isId(id) && (await updateList(tx, { actorId: viewer.actorId, id }, values))
    if (!list) throw notFound()
    return list
  })
}

/** Deletes a list of the viewer's actor; who was in it is followed on. @throws Problem `forbidden`, `not_found` */
export async function removeList(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  requireRole(viewer, 'follow')
  const isDone = isId(id) && (await transaction(ctx.db, (tx) => deleteList(tx, viewer.actorId, id)))
  if (!isDone) throw notFound()
}

/** Which list, and whom of those whom the viewer's actor follows. */
export type Membership = Readonly<{ listId: string; memberIds: readonly string[] }>

/**
 * Puts followed actors into a list, or the viewer's actor itself; all of them or none.
 * @throws Problem `forbidden`, `not_found` for somebody who is not followed, `invalid` for somebody who is in it already
 */
export async function addMembers(ctx: Ctx, viewer: Viewer, membership: Membership): Promise<void> {
  await change(ctx, viewer, membership, async (tx, listId, memberIds) => {
    const followIds = await lockFollows(tx, viewer.actorId, memberIds)
    const members = memberIds.map((memberId) => ({ memberId, followId: followIds.get(memberId) ?? null }))
    if (members.some(({ memberId, followId }) => followId === null && memberId !== viewer.actorId)) throw notFound()
    const added = await insertMembers(tx, listId, members)
    if (added.length < members.length) throw fieldProblem('account', 'ERR_TAKEN', 'has already been taken')
    if ((await countMembers(tx, listId)) > listLimits.members)
      throw invalid(`A list has ${listLimits.members} members at the most`)
  })
}

/** Takes actors out of a list; who is not in it is passed by. @throws Problem `forbidden`, `not_found` */
export async function removeMembers(ctx: Ctx, viewer: Viewer, membership: Membership): Promise<void> {
  await change(ctx, viewer, membership, deleteMembers)
}

async function change(
  ctx: Ctx,
  viewer: Viewer,
  { listId, memberIds }: Membership,
  act: (tx: Tx, listId: string, memberIds: readonly string[]) => Promise<void>,
): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    if (isId(listId)) await lockByName(tx, `members of list ${listId}`)
    if (!(await findList(tx, viewer.actorId, listId))) throw notFound()
    const wanted = [...new Set(memberIds)]
    if (!wanted.every(isId)) throw notFound()
    if (wanted.length > 0) await act(tx, listId, wanted)
  })
}
