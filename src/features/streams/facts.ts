import type { StreamEvent } from '#src/core/streams.ts'
import type { EffectRow } from '#src/db/effects.ts'

/** What streams are to say of a fact. What people are told is said where it is written. */
export function toStreamEvents({ type, payload }: EffectRow): StreamEvent[] {
  const { postId, boostId, actorId, announcementId, name } = payload
  if (type === 'post.created' || type === 'boost.created') return [{ event: 'update', id: String(postId) }]
  const isAnswered = type === 'quote.accepted' || type === 'quote.revoked' || type === 'quote.settled'
  if (type === 'post.edited' || isAnswered) return [{ event: 'status.update', id: String(postId) }]
  // Whoever may still read it finds it when they come back.
  if (type === 'post.deleted' || type === 'reply.refused' || type === 'reply.revoked')
    return [{ event: 'delete', id: String(postId), actorId: String(actorId) }]
  if (type === 'announcement.published') return [{ event: 'announcement', id: String(announcementId) }]
  if (type === 'announcement.withdrawn') return [{ event: 'announcement.delete', id: String(announcementId) }]
  if (type === 'announcement.reacted')
    return [{ event: 'announcement.reaction', id: String(announcementId), name: String(name) }]
  // A boost is gone with its row: what clients have of it is its id.
  if (type === 'boost.undone' && boostId) return [{ event: 'delete', id: String(boostId), actorId: String(actorId) }]
  return []
}
