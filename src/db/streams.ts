import { type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from './client.ts'

/** The channel on which web processes hear what is new. What is said on it is heard after the commit, by those alone who listen. */
const channel = 'streams'

/** Something that clients with an open stream want to know. It carries ids alone: what each may see is read when it is sent. */
export type StreamEvent =
  | Readonly<{ event: 'update' | 'status.update'; id: string }>
  | Readonly<{ event: 'delete'; id: string; actorId: string }>
  | Readonly<{ event: 'notification' | 'conversation' | 'filters_changed'; id: string; actorId: string }>

/** Says something on the channel, as an expression of a statement. @param event a JSON expression */
export function ringStream(event: SQL): SQL {
  return sql`pg_notify(${channel}, ${event}::text)`
}

/** Says something on the channel when the transaction ends well. */
export async function publishEvent(tx: Tx, event: StreamEvent): Promise<void> {
  await tx.execute(sql`select ${ringStream(sql`${JSON.stringify(event)}`)}`)
}

/** Hears what is said on the channel, on a connection of its own that comes back by itself. What is said meanwhile is lost. */
export async function listenToStreams(db: Db, hear: (event: StreamEvent) => void): Promise<() => Promise<void>> {
  const subscription = await db.$client.listen(channel, (text) => hear(JSON.parse(text) as StreamEvent))
  return () => subscription.unlisten()
}
