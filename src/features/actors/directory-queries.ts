import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { type Actor, listActors } from './queries.ts'

/** The actors of this instance who agreed to be shown to strangers: organisations first, then by how many follow them. */
export async function listPublicActors(db: Db, limit: number): Promise<Actor[]> {
  const isOrganization = sql`(${actors.type} = 'Organization')`
  const rows = await db
    .select({ id: actors.id })
    .from(actors)
    .where(
      and(
        isNull(actors.host),
        eq(actors.isDiscoverable, true),
        ne(actors.type, 'Application'),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
        isNull(actors.movedToIri),
      ),
    )
    .orderBy(desc(isOrganization), desc(actors.followersCount), actors.id)
    .limit(limit)
  return listActors(
    db,
    rows.map(({ id }) => id),
  )
}
