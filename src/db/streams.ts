import { sql } from 'drizzle-orm'
import { type Streams, streamChannel } from '#src/core/streams.ts'
import type { Db } from './client.ts'

/** Streams by PostgreSQL's NOTIFY and LISTEN: one connection for each process that listens. An event is far below the 8,000 bytes of a payload. */
export function createPostgresStreams(db: Db, log: { warn(fields: object, message: string): void }): Streams {
  return {
    publish: async (events) => {
      if (events.length === 0) return
      const texts = sql.join(
        events.map((event) => sql`${JSON.stringify(event)}`),
        sql`, `,
      )
      await db
        .execute(sql`select pg_notify(${streamChannel}, said.text) from unnest(array[${texts}]::text[]) as said(text)`)
        .catch((error: unknown) => log.warn({ err: error }, 'clients were not told of what is new'))
    },
    listen: async (hear) => {
      const subscription = await db.$client.listen(streamChannel, (text) => hear(JSON.parse(text)))
      return () => subscription.unlisten()
    },
    close: async () => {},
  }
}
