import { buildApp } from '#src/app.ts'
import type { Ctx } from '#src/context.ts'

/** The web process: opens the door. */
export async function startWeb(ctx: Ctx): Promise<{ address: string; close(): Promise<void> }> {
  const app = await buildApp(ctx)
  // The summary of the start says the address, in words.
  const { level } = app.log
  app.log.level = 'warn'
  const address = await app.listen({ port: ctx.config.port, host: ctx.config.host })
  app.log.level = level
  // Longer than the usual idle time of a reverse proxy, or it sends a request on a connection that we are closing.
  app.server.keepAliveTimeout = 75_000
  return { address, close: () => app.close() }
}
