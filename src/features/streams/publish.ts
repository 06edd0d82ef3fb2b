import type { Tx } from '#src/db/client.ts'
import type { EffectRow } from '#src/db/effects.ts'
import { publishEvent, type StreamEvent } from '#src/db/streams.ts'

const events: Readonly<Record<string, (payload: Record<string, unknown>) => StreamEvent>> = {
  'post.created': ({ postId }) => ({ event: 'update', id: String(postId) }),
  'boost.created': ({ postId }) => ({ event: 'update', id: String(postId) }),
  'post.edited': ({ postId }) => ({ event: 'status.update', id: String(postId) }),
  'post.deleted': ({ postId, actorId }) => ({ event: 'delete', id: String(postId), actorId: String(actorId) }),
}

/** Tells the web processes of a fact that clients with an open stream want to see. What people are told is said where it is written. */
export async function publishFact(tx: Tx, effect: EffectRow): Promise<void> {
  const toEvent = events[effect.type]
  if (toEvent) await publishEvent(tx, toEvent(effect.payload))
}
