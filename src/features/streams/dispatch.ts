import type { Ctx } from '#src/context.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { loadAnnouncement, loadReaction } from '#src/features/announcements/entity.ts'
import { loadConversations } from '#src/features/conversations/entity.ts'
import { findConversation } from '#src/features/conversations/queries.ts'
import { loadNotifications } from '#src/features/notifications/entity.ts'
import { findNotification } from '#src/features/notifications/queries.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import {
  findEverybody,
  findFormerTargets,
  findOwnTargets,
  findPostTargets,
  findTellingTargets,
  type Target,
} from './audience.ts'
import type { Connection } from './connection.ts'

type Connections = ReadonlySet<Connection>

/**
 * Sends an event to those of the connected who may see it. Who that is, is read now, with the rules of the timelines; each distinct reader
 * costs one loading of the post, however many connections it has.
 */
export function createDispatcher(ctx: Ctx, connections: Connections): (event: StreamEvent) => Promise<void> {
  return async (event) => {
    switch (event.event) {
      case 'notification':
        return sendNotification(ctx, connections, event)
      case 'conversation':
        return sendConversation(ctx, connections, event)
      case 'filters_changed':
        // Nothing goes with it: clients ask for their filters anew.
        return send(findOwnTargets(connections, event.actorId, ['user']), event.event, null)
      case 'notifications_merged':
        return send(findTellingTargets(connections, event.actorId), event.event, '1')
      case 'announcement':
        return sendAnnouncement(ctx, findEverybody(connections), event.id)
      case 'announcement.reaction':
        return sendReaction(ctx, findEverybody(connections), event)
      case 'announcement.delete':
        return send(findEverybody(connections), event.event, event.id)
      case 'delete': {
        const former = { postId: event.id, authorId: event.actorId }
        return send(await findFormerTargets(ctx, connections, former), event.event, event.id)
      }
      default:
        return sendStatus(ctx, await findPostTargets(ctx, connections, event.id), event)
    }
  }
}

function send(targets: readonly Target[], event: string, payload: string | null): void {
  for (const { connection, stream } of targets) connection.send(stream, event, payload)
}

async function sendNotification(
  ctx: Ctx,
  connections: Connections,
  { id, actorId }: { id: string; actorId: string },
): Promise<void> {
  const targets = findTellingTargets(connections, actorId)
  const row = targets.length > 0 ? await findNotification(ctx.db, actorId, id) : null
  const [notification] = row ? await loadNotifications(ctx, actorId, [row]) : []
  if (notification) send(targets, 'notification', JSON.stringify(notification))
}

async function sendConversation(
  ctx: Ctx,
  connections: Connections,
  { id, actorId }: { id: string; actorId: string },
): Promise<void> {
  const targets = findOwnTargets(connections, actorId, ['direct'])
  const row = targets.length > 0 ? await findConversation(ctx.db, actorId, id) : null
  const [conversation] = row ? await loadConversations(ctx, actorId, [row]) : []
  if (conversation) send(targets, 'conversation', JSON.stringify(conversation))
}

/** The same for everybody: who has reacted is not told with it. */
async function sendAnnouncement(ctx: Ctx, targets: readonly Target[], id: string): Promise<void> {
  const announcement = targets.length > 0 ? await loadAnnouncement(ctx, id) : null
  if (announcement) send(targets, 'announcement', JSON.stringify(announcement))
}

async function sendReaction(
  ctx: Ctx,
  targets: readonly Target[],
  { id, name }: { id: string; name: string },
): Promise<void> {
  if (targets.length === 0) return
  const reaction = await loadReaction(ctx, id, name)
  if (reaction) send(targets, 'announcement.reaction', JSON.stringify({ ...reaction, announcement_id: id }))
}

async function sendStatus(
  ctx: Ctx,
  targets: readonly Target[],
  { id, event }: { id: string; event: string },
): Promise<void> {
  const ofReader = Map.groupBy(targets, ({ connection }) => connection.viewer.actorId)
  for (const [readerId, theirs] of ofReader) {
    const [status] = await loadStatuses(ctx, readerId, [id])
    if (status) send(theirs, event, JSON.stringify(status))
  }
}
