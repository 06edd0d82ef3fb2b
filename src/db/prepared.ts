import { Column, fillPlaceholders, is, type Query, SQL } from 'drizzle-orm'
import type { Db } from './client.ts'

/** A query that waits for the values of its placeholders. */
export type Prepared<Rows> = Readonly<{ execute(values: Record<string, unknown>): Promise<Rows> }>

/** A drizzle select of plain columns and expressions. */
type Select<Rows> = PromiseLike<Rows> & Readonly<{ toSQL(): Query; _: { readonly selectedFields: unknown } }>

/**
 * A query that runs for nearly every request: built once for a database, planned once for each of its connections, its rows read by
 * functions that are chosen once. Building a query with drizzle costs more than running it, so does planning one that asks who may see
 * something, and drizzle asks for every value of every row anew how to read it.
 * @param build makes a select with placeholders; the arguments after `db` are its variants, of which there must be few, since every one of
 * them stays in memory
 * @param plan `each`: planned at every run, for lists of one actor, which are short for most and very long for some: a plan for all of them
 * reads the whole list and sorts it
 */
export function prepared<Row, Variant extends readonly (string | number | boolean)[] = []>(
  build: (db: Db, ...variant: Variant) => Select<Row[]>,
  plan: 'once' | 'each' = 'once',
): (db: Db, ...variant: Variant) => Prepared<Row[]> {
  const made = new WeakMap<Db, Map<string, Prepared<Row[]>>>()
  return (db, ...variant) => {
    const ofDatabase = made.get(db) ?? new Map<string, Prepared<Row[]>>()
    made.set(db, ofDatabase)
    const key = variant.join(' ')
    const query = ofDatabase.get(key) ?? compile(db, build(db, ...variant), plan)
    ofDatabase.set(key, query)
    return query
  }
}

function compile<Row>(db: Db, select: Select<Row[]>, plan: 'once' | 'each'): Prepared<Row[]> {
  const { text, params } = withConstants(select.toSQL())
  const columns = Object.entries(select._.selectedFields as Record<string, unknown>).map(readerOf)
  const client = plan === 'once' ? db.$plans : db.$client
  return {
    execute: async (values) => {
      const rows = await client
        .unsafe(text, fillPlaceholders(params, values) as never[], { prepare: plan === 'once' })
        .values()
      return rows.map((row) => {
        const made: Record<string, unknown> = {}
        for (const [index, { name, read }] of columns.entries()) {
          const value = row[index]
          made[name] = value === null || read === null ? value : read(value)
        }
        return made as Row
      })
    },
  }
}

/**
 * Writes what is the same at every run into the text: PostgreSQL plans badly for a limit that it does not know, and uses a partial index
 * only when it sees the words of its condition.
 */
function withConstants(query: Query): { text: string; params: unknown[] } {
  const params: unknown[] = []
  const text = query.sql.replace(/\$(\d+)/g, (_mark, number) => {
    const param = query.params[Number(number) - 1]
    if (typeof param === 'number' || typeof param === 'boolean') return String(param)
    if (typeof param === 'string') return `'${param.replaceAll("'", "''")}'`
    return `$${params.push(param)}`
  })
  return { text, params }
}

/** Columns whose values the driver gives as they are wanted. Expressions come as the driver gives them, too. */
const plain = new Set(['PgText', 'PgBoolean', 'PgEnumColumn'])

type Reader = Readonly<{ name: string; read: ((value: unknown) => unknown) | null }>

function readerOf([name, field]: [string, unknown]): Reader {
  if (is(field, SQL.Aliased) || is(field, SQL)) return { name, read: null }
  if (!is(field, Column)) throw new Error(`the prepared query selects ${name}, which is no plain column or expression`)
  return { name, read: plain.has(field.columnType) ? null : (value) => field.mapFromDriverValue(value) }
}
