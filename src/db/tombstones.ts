import { type SQL, sql } from 'drizzle-orm'
import { texts } from './arrays.ts'
import type { Db, Tx } from './client.ts'

/**
 * How long a withdrawal is remembered for something that we do not have. Late deliveries of it come within hours, but whoever has kept it with its
 * proof may bring it for as long as proofs count (`federation/proven.ts`).
 */
const keptMs = 7 * 24 * 3_600_000

/** Something withdrawn by an actor: the id of an object or of an activity. */
export type Withdrawal = Readonly<{ iri: string; actorId: string; now: Date }>

/**
 * Remembers that a remote actor withdrew something, so that it is refused should it come later. It counts for that actor's things only:
 * another one's claim proves nothing.
 */
export async function layTombstone(tx: Tx, { iri, actorId, now }: Withdrawal): Promise<void> {
  const expiresAt = new Date(now.getTime() + keptMs).toISOString()
  await tx.execute(sql`
    insert into tombstones (iri, actor_iri, expires_at)
    select ${iri}, iri, ${expiresAt} from actors where id = ${actorId} and iri is not null
    on conflict (iri, actor_iri) do update set expires_at = excluded.expires_at`)
}

/** Whether a remote actor has withdrawn something before it came. */
export async function isWithdrawn(db: Db | Tx, { iri, actorId, now }: Withdrawal): Promise<boolean> {
  const asked = isWithdrawnBy(sql`${iri}`, sql`${actorId}::bigint`, now)
  const [row] = await db.execute<{ is_withdrawn: boolean }>(sql`select ${asked} as is_withdrawn`)
  return row?.is_withdrawn === true
}

/** Makes transactions that are about one thing wait for each other: its Create, Update, Delete and fetched copy race. Held until commit. */
export async function lockByName(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** Shares a name with others who share it, and waits for whoever holds it alone (`lockByName`). */
export async function shareByName(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))`)
}

/** Locks many names, in an order that all who lock many take. */
export async function lockByNames(tx: Tx, names: readonly string[]): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${texts(names.toSorted())}) as name`,
  )
}

/** Whether an actor has withdrawn something before it came, as an expression. */
export function isWithdrawnBy(iri: SQL, actorId: SQL, now: Date): SQL {
  return sql`exists (select from tombstones join actors on actors.iri = tombstones.actor_iri
    where tombstones.iri = ${iri} and actors.id = ${actorId} and tombstones.expires_at > ${now.toISOString()})`
}
