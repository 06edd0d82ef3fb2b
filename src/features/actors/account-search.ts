import type { Ctx, Viewer } from '#src/context.ts'
import { Problem } from '#src/errors.ts'
import { readAcct } from './acct.ts'
import { type Actor, findActorByAcct } from './queries.ts'
import { searchActors } from './search-queries.ts'

/** A search for people; `mayLookUp`: an address that we do not know is asked of its server. */
export type AccountSearch = Readonly<{
  text: string
  limit: number
  offset: number
  isFollowed: boolean
  mayLookUp: boolean
}>

/** Finds people by name or address, whom the text names exactly first. */
export async function searchAccounts(ctx: Ctx, viewer: Viewer | null, search: AccountSearch): Promise<Actor[]> {
  const { limit, offset, isFollowed, mayLookUp } = search
  const text = search.text.trim()
  if (text === '') return []
  const acct = readAcct(ctx.config, text)
  if (acct?.host && mayLookUp && viewer && offset === 0) await lookUp(ctx, acct.handle, acct.host)
  return searchActors(ctx.db, {
    text,
    handle: acct?.handle ?? null,
    host: acct?.host,
    viewerActorId: viewer?.actorId ?? null,
    isFollowed,
    limit,
    offset,
  })
}

async function lookUp(ctx: Ctx, handle: string, host: string): Promise<void> {
  const known = await findActorByAcct(ctx.db, handle, host)
  if (known) return
  try {
    await ctx.remote.lookupHandle(`${handle}@${host}`)
  } catch (error) {
    // A server that does not answer must not keep anybody from what is known here.
    if (!(error instanceof Problem)) throw error
    ctx.log.info({ handle, host, code: error.code }, 'an actor could not be looked up')
  }
}
