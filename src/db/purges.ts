import { type SQL, sql } from 'drizzle-orm'
import { texts } from './arrays.ts'
import { type Db, type Tx, transaction } from './client.ts'
import { lockByNames } from './tombstones.ts'

/** Rows that are looked at in one statement. */
const atOnce = 500

/**
 * Rows that may go when nothing refers to them. What refers to them by a foreign key is asked of the database itself, so that a table that
 * is added later holds what it refers to without being named here; only what has no foreign key is.
 */
type Purge = Readonly<{
  table: string
  key: string
  type: 'bigint' | 'text'
  /** Columns with a foreign key that do not hold a row, but go with it, as in `media.actor_id`. */
  goesAlong: readonly string[]
  /** Which rows are old enough; `r` is the row. */
  isOld(before: Date): SQL
  /** What holds a row without a foreign key. */
  isHeld: SQL
  /** What must have been put away before the row goes, since nothing finds it afterwards. */
  isUnready: SQL
  /** Under which name those wait who write such a row; null: under none. */
  nameOf: SQL
}>

const never = sql`false`
const unnamed = sql`null::text`

/** Whose id a fact names of which the consequences are still to come. */
const waitingFacts = sql`
  select v #>> '{}' from (
    select payload from effects where dispatched_at is null and parked_at is null
    union all
    select payload from effects where dispatched_at is not null and finished_at is null and parked_at is null
    union all
    select payload from effects where parked_at is not null
  ) as e cross join lateral jsonb_path_query(e.payload, 'strict $.**') as v where jsonb_typeof(v) = 'string'`

const waitingActivities = sql`
  select unnest(array[actor_iri, coalesce(signer_iri, actor_iri)]) from inbox_activities
  where processed_at is null
  union all
  select unnest(array[actor_iri, coalesce(signer_iri, actor_iri)]) from inbox_activities
  where parked_at is not null`

/** Who was met once and has nothing to do with anybody here. What an alias of somebody elsewhere says is read there anew when it counts. */
export const strangers: Purge = {
  table: 'actors',
  key: 'id',
  type: 'bigint',
  goesAlong: ['media.actor_id'],
  isOld: (before) => sql`r.host is not null and r.restriction = 'none'
    and coalesce(r.fetched_at, r.created_at) < ${before.toISOString()}::timestamptz`,
  isHeld: sql`exists (select from media m where m.actor_id = r.id and (m.deleted_at is not null or m.post_id is not null or m.product_id is not null or m.scheduled_post_id is not null))
    or exists (select from actors a where a.moved_to_iri = r.iri)
    or exists (select from direct_conversations c where c.participant_ids @> array[r.id])
    or exists (select from activities a where a.recipient_ids @> array[r.id])
    or exists (select from audit a where a.subject_id = r.id)
    or r.iri in (select actor_iri from relays where actor_iri is not null)
    or r.iri in (select jsonb_array_elements_text(a.also_known_as) from actors a where a.host is null)
    or r.id::text in (${waitingFacts})
    or r.iri in (${waitingActivities})`,
  isUnready: sql`exists (select from media m where m.actor_id = r.id and m.cached_at is not null)`,
  // The same name as whoever stores an actor takes.
  nameOf: sql`'actor ' || r.iri`,
}

/** Addresses to which nothing is delivered any more. */
export const idleInboxes: Purge = {
  table: 'inboxes',
  key: 'id',
  type: 'bigint',
  goesAlong: [],
  isOld: (before) => sql`r.id < ${idAt(before)}`,
  isHeld: sql`r.id in (select unnest(inbox_ids) from deliveries where finished_at is null
    union all select unnest(inbox_ids) from deliveries where parked_at is not null)
    or r.id::text in (${waitingFacts})`,
  isUnready: never,
  nameOf: unnamed,
}

/** Servers without such an address, to which nothing went lately. */
export const idleHosts: Purge = {
  table: 'hosts',
  key: 'host',
  type: 'text',
  goesAlong: [],
  isOld: (before) => sql`greatest(r.created_at, r.last_success_at) < ${before.toISOString()}::timestamptz`,
  isHeld: never,
  isUnready: never,
  nameOf: unnamed,
}

/** Hashtags that stand in no post, and that nobody follows or features. */
export const idleTags: Purge = {
  table: 'tags',
  key: 'id',
  type: 'bigint',
  goesAlong: [],
  isOld: (before) => sql`r.created_at < ${before.toISOString()}::timestamptz`,
  isHeld: never,
  isUnready: never,
  nameOf: unnamed,
}

