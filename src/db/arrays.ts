import { type SQL, sql } from 'drizzle-orm'

/** Ids as one value, however many: a statement keeps its text and its plan. */
export function ids(values: readonly string[]): SQL {
  return sql`${`{${values.join(',')}}`}::bigint[]`
}

/** Moments as one value. */
export function moments(values: readonly Date[]): SQL {
  return sql`${`{${values.map((value) => value.toISOString()).join(',')}}`}::timestamptz[]`
}

/** Texts as one value. @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
export function texts(values: readonly string[]): SQL {
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`)
  return sql`${`{${quoted.join(',')}}`}::text[]`
}
