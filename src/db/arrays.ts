import { type SQL, sql } from 'drizzle-orm'

/** Ids as one value, however many: a statement keeps its text and its plan. */
export function ids(values: readonly string[]): SQL {
  return sql`${idArray(values)}::bigint[]`
}

/** Ids as the value of a placeholder that is cast to `bigint[]`. */
export function idArray(values: readonly string[]): string {
  return `{${values.join(',')}}`
}

/** Moments as one value. */
export function moments(values: readonly Date[]): SQL {
  return sql`${`{${values.map((value) => value.toISOString()).join(',')}}`}::timestamptz[]`
}

/** Texts as one value. */
export function texts(values: readonly string[]): SQL {
  return sql`${textArray(values)}::text[]`
}

/** Texts as the value of a placeholder that is cast to `text[]`. @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
