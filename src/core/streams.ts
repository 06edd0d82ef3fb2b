/** Something that clients with an open stream want to know. It carries ids alone: what each may see is read when it is sent. */
export type StreamEvent =
  | Readonly<{ event: 'update' | 'status.update'; id: string }>
  /** `actorId` is whose post it was. */
  | Readonly<{ event: 'delete'; id: string; actorId: string }>
  /** `actorId` is who is to know. */
  | Readonly<{ event: 'notification' | 'conversation'; id: string; actorId: string }>
  /** For everybody who is at home here. */
  | Readonly<{ event: 'announcement' | 'announcement.delete'; id: string }>
  | Readonly<{ event: 'announcement.reaction'; id: string; name: string }>
  | Readonly<{ event: 'filters_changed' | 'notifications_merged'; actorId: string }>

/**
 * How processes tell each other what is new, all of one instance. What is said while nobody listens is lost, and so it is only ever said of
 * what is written already: after the commit, never inside a transaction.
 */
export type Streams = Readonly<{
  /** Says something to every process that listens. Where it cannot be said there is a line in the log and no error: what is new is there all the same. */
  publish(events: readonly StreamEvent[]): Promise<void>
  /** Hears everything that is said, on a connection of its own that comes back by itself. @returns how to stop */
  listen(hear: (event: StreamEvent) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}>

/** The name of the channel, in PostgreSQL as it is and in Redis behind the prefix of the queues. */
export const streamChannel = 'streams'
