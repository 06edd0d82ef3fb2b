import type { Tx } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import type { Follow } from './queries.ts'
import { updateFollow } from './queries.ts'

/** Who says that something came to be: one of ours, or another server, to which it is not told again. */
export type Origin = 'local' | 'remote'

type Ends = Readonly<Pick<Follow, 'followerId' | 'followeeId' | 'effectId' | 'activityIri'> & { isJoin?: boolean }>

/** Records that one of ours asks, and keeps the id from which that of its Follow activity follows. */
export async function emitRequest(tx: Tx, follow: Pick<Follow, 'id'>): Promise<void> {
  const effectId = await emit(tx, { type: 'follow.requested', followId: follow.id })
  await updateFollow(tx, follow.id, { effectId })
}

/** Records a request that came from another server. */
export async function emitReceivedRequest(tx: Tx, follow: Pick<Follow, 'id'>): Promise<void> {
  await emit(tx, { type: 'follow.requested', followId: follow.id }, 'remote')
}

/**
 * Records that a follower was accepted.
 * @param activityIri the Follow activity that is answered, when it came from another server
 */
export async function emitAccepted(tx: Tx, follow: Pick<Follow, 'id' | 'activityIri'>, origin: Origin): Promise<void> {
  const { id: followId, activityIri } = follow
  await emit(tx, { type: 'follow.accepted', followId, activityIri }, origin)
}

/** Records that a request was refused, or a follower taken off. */
export async function emitRejected(tx: Tx, ends: Ends, origin: Origin): Promise<void> {
  await emit(tx, { type: 'follow.rejected', ...toWithdrawn(ends) }, origin)
}

/** Records that a follower left, or took a request back. */
export async function emitUndone(tx: Tx, ends: Ends, origin: Origin): Promise<void> {
  await emit(tx, { type: 'follow.undone', ...toWithdrawn(ends) }, origin)
}

function toWithdrawn({ followerId, followeeId, effectId, activityIri, isJoin }: Ends) {
  return { actorId: followerId, targetId: followeeId, effectId, activityIri, ...(isJoin ? { isJoin } : {}) }
}
