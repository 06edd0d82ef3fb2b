import type { Ctx } from '#src/context.ts'
import { type GivenReaction, listReactionsOf } from '#src/features/reactions/emoji-queries.ts'
import type { NotificationRow } from './queries.ts'

/** With what people have reacted, by whom and to what. */
export type Reactions = ReadonlyMap<string, readonly GivenReaction[]>

const keyOf = (actorId: string, postId: string) => `${actorId} ${postId}`

/** The emojis of which notifications tell, in one query, and in none where there are no likes among them. */
export async function findReactions({ db }: Pick<Ctx, 'db'>, rows: readonly NotificationRow[]): Promise<Reactions> {
  const pairs = rows.flatMap(({ kind, fromActorId: actorId, postId }) =>
    kind === 'favourite' && postId ? [{ actorId, postId }] : [],
  )
  const given = await listReactionsOf(db, pairs)
  return Map.groupBy(given, ({ actorId, postId }) => keyOf(actorId, postId))
}

/** Those of which one notification tells, the first first. */
export function reactionsIn(reactions: Reactions, row: NotificationRow): readonly GivenReaction[] {
  if (row.kind !== 'favourite' || !row.postId) return []
  return reactions.get(keyOf(row.fromActorId, row.postId)) ?? []
}
