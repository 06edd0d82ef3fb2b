import type { Ctx } from '#src/context.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { listLiveTokens } from '#src/features/oauth/queries.ts'
import type { Connection, Ending } from './connection.ts'
import { createDispatcher } from './dispatch.ts'

/** Everybody who is connected to this process. */
export type Hub = Readonly<{
  /** Resolves when what is said from now on is heard. */
  listen(): Promise<void>
  /** Takes a connection in; what it returns takes it out again. */
  join(connection: Connection): () => void
  /** How many connections an actor has. */
  countOf(actorId: string): number
  close(): Promise<void>
}>

/** A token that was revoked, and a role that was withdrawn, end what they opened within this time and a query. */
const checkEveryMs = 4_000

/** What may wait to be sent out. Behind this, what comes is not told any more: it would only ever come too late. */
const mostWaiting = 5_000

/** Opens the hub; it listens from the first connection on. */
export function createHub(ctx: Ctx): Hub {
  const connections = new Set<Connection>()
  const end = (connection: Connection, why: Ending) => {
    // First, so that nothing more is said to it while it says goodbye.
    connections.delete(connection)
    connection.end(why)
  }
  const inOrder = createQueue(ctx, createDispatcher(ctx, connections))
  let listening: Promise<() => Promise<void>> | null = null
  const listen = () => {
    listening ??= ctx.streams.listen((event) => {
      if (connections.size > 0) inOrder.add(event)
    })
    // Whoever comes next tries again.
    listening.catch(() => {
      listening = null
    })
    return listening
  }
  const timer = setInterval(() => void checkTokens(ctx, connections, end), checkEveryMs).unref()
  return {
    listen: async () => void (await listen()),
    join: (connection) => {
      connections.add(connection)
      return () => connections.delete(connection)
    },
    countOf: (actorId) => [...connections].filter(({ viewer }) => viewer.actorId === actorId).length,
    close: async () => {
      clearInterval(timer)
      for (const connection of connections) end(connection, 'process')
      await (await listening)?.()
      await inOrder.end()
    },
  }
}

/** One after the other, so that clients see things in their order. */
function createQueue(ctx: Ctx, dispatch: (event: StreamEvent) => Promise<void>) {
  let waiting = 0
  let last: Promise<void> = Promise.resolve()
  return {
    add: (event: StreamEvent) => {
      if (waiting >= mostWaiting) return void ctx.log.warn({ event }, 'streams are too far behind to tell of this')
      waiting++
      last = last
        .then(() => dispatch(event))
        .catch((error: unknown) => ctx.log.error({ err: error, event }, 'an event was not streamed'))
        .finally(() => waiting--)
    },
    end: () => last,
  }
}

async function checkTokens(
  ctx: Ctx,
  connections: ReadonlySet<Connection>,
  end: (connection: Connection, why: Ending) => void,
): Promise<void> {
  const hashes = [...new Set([...connections].map(({ tokenHash }) => tokenHash))]
  try {
    const live = await listLiveTokens(ctx.db, hashes)
    for (const connection of connections) {
      if (hashes.includes(connection.tokenHash) && !live.has(connection.tokenHash)) end(connection, 'token')
    }
  } catch (error) {
    // Where the database does not answer nobody knows better: the next look decides.
    ctx.log.warn({ err: error }, 'the tokens of open streams could not be checked')
  }
}
