import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { findHome, type Home, hasActors, renameInstanceActor, setHome } from './home-queries.ts'
import { ensureInstanceActor } from './service.ts'

const forNew = 'For a new instance use another DATA_DIR or DATABASE_URL.'

/**
 * Keeps where the instance lives when it starts, and compares it with where its actors were made: others know them by that.
 * @returns what is wrong and what to do about it; null when all is well
 */
export async function settleHome(ctx: Ctx): Promise<string | null> {
  await ensureInstanceActor(ctx)
  const { publicUrl, handleHost } = ctx.config
  const now = { publicUrl, handleHost }
  return transaction(ctx.db, async (tx) => {
    const [kept, isKnown] = [await findHome(tx), await hasActors(tx)]
    if (kept && isKnown) return difference(kept, now)
    await setHome(tx, now)
    if (!isKnown) await renameInstanceActor(tx, new URL(publicUrl).host)
    return null
  })
}

function difference(kept: Home, now: Home): string | null {
  if (kept.publicUrl !== now.publicUrl) {
    return `PUBLIC_URL: this instance was made at ${kept.publicUrl}, and other servers know its actors by that: it cannot move to ${now.publicUrl}. Set PUBLIC_URL=${kept.publicUrl}. ${forNew}`
  }
  if (kept.handleHost === now.handleHost) return null
  return `HANDLE_HOST: the handles of this instance end in @${kept.handleHost}, and other servers know its actors by them: they cannot become @${now.handleHost}. Set HANDLE_HOST=${kept.handleHost}. ${forNew}`
}
