import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { findReactionByActivity } from '#src/features/reactions/emoji-queries.ts'
import { findLikeBetween } from '#src/features/reactions/queries.ts'

/** A like, or an EmojiReact with its emoji (null: it cannot be read), as groups pass it on; `iri` is the id of its activity. */
export type Liking = Readonly<{ speaker: Actor; post: Post; iri: string | null; emoji: string | null | undefined }>

/** One name for each post, or emoji there, of what somebody passes on, however often the mind is changed. */
export function keyOfLiking({ post, emoji }: Liking): string {
  return emoji === undefined ? post.id : `${post.id} ${emoji}`
}

/** Whether it is kept here. */
export async function isLiking(ctx: Ctx, { speaker, post, iri, emoji }: Liking): Promise<boolean> {
  if (emoji === undefined) return (await findLikeBetween(ctx.db, speaker.id, post.id)) !== null
  return iri !== null && (await findReactionByActivity(ctx.db, speaker.id, iri)) !== null
}
