import type { Ctx } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { actorIri } from '#src/features/actors/entity.ts'
import { resolveActorIris } from '#src/features/actors/iris.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { lockProfile, updateProfileRow } from '#src/features/actors/profile-queries.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { findByAcct } from '#src/features/actors/service.ts'
import { findNamed } from './named.ts'
import { mostAliases } from './policy.ts'
import { type Mover, requireMover } from './service.ts'

/** A former account that an identity names: its id, and the account where we know it. */
export type Alias = Readonly<{ iri: string; actor: Actor | null }>

/** The former accounts that an identity names, in the order in which they were named. */
export async function listAliases(ctx: Ctx, { alsoKnownAs }: Pick<Actor, 'alsoKnownAs'>): Promise<Alias[]> {
  const known = await resolveActorIris(ctx, alsoKnownAs)
  return alsoKnownAs.map((iri) => ({ iri, actor: known.get(iri) ?? null }))
}

/**
 * Has an identity name a former account, so that this one may move to it. Other servers are told.
 * @param text `@name@host`, or the address of a profile
 * @throws Problem `forbidden`, `invalid` with `details.alias`
 */
export async function addAlias(ctx: Ctx, mover: Mover, text: string): Promise<Alias> {
  requireMover(mover)
  const actor = await findNamed(ctx, text)
  if (!actor) throw fieldProblem('alias', 'ERR_NOT_FOUND', 'was not found; write an address such as @name@example.org')
  if (actor.id === mover.actorId) throw fieldProblem('alias', 'ERR_ITSELF', 'is this identity itself')
  const iri = actorIri(ctx.uris, actor)
  await change(ctx, mover, (aliases) => {
    if (aliases.includes(iri)) return aliases
    if (aliases.length >= mostAliases)
      throw fieldProblem('alias', 'ERR_TOO_MANY', `would be one too many (${mostAliases} at the most)`)
    return [...aliases, iri]
  })
  return { iri, actor }
}

/**
 * An identity does not name a former account any more.
 * @param text as it was added, or the id of the account
 * @returns false when it did not name it
 */
export async function removeAlias(ctx: Ctx, mover: Mover, text: string): Promise<boolean> {
  requireMover(mover)
  // Nothing is looked up elsewhere: the server of the account may be what is gone.
  const known = await findByAcct(ctx, text)
  const names = [text.trim(), ...(known ? [actorIri(ctx.uris, known)] : [])]
  return change(ctx, mover, (aliases) => aliases.filter((iri) => !names.includes(iri)))
}

async function change(
  ctx: Ctx,
  { actorId, viewer }: Mover,
  turn: (aliases: readonly string[]) => readonly string[],
): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    await lockProfile(tx, actorId)
    const { alsoKnownAs: before } = await getActor(tx, actorId)
    const after = turn(before)
    if (after.length === before.length) return false
    await store(tx, actorId, { aliases: after, now: ctx.now() })
    await recordAct(tx, { viewer, action: 'actor.aliased', subjectId: actorId, details: { aliases: after } })
    return true
  })
}

async function store(tx: Tx, actorId: string, { aliases, now }: Readonly<{ aliases: readonly string[]; now: Date }>) {
  await updateProfileRow(tx, actorId, { alsoKnownAs: [...aliases], updatedAt: now })
  await emit(tx, { type: 'actor.updated', actorId })
}
