import { sql } from 'drizzle-orm'
import { texts } from '#src/db/arrays.ts'
import type { Db } from '#src/db/client.ts'

/** How many of one of ours follow somebody there, and are followed from there. */
export type CutOf = Readonly<{
  actorId: string
  followers: number
  following: number
}>

/** What a block of some servers takes away: what is known from there, and the follows of ours by identity, the most first. */
export type Cuts = Readonly<{
  /** Servers from which somebody is known, those below a name among them. */
  hosts: readonly string[]
  actors: number
  posts: number
  followers: number
  following: number
  identities: readonly CutOf[]
}>

const nobody: Cuts = { hosts: [], actors: 0, posts: 0, followers: 0, following: 0, identities: [] }

/** The servers from which somebody is known: of a handle, and of a document when that is elsewhere. */
async function listPlaces(db: Db): Promise<{ host: string; home: string }[]> {
  return db.execute<{ host: string; home: string }>(sql`
    select distinct host, split_part(iri, '/', 3) as home from actors where host is not null`)
}

/** Whether a host bears one of some names or is below one. */
function isBelow(host: string, names: ReadonlySet<string>): boolean {
  const labels = host.replace(/:\d+$/, '').split('.')
  return names.has(host) || labels.some((_label, at) => names.has(labels.slice(at).join('.')))
}

/**
 * What a block of these names would take away, and of whom. Nothing is deleted by a block: all of this is hidden and rests until it is
 * taken back.
 */
export async function listCuts(db: Db, names: readonly string[]): Promise<Cuts> {
  const wanted = new Set(names)
  const places = await listPlaces(db)
  const cut = places.filter(({ host, home }) => isBelow(host, wanted) || isBelow(home, wanted))
  if (cut.length === 0) return nobody
  const hosts = [...new Set(cut.map(({ host }) => host))].sort()
  const theirs = sql`(select id from actors where host = any(${texts(hosts)}) and deleted_at is null)`
  const [[counts], identities] = await Promise.all([
    db.execute<{ actors: string; posts: string }>(sql`
      select (select count(*) from ${theirs} t) as actors,
        (select count(*) from posts where actor_id in ${theirs} and deleted_at is null) as posts`),
    db.execute<{ id: string; followers: string; following: string }>(sql`
      select ours.id::text as id, count(*) filter (where ours.is_followed) as followers,
        count(*) filter (where not ours.is_followed) as following
      from (select followee_id as id, true as is_followed from follows
          where state = 'accepted' and follower_id in ${theirs}
        union all select follower_id, false from follows where state = 'accepted' and followee_id in ${theirs}) ours
      join actors a on a.id = ours.id and a.host is null and a.deleted_at is null
      group by ours.id order by count(*) desc, ours.id limit 500`),
  ])
  const of = identities.map((row) => ({
    actorId: row.id,
    followers: Number(row.followers),
    following: Number(row.following),
  }))
  const sum = (name: 'followers' | 'following') => of.reduce((total, row) => total + row[name], 0)
  return {
    hosts,
    actors: Number(counts?.actors ?? 0),
    posts: Number(counts?.posts ?? 0),
    followers: sum('followers'),
    following: sum('following'),
    identities: of,
  }
}

/** How many are known, and how many follows there are in each direction, of some hosts with their subdomains, by the name that was asked. */
export async function countPeople(
  db: Db,
  names: readonly string[],
): Promise<Map<string, { actors: number; follows: number }>> {
  if (names.length === 0) return new Map()
  const rows = await db.execute<{
    name: string
    actors: string
    follows: string
  }>(sql`
    select wanted.name, count(a.id) as actors, coalesce(sum((select count(*) from follows f
        where f.state = 'accepted' and (f.follower_id = a.id or f.followee_id = a.id))), 0) as follows
    from unnest(${texts(names)}) as wanted (name)
    join actors a on a.host is not null and a.deleted_at is null and (a.host = wanted.name or a.host like '%.' || wanted.name)
    group by wanted.name`)
  return new Map(rows.map((row) => [row.name, { actors: Number(row.actors), follows: Number(row.follows) }]))
}
