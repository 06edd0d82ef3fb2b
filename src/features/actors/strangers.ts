import type { Ctx } from '#src/context.ts'
import { idleHosts, idleInboxes, purgeFree, strangers } from '#src/db/purges.ts'
import { clearCopiesOf } from './removal-queries.ts'

const day = 24 * 60 * 60_000

/** Whoever was not heard of for so long, and has to do with nobody here, is forgotten: who is met again is read again. */
const forgottenAfterMs = 30 * day

/**
 * Forgets strangers, and then the inboxes and servers that belong to nobody any more: anybody can sign a request, and who signs is kept.
 * Looks through all actors of other servers; call it once a day. Returns how many actors went.
 */
export async function forgetStrangers(ctx: Ctx): Promise<number> {
  const before = new Date(ctx.now().getTime() - forgottenAfterMs)
  const gone = await purgeFree(ctx.db, strangers, { before, prepare: (ids) => removeCopies(ctx, ids) })
  await purgeFree(ctx.db, idleInboxes, { before })
  await purgeFree(ctx.db, idleHosts, { before })
  return gone
}

/** Stored copies of their pictures go first: a row that is deleted cannot say where its file is. */
async function removeCopies(ctx: Ctx, actorIds: readonly string[]): Promise<void> {
  for (const key of await clearCopiesOf(ctx.db, actorIds)) await ctx.storage.removeFolder(key)
}
