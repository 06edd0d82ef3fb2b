import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { forbidden } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { deleteExpiredMutes, deleteMute, upsertMute } from './queries.ts'

/** Whom to mute, whether its notifications too, and for how long; null: until it is taken back. */
export type MuteInput = Readonly<{ actorId: string; hidesNotifications: boolean; durationMs: number | null }>

/**
 * The viewer's actor does not want to read another. What the two have to do with each other stays, and the other never learns of it. Again
 * changes the wishes.
 * @throws Problem `not_found`, `forbidden`
 */
export async function muteActor(ctx: Ctx, viewer: Viewer, input: MuteInput): Promise<void> {
  requireRole(viewer, 'follow')
  if (input.actorId === viewer.actorId) throw forbidden('You cannot mute yourself')
  const { actorId: mutedId, hidesNotifications, durationMs } = input
  const expiresAt = durationMs === null ? null : new Date(ctx.now().getTime() + durationMs)
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, mutedId)
    const mute = { actorId: viewer.actorId, mutedId, hidesNotifications, expiresAt, userId: viewer.userId }
    if (await upsertMute(tx, mute)) await recordAct(tx, { viewer, action: 'mute.created', subjectId: mutedId })
  })
}

/** Reads another again. @throws Problem `not_found`, `forbidden` */
export async function unmuteActor(ctx: Ctx, viewer: Viewer, mutedId: string): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, mutedId)
    const wasMuted = await deleteMute(tx, { actorId: viewer.actorId, mutedId })
    if (wasMuted) await recordAct(tx, { viewer, action: 'mute.removed', subjectId: mutedId })
  })
}

/** Ends the mutes whose time has come. Reads pass them over from that moment on; this only tidies up. Returns how many. */
export function expireMutes(ctx: Ctx): Promise<number> {
  return deleteExpiredMutes(ctx.db, ctx.now())
}
