import { join } from 'node:path'
import { createRemote } from '#federation/remote.ts'
import type { Config } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'
import { createFetcher } from '#src/core/fetch.ts'
import { createLog } from '#src/core/log.ts'
import { createMailer } from '#src/core/mail.ts'
import { createRedisStreams } from '#src/core/redis-streams.ts'
import type { Remote } from '#src/core/remote.ts'
import { createStorage } from '#src/core/storage.ts'
import { closeDatabase, openDatabase } from '#src/db/client.ts'
import { createPostgresStreams } from '#src/db/streams.ts'
import { keepPolicy } from '#src/features/blocks/outbound.ts'
import { createUris } from '#src/uris.ts'
import { version } from '#src/version.ts'

/** What tests put in the place of the real parts. */
export type Overrides = Readonly<{ now?: () => Date }>

/**
 * Puts together what services are given. Opens the database's pool; nothing else is started.
 * @param config settings with the address of a database that is there and migrated
 */
export function createContext(config: Config & { databaseUrl: string }, overrides: Overrides = {}): Ctx {
  const log = createLog(config.logLevel)
  const db = openDatabase(config.databaseUrl)
  const parts = {
    config,
    log,
    db,
    uris: createUris(config.publicUrl),
    storage: createStorage({
      dataDir: config.dataDir,
      ...(config.storageUrl ? { storageUrl: config.storageUrl } : {}),
    }),
    fetcher: keepPolicy(
      createFetcher({
        allow: [...config.outboundAllow],
        userAgent: `Entremise/${version} (+${config.publicUrl}/)`,
      }),
      db,
    ),
    mailer: createMailer(config.smtpUrl, config.smtpFrom, join(config.dataDir, 'mail')),
    streams: config.redisUrl ? createRedisStreams(config.redisUrl, log) : createPostgresStreams(db, log),
    now: overrides.now ?? (() => new Date()),
  }
  // Looking something up elsewhere stores it, and so needs the whole context.
  const remote: Remote = {
    lookupHandle: (handle) => createRemote(ctx).lookupHandle(handle),
    lookupUrl: (url) => createRemote(ctx).lookupUrl(url),
    refreshActor: (iri) => createRemote(ctx).refreshActor(iri),
    refreshPost: (iri) => createRemote(ctx).refreshPost(iri),
    refreshProduct: (iri) => createRemote(ctx).refreshProduct(iri),
    refreshPins: (actorId) => createRemote(ctx).refreshPins(actorId),
    refreshFeaturedTags: (actorId) => createRemote(ctx).refreshFeaturedTags(actorId),
  }
  const ctx: Ctx = { ...parts, remote }
  return ctx
}

/** Closes what `createContext` opened. */
export async function closeContext(ctx: Ctx): Promise<void> {
  await ctx.streams.close()
  await ctx.fetcher.close()
  await closeDatabase(ctx.db)
}
