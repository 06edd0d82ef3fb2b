import { type SQL, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'

/** Somebody who waits for an answer, with what helps to decide. */
export type WaitingRequest = Readonly<{
  /** The id of the follow, by which the list is paged. */
  id: string
  followerId: string
  requestedAt: Date
  note: string | null
  /** How many of those whom the followee follows follow this person. */
  mutualsCount: number
  /** Nobody of that server has ever asked this actor. False for people of this instance. */
  isFirstFromHost: boolean
}>

/** A page of those who wait for an actor's answer, the last who asked first. */
export async function listWaiting(db: Db, followeeId: string, page: Page): Promise<WaitingRequest[]> {
  const others = sql.raw('"other"')
  const isSameHost: SQL = sql`exists (select from ${follows} ${others} join ${actors} "neighbour" on "neighbour".id = ${others}.follower_id
    where ${others}.followee_id = ${followeeId} and ${others}.id < ${follows.id} and "neighbour".host = ${actors.host})`
  return db
    .select({
      id: follows.id,
      followerId: follows.followerId,
      requestedAt: follows.requestedAt,
      note: follows.note,
      mutualsCount:
        sql<number>`(select count(*) from ${follows} "mine" join ${follows} "theirs" on "theirs".followee_id = ${follows.followerId}
        and "theirs".follower_id = "mine".followee_id and "theirs".state = 'accepted'
        where "mine".follower_id = ${followeeId} and "mine".state = 'accepted')`.mapWith(Number),
      isFirstFromHost: sql<boolean>`(${actors.host} is not null and not ${isSameHost})`,
    })
    .from(follows)
    .innerJoin(
      actors,
      sql`${actors.id} = ${follows.followerId} and ${actors.deletedAt} is null and ${actors.suspendedAt} is null`,
    )
    .where(
      sql`${follows.followeeId} = ${followeeId} and ${follows.state} = 'pending' and ${keyset(follows.id, page) ?? sql`true`}`,
    )
    .orderBy(keysetOrder(follows.id, page))
    .limit(page.limit)
}
