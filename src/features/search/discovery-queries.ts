import { and, desc, eq, isNull, ne, notExists, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors, suggestionDismissals } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, isListedFor } from '#src/features/posts/queries.ts'
import type { Slice } from './queries.ts'

/** Who agreed to be found, is there, and speaks for somebody. */
const isListed: SQL | undefined = and(
  actors.isDiscoverable,
  ne(actors.type, 'Application'),
  isNull(actors.deletedAt),
  isNull(actors.suspendedAt),
  isNull(actors.movedToIri),
)

/** Who agreed to be found: by when they last said something, or by when they came. */
export async function listDirectory(
  db: Db,
  readerId: string | null,
  { order, isLocal, limit, offset }: Slice & { order: 'active' | 'new'; isLocal: boolean },
): Promise<string[]> {
  const by = order === 'new' ? desc(actors.id) : sql`${actors.lastPostAt} desc nulls last`
  const rows = await db
    .select({ id: actors.id })
    .from(actors)
    .where(
      and(
        isListed,
        isLocal ? isNull(actors.host) : undefined,
        isListedFor(readerId, actors.id),
        authorVisibleTo(readerId, actors.id),
      ),
    )
    .orderBy(by, desc(actors.id))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}

/** Somebody whom an actor may want to follow, and how many of whom it follows do so already. */
export type SuggestionRow = Readonly<{ id: string; friends: number }>

/**
 * Whom an actor may want to follow: those whom the people that it follows follow, the most of them first; then others of this instance,
 * who said something last. Nobody is counted by how many follow them.
 */
export async function listSuggestions(db: Db, actorId: string, limit: number): Promise<SuggestionRow[]> {
  // The lists of remote actors are not known, and ours are not shown: only that it is some, never who. Written out, since drizzle takes
  // the table away from the columns of a query with one table.
  const friends = sql<number>`(select count(*)::int from ${follows} mine join ${follows} theirs
    on theirs.follower_id = mine.followee_id and theirs.state = 'accepted'
    where mine.follower_id = ${actorId} and mine.state = 'accepted' and theirs.followee_id = "actors"."id")`
  const isKnown = db
    .select({ one: sql`1` })
    .from(follows)
    .where(and(eq(follows.followerId, actorId), eq(follows.followeeId, actors.id)))
  const isUnwanted = db
    .select({ one: sql`1` })
    .from(suggestionDismissals)
    .where(and(eq(suggestionDismissals.actorId, actorId), eq(suggestionDismissals.dismissedId, actors.id)))
  return db
    .select({ id: actors.id, friends: friends.mapWith(Number).as('friends') })
    .from(actors)
    .where(
      and(
        isListed,
        ne(actors.id, actorId),
        notExists(isKnown),
        notExists(isUnwanted),
        isHeard(actorId, actors.id),
        eq(actors.standing, 'none'),
        authorVisibleTo(actorId, actors.id),
        sql`(${actors.host} is null or ${friends} > 0)`,
      ),
    )
    .orderBy(sql`friends desc`, sql`${actors.lastPostAt} desc nulls last`, desc(actors.id))
    .limit(limit)
}

/** Suggests somebody no more. */
export async function insertDismissal(tx: Tx, actorId: string, dismissedId: string): Promise<void> {
  await tx.insert(suggestionDismissals).values({ actorId, dismissedId }).onConflictDoNothing()
}
