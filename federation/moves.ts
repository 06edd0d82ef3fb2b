import type { Ctx } from '#src/context.ts'
import { type Actor, findActorByIri } from '#src/features/actors/queries.ts'
import { isTooSoon, type MoveRefusal } from '#src/features/moves/policy.ts'
import { acceptMove } from '#src/features/moves/service.ts'
import { findLocalTarget, getActor, iriOfActor, refreshActor } from './actors.ts'
import { plainContext, publicAudience } from './context.ts'
import { everybody, type Origin, type Outgoing } from './outgoing.ts'
import type { Activity } from './read/activity.ts'

const reasons: Record<MoveRefusal, string> = {
  again: 'it has moved a short while ago',
  absent: 'the new account cannot be read',
  itself: 'it moves to itself',
  onward: 'the new account has moved itself',
  unaware: 'the new account does not name the old one',
}

/**
 * An actor moves to another one. Its word alone is not enough: the document of the new one, as it is now, has to name the old one.
 * @see https://w3id.org/fep/7628
 */
export async function receiveMoveActivity(ctx: Ctx, activity: Activity): Promise<string> {
  if (activity.object.id !== activity.actor) return 'ignored: it moves somebody else'
  const old = await findActorByIri(ctx.db, activity.actor)
  if (!old || old.deletedAt || old.suspendedAt) return 'ignored: a stranger moved'
  if (isTooSoon(old, ctx.now())) return `ignored: ${reasons.again}`
  const target = activity.target ? await readTarget(ctx, activity.target) : null
  const refusal = target ? await acceptMove(ctx, { actorId: old.id, targetId: target.id }) : 'absent'
  return refusal ? `ignored: ${reasons[refusal]}` : 'done'
}

function readTarget(ctx: Ctx, iri: string): Promise<Actor | null> {
  return ctx.uris.read(iri) ? findLocalTarget(ctx, iri) : refreshActor(ctx, iri)
}

/** Tells the followers of one of ours where it has gone; nothing when that was taken back before it was sent. */
export async function buildMove(
  ctx: Ctx,
  { actorId, targetId }: Readonly<{ actorId: string; targetId: string }>,
  origin: Origin,
): Promise<Outgoing | null> {
  const [old, target] = [await getActor(ctx, actorId), iriOfActor(ctx, await getActor(ctx, targetId))]
  if (old.movedToIri !== target) return null
  const actor = iriOfActor(ctx, old)
  // Followers are meant; where somebody has gone is no secret, and stands in the profile.
  const [to, cc] = [[ctx.uris.followers(old.handle)], [publicAudience]]
  const move = { '@context': plainContext, id: origin.iri, type: 'Move', actor, object: actor, target, to, cc }
  const audience = { followersOf: actorId, actorIds: [] }
  return everybody(JSON.stringify(move), { origin, actorId, type: 'Move', audience })
}
