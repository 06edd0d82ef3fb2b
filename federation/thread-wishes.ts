import type { Ctx } from '#src/context.ts'
import { wishReading } from '#src/features/posts/reading-queries.ts'

/** What comes in is looked after within this time, at random: the many servers that got it ask one server. */
const spreadMs = 60_000

/** Asks for the rest of the conversation of an answer that came in from elsewhere. */
export async function wishThread(ctx: Ctx, postId: string): Promise<void> {
  const now = ctx.now()
  const dueAt = new Date(now.getTime() + Math.random() * spreadMs)
  await wishReading(ctx.db, { postId, isOpened: false, dueAt, now }, `${ctx.uris.publicUrl}/`)
}
