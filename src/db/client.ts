import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { connect } from './connect.ts'
import { keepPlans } from './statements.ts'

/** The database: for reads, and for opening a transaction. `$plans` has connections for queries whose plan is kept; see `prepared.ts`. */
export type Db = PostgresJsDatabase & { $client: postgres.Sql; $plans: postgres.Sql }
/** An open transaction. Whatever must happen together takes one of these, never a `Db`. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

/** Connections at the most: a transaction keeps one for itself. */
const most = 10

/**
 * Connections for kept plans. What is asked of them takes a millisecond, and each sends on what comes while it waits: a query that shares a
 * journey with others costs half as much as one that wakes a process of its own.
 */
const mostPlans = 3

/**
 * Left to itself PostgreSQL plans a query anew at every run as long as it hopes to gain by that, which for the large queries on posts takes
 * longer than running them. Planned once it must be for whatever comes: by the indexes that these queries are written for, and not by
 * reading a whole table or sorting a whole list, as looks cheap on the day when there is little in it. Where there is no other way it does
 * both all the same. It can only be told for a whole connection.
 * @see https://www.postgresql.org/docs/current/runtime-config-query.html
 */
const forPlans = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_sort: 'off',
  enable_bitmapscan: 'off',
}

/** Opens the pools of connections to a PostgreSQL address. */
export function openDatabase(url: string): Db {
  const connection = { application_name: 'entremise' }
  // Notices tell of things that migrations and "if not exists" do on purpose.
  const onnotice = () => {}
  const client = connect(url, { max: most, onnotice, connection })
  const plans = connect(url, { max: mostPlans, onnotice, connection: { ...connection, ...forPlans } })
  const db = drizzle(keepPlans(client), { casing: 'snake_case' }) as Omit<Db, '$plans'>
  return Object.assign(db, { $plans: plans }) as Db
}

/** Closes the pools; running queries get five seconds. */
export async function closeDatabase(db: Db): Promise<void> {
  await Promise.all([db.$client.end({ timeout: 5 }), db.$plans.end({ timeout: 5 })])
}

/** Serialization failure and deadlock: PostgreSQL asks for the transaction to be run again. */
const runAgain = new Set(['40001', '40P01'])

/**
 * Runs `work` in a transaction, and again (twice at most) when PostgreSQL asks for it. Nothing that talks to the network, to files or to
 * images may happen inside.
 */
export async function transaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (left === 0 || !runAgain.has(sqlState(error))) throw error
    }
  }
}

/** The five characters by which PostgreSQL names an error, or '' for any other error. */
export function sqlState(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}
