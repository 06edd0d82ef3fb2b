import type { Ctx, Viewer } from '#src/context.ts'
import { findList } from '#src/features/lists/queries.ts'
import { readStream, type Stream, type StreamRefusal, type StreamWish } from './names.ts'

/** The stream that a client asks for, if it may have it: a list is its owner's alone. */
export async function findStream(ctx: Ctx, viewer: Viewer, asked: StreamWish): Promise<Stream | StreamRefusal> {
  const stream = readStream(asked, viewer.scopes)
  if ('error' in stream || stream.listId === null) return stream
  const list = await findList(ctx.db, viewer.actorId, stream.listId)
  return list ? stream : { status: 401, error: 'Not authorized to stream this list' }
}
