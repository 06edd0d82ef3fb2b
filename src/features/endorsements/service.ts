import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { invalid } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { followsOf } from '#src/features/blocks/service.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { deleteEndorsement, insertEndorsement } from './queries.ts'

/**
 * Shows somebody whom the viewer's actor follows on its profile, for everybody to see, for as long as it follows.
 * @throws Problem `forbidden`, `not_found`, `invalid` for somebody whom it does not follow
 */
export async function endorse(ctx: Ctx, viewer: Viewer, endorsedId: string): Promise<void> {
  requireRole(viewer, 'profile')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, endorsedId)
    await lockByName(tx, followsOf(viewer.actorId))
    const follow = await findFollowBetween(tx, viewer.actorId, endorsedId)
    if (follow?.state !== 'accepted')
      throw invalid('Validation failed: You must be already following the account that you want to feature')
    const row = { actorId: viewer.actorId, endorsedId, followId: follow.id, userId: viewer.userId }
    if (await insertEndorsement(tx, row))
      await recordAct(tx, { viewer, action: 'actor.endorsed', subjectId: endorsedId })
  })
}

/** Takes somebody off the profile. @throws Problem `forbidden`, `not_found` */
export async function unendorse(ctx: Ctx, viewer: Viewer, endorsedId: string): Promise<void> {
  requireRole(viewer, 'profile')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, endorsedId)
    const wasThere = await deleteEndorsement(tx, { actorId: viewer.actorId, endorsedId })
    if (wasThere) await recordAct(tx, { viewer, action: 'actor.unendorsed', subjectId: endorsedId })
  })
}
