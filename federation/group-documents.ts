import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findGroup } from '#src/features/groups/queries.ts'

/** What only the document of a group says: who looks after it, and whether only they begin topics. @see https://w3id.org/fep/1b12 */
export async function groupPartsOf(ctx: Ctx, { id, type, handle }: Actor): Promise<object> {
  const group = type === 'Group' ? await findGroup(ctx.db, id) : null
  if (!group) return {}
  const moderators = ctx.uris.moderators(handle)
  return { attributedTo: moderators, moderators, postingRestrictedToMods: group.posting === 'moderators' }
}
