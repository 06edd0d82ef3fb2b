import type { Ctx } from '#src/context.ts'
import type { StreamEvent } from '#src/db/streams.ts'
import { loadConversations } from '#src/features/conversations/entity.ts'
import { findConversation } from '#src/features/conversations/queries.ts'
import { listDeaf } from '#src/features/mutes/queries.ts'
import { loadNotifications } from '#src/features/notifications/entity.ts'
import { findNotification } from '#src/features/notifications/queries.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { listHomeReaders } from '#src/features/timelines/home-queries.ts'
import { type Connection, mayHearNotifications, mayHearPosts } from './connection.ts'
import { isInOpenStream, type Stream } from './names.ts'
import { findPostFacts, listFormerReaders } from './queries.ts'

const noActors: string[] = []

/** What a connection is to get. */
type Target = Readonly<{ connection: Connection; stream: Stream }>

/**
 * Sends an event to those of the connected who may see it. Who that is, is read now, with the rules of the timelines; each distinct reader
 * costs one loading of the post, however many connections it has.
 */
export function createDispatcher(
  ctx: Ctx,
  connections: ReadonlySet<Connection>,
): (event: StreamEvent) => Promise<void> {
  return async (event) => {
    if (event.event === 'notification') return sendNotification(ctx, connections, event)
    if (event.event === 'conversation') return sendConversation(ctx, connections, event)
    if (event.event === 'filters_changed') return sendFiltersChanged(connections, event.actorId)
    if (event.event === 'delete') return sendDelete(ctx, connections, event.id)
    return sendStatus(ctx, await findTargets(ctx, connections, event.id), event)
  }
}

async function sendNotification(
  ctx: Ctx,
  connections: ReadonlySet<Connection>,
  { id, actorId }: { id: string; actorId: string },
): Promise<void> {
  const targets = listTargets(
    connections,
    ({ name }, connection) =>
      connection.viewer.actorId === actorId &&
      (name === 'user' || name === 'user:notification') &&
      mayHearNotifications(connection),
  )
  const row = targets.length > 0 ? await findNotification(ctx.db, actorId, id) : null
  const [notification] = row ? await loadNotifications(ctx, actorId, [row]) : []
  if (!notification) return
  const payload = JSON.stringify(notification)
  for (const { connection, stream } of targets) connection.send(stream, 'notification', payload)
}

async function sendConversation(
  ctx: Ctx,
  connections: ReadonlySet<Connection>,
  { id, actorId }: { id: string; actorId: string },
): Promise<void> {
  const targets = listTargets(connections, ({ name }, { viewer }) => name === 'direct' && viewer.actorId === actorId)
  const row = targets.length > 0 ? await findConversation(ctx.db, actorId, id) : null
  const [conversation] = row ? await loadConversations(ctx, actorId, [row]) : []
  if (!conversation) return
  const payload = JSON.stringify(conversation)
  for (const { connection, stream } of targets) connection.send(stream, 'conversation', payload)
}

/** Nothing goes with it: clients ask for their filters anew. */
function sendFiltersChanged(connections: ReadonlySet<Connection>, actorId: string): void {
  const targets = listTargets(connections, ({ name }, { viewer }) => name === 'user' && viewer.actorId === actorId)
  for (const { connection, stream } of targets) connection.send(stream, 'filters_changed', null)
}

async function findTargets(ctx: Ctx, connections: ReadonlySet<Connection>, postId: string): Promise<Target[]> {
  const listeners = actorsWithHome(connections)
  const everybody = [...new Set([...connections].map(({ viewer }) => viewer.actorId))]
  const [facts, readers, deaf] = await Promise.all([
    findPostFacts(ctx.db, postId),
    listeners.length > 0 ? listHomeReaders(ctx.db, postId, listeners) : noActors,
    listDeaf(ctx.db, postId, everybody),
  ])
  return listTargets(connections, (stream, connection) => {
    const { actorId } = connection.viewer
    if (stream.name === 'user') return readers.includes(actorId) && mayHearPosts(connection)
    return facts !== null && !deaf.has(actorId) && isInOpenStream(stream, facts)
  })
}

async function sendStatus(
  ctx: Ctx,
  targets: readonly Target[],
  { id, event }: { id: string; event: string },
): Promise<void> {
  const payloads = new Map<string, string | null>()
  for (const readerId of new Set(targets.map(({ connection }) => connection.viewer.actorId))) {
    const [status] = await loadStatuses(ctx, readerId, [id])
    payloads.set(readerId, status ? JSON.stringify(status) : null)
  }
  for (const { connection, stream } of targets) {
    const payload = payloads.get(connection.viewer.actorId)
    if (payload) connection.send(stream, event, payload)
  }
}

/** Only the id goes out, and only to those who may have had the post in front of them. */
async function sendDelete(ctx: Ctx, connections: ReadonlySet<Connection>, postId: string): Promise<void> {
  const listeners = actorsWithHome(connections)
  const [facts, readers] = await Promise.all([
    findPostFacts(ctx.db, postId),
    listeners.length > 0 ? listFormerReaders(ctx.db, postId, listeners) : noActors,
  ])
  const targets = listTargets(connections, (stream, connection) =>
    stream.name === 'user'
      ? readers.includes(connection.viewer.actorId)
      : facts !== null && isInOpenStream(stream, facts),
  )
  for (const { connection, stream } of targets) connection.send(stream, 'delete', postId)
}

function actorsWithHome(connections: ReadonlySet<Connection>): string[] {
  return [
    ...new Set(listTargets(connections, ({ name }) => name === 'user').map((one) => one.connection.viewer.actorId)),
  ]
}

function listTargets(
  connections: ReadonlySet<Connection>,
  isWanted: (stream: Stream, connection: Connection) => boolean,
): Target[] {
  return [...connections].flatMap((connection) =>
    [...connection.streams.values()]
      .filter((stream) => isWanted(stream, connection))
      .map((stream) => ({ connection, stream })),
  )
}
