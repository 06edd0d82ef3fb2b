import type { Ctx, Viewer } from '#src/context.ts'
import { readAcct } from '#src/features/actors/acct.ts'
import { type Actor, findActor, findActorByAcct } from '#src/features/actors/queries.ts'
import { search } from './service.ts'

/** What somebody wants to follow or to answer. */
export type InteractionTarget = Readonly<{ kind: 'actor'; actor: Actor } | { kind: 'post'; id: string }>

/** Whether a text can name somebody or a post: an address `@user@host` or a link. Other schemes are not followed. */
export function isInteractionUri(ctx: Pick<Ctx, 'config'>, text: string): boolean {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text)
  return readAcct(ctx.config, text) !== null
}

/**
 * Finds the actor or post behind an address or link, asking its server when it is not known here.
 * @returns null when nothing that the viewer may see is found
 */
export async function findInteraction(ctx: Ctx, viewer: Viewer, text: string): Promise<InteractionTarget | null> {
  if (!/^https?:\/\//i.test(text)) return toTarget(await findNamed(ctx, text))
  const wish = { text, kind: null, mayLookUp: true, isFollowed: false, authorId: null, limit: 1, offset: 0 } as const
  const { actors, postIds } = await search(ctx, viewer, wish)
  const [id] = postIds
  return id ? { kind: 'post', id } : toTarget(actors[0] ?? null)
}

async function findNamed(ctx: Ctx, text: string): Promise<Actor | null> {
  const acct = readAcct(ctx.config, text)
  if (!acct) return null
  const known = await findActorByAcct(ctx.db, acct.handle, acct.host ?? null)
  if (known || !acct.host) return known
  const id = await ctx.remote.lookupHandle(`${acct.handle}@${acct.host}`)
  return id ? findActor(ctx.db, id) : null
}

function toTarget(actor: Actor | null): InteractionTarget | null {
  return actor && !actor.deletedAt && !actor.suspendedAt ? { kind: 'actor', actor } : null
}
