import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'

/** The followers that an actor of another server has here. */
export async function listLocalFollowers(db: Db, followeeId: string): Promise<{ id: string; handle: string }[]> {
  return db
    .select({ id: actors.id, handle: actors.handle })
    .from(follows)
    .innerJoin(actors, eq(actors.id, follows.followerId))
    .where(
      and(
        eq(follows.followeeId, followeeId),
        eq(follows.state, 'accepted'),
        isNull(actors.host),
        isNull(actors.deletedAt),
      ),
    )
}

/** The ids of an actor's followers on one server: those whose ids have its host (FEP-8fcf). */
export async function listFollowerIris(db: Db, followeeId: string, host: string): Promise<string[]> {
  const rows = await db.execute<{ iri: string }>(sql`
    select a.iri from follows f join actors a on a.id = f.follower_id
    where f.followee_id = ${followeeId} and f.state = 'accepted' and a.host is not null and a.deleted_at is null
      and split_part(a.iri, '/', 3) = ${host}
    order by f.id`)
  return rows.map(({ iri }) => iri)
}

/** Takes it on to read whom of ours a remote actor counts as followers; false when somebody has done so since `before`. */
export async function claimComparison(
  db: Db,
  actorId: string,
  { before, now }: Readonly<{ before: Date; now: Date }>,
): Promise<boolean> {
  const { followersReadAt: at } = actors
  const rows = await db
    .update(actors)
    .set({ followersReadAt: now })
    .where(and(eq(actors.id, actorId), isNotNull(actors.host), or(isNull(at), lt(at, before))))
    .returning({ id: actors.id })
  return rows.length > 0
}
