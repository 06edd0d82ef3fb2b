import type { Ctx } from '#src/context.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import type { ConversationRow } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Conversation/ */
export type Conversation = Readonly<{
  id: string
  unread: boolean
  accounts: readonly Account[]
  last_status: Status | null
}>

/** Conversations of an actor as its clients read them, in a constant number of queries. */
export async function loadConversations(
  ctx: Ctx,
  actorId: string,
  rows: readonly ConversationRow[],
): Promise<Conversation[]> {
  // Clients expect somebody there: a note to oneself is a conversation with oneself.
  const othersOf = ({ participantIds }: ConversationRow) => (participantIds.length > 0 ? participantIds : [actorId])
  const [actors, statuses] = await Promise.all([
    listActors(ctx.db, [...new Set(rows.flatMap(othersOf))]),
    loadStatuses(
      ctx,
      actorId,
      rows.map(({ shownPostId }) => shownPostId),
    ),
  ])
  const accounts = new Map(actors.map((actor) => [actor.id, toAccount(ctx, actor)]))
  const byId = new Map(statuses.map((status) => [status.id, status]))
  return rows.map((row) => ({
    id: row.id,
    unread: row.isUnread,
    accounts: othersOf(row).flatMap((id) => accounts.get(id) ?? []),
    last_status: byId.get(row.shownPostId) ?? null,
  }))
}
