import { and, desc, eq, exists, isNull, like, ne, not, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groups } from '#src/db/schema/groups.ts'
import { type Actor, listActors } from './queries.ts'

/** A search for people. */
export type ActorSearch = Readonly<{
  /** What was typed. */
  text: string
  /** The name part of an address, in lower case, if what was typed can be one. */
  handle: string | null
  /** The host part: null for ours, undefined when none was typed. */
  host: string | null | undefined
  viewerActorId: string | null
  /** Only whom the viewer follows. */
  isFollowed: boolean
  limit: number
  offset: number
}>

/**
 * Finds actors by the beginning of their handle or a part of their name. Those elsewhere who did not agree to be found are found by their
 * full address only, and by whom they have to do with; so are private groups of ours, which show themselves to who has their address.
 */
export async function searchActors(db: Db | Tx, search: ActorSearch): Promise<Actor[]> {
  const { viewerActorId: viewer } = search
  const isExact = sql<boolean>`(${exactMatch(search)})`
  const isFollowed = viewer ? followExists(db, sql`${viewer}`, sql`${actors.id}`) : sql`false`
  const isFollower = viewer ? followExists(db, sql`${actors.id}`, sql`${viewer}`) : sql`false`
  // Of who is limited, as of who did not agree, only those hear who have to do with them or know the address.
  const isOpen = and(actors.isDiscoverable, eq(actors.standing, 'none'))
  const isPrivate = sql`exists (select from ${groups} where ${groups.actorId} = ${actors.id} and ${groups.isPrivate})`
  const mayBeFound = or(and(isNull(actors.host), not(isPrivate)), isOpen, isFollowed, isFollower)
  const rows = await db
    .select({ id: actors.id })
    .from(actors)
    .where(
      and(
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
        ne(actors.type, 'Application'),
        or(isExact, and(partialMatch(search), mayBeFound)),
        search.isFollowed ? isFollowed : undefined,
      ),
    )
    // A text that cannot be a handle matches none exactly, and PostgreSQL does not order by a constant.
    .orderBy(...(search.handle === null ? [] : [desc(isExact)]), desc(actors.followersCount), desc(actors.id))
    .limit(search.limit)
    .offset(search.offset)
  return listActors(
    db,
    rows.map(({ id }) => id),
  )
}

function exactMatch({ handle, host }: ActorSearch): SQL | undefined {
  if (handle === null) return sql`false`
  return and(sql`lower(${actors.handle}) = ${handle}`, host ? eq(actors.host, host) : isNull(actors.host))
}

function partialMatch({ text, handle, host }: ActorSearch): SQL | undefined {
  const isNamed = host === undefined ? nameMatch(text) : undefined
  if (handle === null) return isNamed ?? sql`false`
  const begins = like(sql`lower(${actors.handle})`, `${escapeLike(handle)}%`)
  if (host === undefined) return or(isNamed, begins)
  return and(begins, host === null ? isNull(actors.host) : like(actors.host, `${escapeLike(host)}%`))
}

/** A part of a name, or words that are nearly in it: case, accents and a wrong letter do not count. */
function nameMatch(text: string): SQL {
  const part = sql`fold(${actors.name}) like '%' || fold(${escapeLike(text)}) || '%'`
  // Two letters are like nearly everything.
  return text.length < 4 ? part : sql`(${part} or fold(${text}) <% fold(${actors.name}))`
}

function followExists(db: Db | Tx, followerId: SQL, followeeId: SQL): SQL {
  return exists(
    db
      .select({ one: sql`1` })
      .from(follows)
      .where(
        and(
          sql`${follows.followerId} = ${followerId}`,
          sql`${follows.followeeId} = ${followeeId}`,
          eq(follows.state, 'accepted'),
        ),
      ),
  )
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
