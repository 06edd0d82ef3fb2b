import type { Ctx } from '#src/context.ts'
import { readAcct } from '#src/features/actors/acct.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'

/** The account that somebody means by `@name@host` or by the address of a profile; it is looked up on its server. Null when there is none. */
export async function findNamed(ctx: Ctx, text: string): Promise<Actor | null> {
  const id = await lookUp(ctx, text.trim())
  const actor = id ? await findActor(ctx.db, id) : null
  return actor && !actor.deletedAt && !actor.suspendedAt ? actor : null
}

async function lookUp(ctx: Ctx, text: string): Promise<string | null> {
  if (/^https?:\/\//i.test(text)) {
    const found = await ctx.remote.lookupUrl(text)
    return found?.kind === 'actor' ? found.id : null
  }
  return readAcct(ctx.config, text) ? ctx.remote.lookupHandle(text) : null
}
