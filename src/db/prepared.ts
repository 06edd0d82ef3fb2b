import type { Db } from './client.ts'

/**
 * A query that runs for nearly every request: built once for a database, and planned once for each of its connections. Building a query
 * with drizzle costs more than running it, and so does planning one that asks who may see something.
 * @param build makes the query with placeholders and ends in `.prepare(name)`; the arguments after `db` are its variants, of which there
 * must be few, since every one of them stays in memory
 */
export function prepared<Query, Variant extends readonly (string | number | boolean)[] = []>(
  build: (db: Db, ...variant: Variant) => Query,
): (db: Db, ...variant: Variant) => Query {
  const made = new WeakMap<Db, Map<string, Query>>()
  return (db, ...variant) => {
    const ofDatabase = made.get(db) ?? new Map<string, Query>()
    made.set(db, ofDatabase)
    const key = variant.join(' ')
    const query = ofDatabase.get(key) ?? build(db, ...variant)
    ofDatabase.set(key, query)
    return query
  }
}
