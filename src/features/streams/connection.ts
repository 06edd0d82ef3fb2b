import type { Viewer } from '#src/context.ts'
import { covers } from '#src/core/scopes.ts'
import type { Stream } from './names.ts'

/** Why a connection ends: its token is no longer good, or this process goes. */
export type Ending = 'token' | 'process'

/** A client that is connected. */
export type Connection = Readonly<{
  tokenHash: string
  viewer: Viewer
  /** Open streams by their key. */
  streams: Map<string, Stream>
  /** @param payload an id, or JSON; null for an event that says everything by its name */
  send(stream: Stream, event: string, payload: string | null): void
  end(why: Ending): void
}>

/** Connections of one actor to one process; each device and tab is one. */
export const mostConnections = 50

/** What may wait to be sent to a client that does not read, in bytes; then it is cut off. */
export const mostBytesWaiting = 1_048_576

/** Whether a connection may be told what people are told. */
export function mayHearNotifications({ viewer }: Connection): boolean {
  return covers(viewer.scopes, 'read:notifications')
}

/** Whether a connection may be told what is posted. */
export function mayHearPosts({ viewer }: Connection): boolean {
  return covers(viewer.scopes, 'read:statuses')
}