/** Client programs that nobody has ever let in. */
export const idleApps: Purge = {
  table: 'oauth_apps',
  key: 'id',
  type: 'bigint',
  goesAlong: [],
  isOld: (before) => sql`r.authorized_at is null and r.created_at < ${before.toISOString()}::timestamptz`,
  isHeld: never,
  isUnready: never,
  nameOf: unnamed,
}

/** All of them, for who looks whether what refers to them can be found quickly. */
export const purges = [strangers, idleInboxes, idleHosts, idleTags, idleApps]

/** The smallest id that is made at a moment; see `make_id`. */
function idAt(moment: Date): SQL {
  return sql`${String(BigInt(moment.getTime()) << 16n)}::bigint`
}

/** Whether a row `r` is referred to, as an expression that is looked up by index: the tables with the most rows first. */
export async function holds(db: Db | Tx, { table, goesAlong, isHeld }: Purge): Promise<SQL> {
  const rows = await db.execute<{ condition: string }>(sql`
    select format('exists (select from %s x where x.%I = r.%I)', c.conrelid::regclass, mine.attname, theirs.attname) as condition
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join pg_attribute mine on mine.attrelid = c.conrelid and mine.attnum = c.conkey[1]
    join pg_attribute theirs on theirs.attrelid = c.confrelid and theirs.attnum = c.confkey[1]
    where c.contype = 'f' and c.confrelid = ${table}::regclass
      and not c.conrelid::regclass || '.' || mine.attname = any(${texts(goesAlong)})
    order by t.reltuples desc, 1`)
  return sql.join([...rows.map(({ condition }) => sql.raw(condition)), isHeld], sql` or `)
}

/** A page of old rows: those that nothing refers to, and where the next page begins; null: there is none. */
export type Page = Readonly<{ free: string[]; last: string | null }>

/** Looks through the old rows of a table in the order of their keys, one page at a time. */
export async function listFree(
  db: Db,
  purge: Purge,
  { before, after }: { before: Date; after: string | null },
): Promise<Page> {
  const [table, key] = [sql.raw(purge.table), sql.raw(`r.${purge.key}`)]
  const begin = after === null ? sql`true` : sql`${key} > ${after}::${sql.raw(purge.type)}`
  const rows = await db.execute<{ key: string; is_free: boolean }>(sql`
    with page as materialized (
      select ${key} from ${table} r where ${begin} and ${purge.isOld(before)} order by ${key} limit ${atOnce}
    )
    select ${key}::text as key, not (${await holds(db, purge)}) as is_free
    from page join ${table} r using (${sql.raw(purge.key)}) order by ${key}`)
  const free = rows.filter((row) => row.is_free).map((row) => row.key)
  return { free, last: rows.length < atOnce ? null : (rows.at(-1)?.key ?? null) }
}

/**
 * Deletes those of some rows that are still old and still free. They are locked before they are asked for once more: who refers to one of them
 * meanwhile holds it, and then it is passed by. Returns how many.
 */
export async function deleteFree(
  db: Db,
  purge: Purge,
  { before, keys }: { before: Date; keys: readonly string[] },
): Promise<number> {
  if (keys.length === 0) return 0
  const [table, key] = [sql.raw(purge.table), sql.raw(`r.${purge.key}`)]
  const among = (some: readonly string[]) => sql`${key} = any(${texts(some)}::${sql.raw(purge.type)}[])`
  return transaction(db, async (tx) => {
    const named = await tx.execute<{ name: string | null }>(
      sql`select ${purge.nameOf} as name from ${table} r where ${among(keys)}`,
    )
    await lockByNames(
      tx,
      named.flatMap(({ name }) => name ?? []),
    )
    const locked = await tx.execute<{ key: string }>(sql`
      select ${key}::text as key from ${table} r where ${among(keys)} order by ${key} for update skip locked`)
    // A statement of its own: it sees what was committed until the rows were locked.
    const gone = await tx.execute(sql`
      delete from ${table} r where ${among(locked.map((row) => row.key))}
        and ${purge.isOld(before)} and not (${purge.isUnready} or ${await holds(tx, purge)}) returning ${key}`)
    return gone.length
  })
}

/**
 * Deletes the old rows of a table to which nothing refers, a page at a time.
 * @param prepare what is to be done first about those that are about to go; they may stay all the same
 */
export async function purgeFree(
  db: Db,
  purge: Purge,
  { before, prepare }: { before: Date; prepare?: (keys: readonly string[]) => Promise<void> },
): Promise<number> {
  let [total, after]: [number, string | null] = [0, null]
  do {
    const { free, last } = await listFree(db, purge, { before, after })
    if (free.length > 0) await prepare?.(free)
    total += await deleteFree(db, purge, { before, keys: free })
    after = last
  } while (after !== null)
  return total
}
