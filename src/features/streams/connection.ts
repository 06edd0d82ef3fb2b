import type { Viewer } from '#src/context.ts'
import { covers } from '#src/core/scopes.ts'
import type { Stream } from './names.ts'

/** A client that is connected. */
export type Connection = Readonly<{
  token: string
  viewer: Viewer
  /** Open streams by their key. */
  streams: Map<string, Stream>
  /** @param payload an id, or JSON; null for an event that says everything by its name */
  send(stream: Stream, event: string, payload: string | null): void
  /** Ends it because its token is no longer good. */
  end(): void
}>

/** Whether a connection may be told what people are told. */
export function mayHearNotifications({ viewer }: Connection): boolean {
  return covers(viewer.scopes, 'read:notifications')
}

/** Whether a connection may be told what is posted. */
export function mayHearPosts({ viewer }: Connection): boolean {
  return covers(viewer.scopes, 'read:statuses')
}
