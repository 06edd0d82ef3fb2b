import { Server } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { buildApp } from '#src/app.ts'
import type { Ctx } from '#src/context.ts'

/** For how long a process that is one of several says that it leaves, and still answers: balancers look every second or two. */
const leavingMs = 2_500

/**
 * For how long those who are connected may still say what they want when nobody is let in any more: each is told to go with its answer.
 * Where others do the work meanwhile there is more time, so that hardly a connection is cut that somebody is about to use.
 */
const lastCallMs = { alone: 300, oneOfSeveral: 1_500 }

/**
 * The web process: opens the door. Closing it finishes what is under way; where other web processes may stand beside it (`ROLE=web`), a
 * balancer is told first.
 */
export async function startWeb(ctx: Ctx): Promise<{ address: string; close(): Promise<void> }> {
  const leaving = new AbortController()
  const app = await buildApp(ctx, leaving.signal)
  // The summary of the start says the address, in words.
  const { level } = app.log
  app.log.level = 'warn'
  const address = await app.listen({ port: ctx.config.port, host: ctx.config.host })
  app.log.level = level
  // Longer than the usual idle time of a reverse proxy, or it sends a request on a connection that we are closing.
  app.server.keepAliveTimeout = 75_000
  return {
    address,
    close: async () => {
      leaving.abort()
      const isAlone = ctx.config.role !== 'web'
      if (!isAlone) await wait(leavingMs)
      await untilNobodyWaits(app.server)
      // Closing the HTTP server would cut off at once whoever has connected and not yet spoken: only the door is closed at first.
      const isEmpty = new Promise((resolve) => Server.prototype.close.call(app.server, resolve))
      await Promise.race([isEmpty, wait(lastCallMs[isAlone ? 'alone' : 'oneOfSeveral'])])
      await app.close()
      app.server.closeIdleConnections()
      await isEmpty
    },
  }
}

/** Turns of the loop without anybody new, after which nobody waits at the door. */
const quietTurns = 3

/** A turn that has taken longer had other work, and somebody may have come meanwhile. Milliseconds. */
const shortTurnMs = 0.5

/** For how long at the most that is waited for, in milliseconds: where people never cease to come, somebody is left outside. */
const patienceMs = 1_000

/** Who waits to be accepted when the door closes is cut off, though nobody could know; the loop accepts one in each of its turns. */
async function untilNobodyWaits(server: Server): Promise<void> {
  let quiet = 0
  const onConnection = () => {
    quiet = 0
  }
  server.on('connection', onConnection)
  for (let at = performance.now(), end = at + patienceMs; quiet < quietTurns && at < end; at = performance.now()) {
    await turn()
    quiet = performance.now() - at > shortTurnMs ? 0 : quiet + 1
  }
  server.off('connection', onConnection)
}
