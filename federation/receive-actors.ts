import type { Ctx } from '#src/context.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { deleteRemoteActor } from '#src/features/actors/service.ts'
import { refreshActor, storeActorDocument } from './actors.ts'
import { fetchDocument } from './documents.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'

/** A profile was changed; only its owner says so. */
export async function receiveUpdateActor(ctx: Ctx, activity: Activity): Promise<string> {
  const { embedded } = activity.object
  if (activity.object.id !== activity.actor) return 'ignored: it is not its own profile'
  const stored = embedded ? await storeActorDocument(ctx, embedded) : await refreshActor(ctx, activity.actor)
  return stored ? 'done' : 'ignored: the profile cannot be read'
}

/** Somebody passed on that a profile was changed: its server says how. */
export async function receiveProfileHint(ctx: Ctx, { actor }: Activity): Promise<string> {
  return (await refreshActor(ctx, actor)) ? 'done' : 'ignored: the profile cannot be read'
}

/** An actor is gone, and all that it said with it. */
export async function receiveDeleteActor(ctx: Ctx, activity: Activity): Promise<string> {
  const known = await findActorByIri(ctx.db, activity.actor)
  if (!known) return 'ignored: a stranger left'
  if (!known.deletedAt) await deleteRemoteActor(ctx, known.id)
  return 'done'
}

/**
 * Somebody passed on that an actor is gone; its server is asked. Only 410 or a Tombstone will do: anybody could wait for the hour in which it
 * answers 404 by mistake, or to us alone.
 */
export async function receiveFarewellHint(ctx: Ctx, activity: Activity): Promise<string> {
  const known = await findActorByIri(ctx.db, activity.actor)
  if (!known || known.deletedAt) return 'ignored: a stranger left'
  const answer = await fetchDocument(ctx, activity.actor)
  const isGone = isRefused(answer) ? answer.refused === 'gone' : answer.document.type === 'Tombstone'
  return isGone ? receiveDeleteActor(ctx, activity) : 'ignored: the actor is still there'
}
