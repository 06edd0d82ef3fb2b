import type { Ctx } from '#src/context.ts'
import { listenToStreams, type StreamEvent } from '#src/db/streams.ts'
import { findTokenGrant } from '#src/features/oauth/service.ts'
import type { Connection } from './connection.ts'
import { createDispatcher } from './dispatch.ts'

/** Everybody who is connected to this process. */
export type Hub = Readonly<{
  /** Takes a connection in; what it returns takes it out again. */
  join(connection: Connection): () => void
  /** How many connections an actor has. */
  countOf(actorId: string): number
  close(): Promise<void>
}>

/** A token that was revoked, and a role that was withdrawn, end what they opened within this time. */
const checkEveryMs = 4_000

/** Opens the hub; it listens from the first connection on. */
export function createHub(ctx: Ctx): Hub {
  const connections = new Set<Connection>()
  const dispatch = createDispatcher(ctx, connections)
  let stop: Promise<() => Promise<void>> | null = null
  let queue: Promise<void> = Promise.resolve()
  const hear = (event: StreamEvent) => {
    if (connections.size === 0) return
    // One after the other, so that clients see things in their order.
    queue = queue.then(() =>
      dispatch(event).catch((error: unknown) => ctx.log.error({ err: error, event }, 'an event was not streamed')),
    )
  }
  const timer = setInterval(() => void checkTokens(ctx, connections), checkEveryMs).unref()
  return {
    join: (connection) => {
      connections.add(connection)
      stop ??= listenToStreams(ctx.db, hear)
      stop.catch((error: unknown) => {
        ctx.log.error({ err: error }, 'streams cannot be listened to')
        stop = null
      })
      return () => connections.delete(connection)
    },
    countOf: (actorId) => [...connections].filter(({ viewer }) => viewer.actorId === actorId).length,
    close: async () => {
      clearInterval(timer)
      for (const connection of connections) connection.end()
      await queue
      await (await stop)?.()
    },
  }
}

async function checkTokens(ctx: Ctx, connections: ReadonlySet<Connection>): Promise<void> {
  for (const token of new Set([...connections].map((connection) => connection.token))) {
    // Where the database does not answer nobody knows better: the next look decides.
    const grant = await findTokenGrant(ctx, token).catch(() => undefined)
    if (grant === undefined || grant?.viewer) continue
    for (const connection of connections) if (connection.token === token) connection.end()
  }
}
