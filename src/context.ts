import type { Config } from '#src/config.ts'
import type { Fetcher } from '#src/core/fetch.ts'
import type { Log } from '#src/core/log.ts'
import type { Mailer } from '#src/core/mail.ts'
import type { Remote } from '#src/core/remote.ts'
import type { Storage } from '#src/core/storage.ts'
import type { Streams } from '#src/core/streams.ts'
import type { Db } from '#src/db/client.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'
import type { Uris } from '#src/uris.ts'

/** What services are given: everything outside themselves that they may use. Put together in `src/assemble.ts`. */
export type Ctx = Readonly<{
  config: Config
  db: Db
  log: Log
  uris: Uris
  storage: Storage
  fetcher: Fetcher
  mailer: Mailer
  /** How processes tell each other what is new. */
  streams: Streams
  remote: Remote
  /** The clock; tests set it. */
  now: () => Date
}>

/**
 * Who asks: a user acting as one actor. Every write records both. Anonymous visitors and other servers are `null`.
 */
export type Viewer = Readonly<{
  userId: string
  actorId: string
  role: MemberRole
  /** What the token allows; a browser session allows everything. */
  scopes: readonly string[]
  /** The client program, when there is one. */
  appId: string | null
}>
