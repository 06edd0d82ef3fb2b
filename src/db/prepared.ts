import { Column, fillPlaceholders, is, type Query, SQL } from 'drizzle-orm'
import type postgres from 'postgres'
import type { Db, Tx } from './client.ts'

/** A query that waits for the values of its placeholders. */
export type Prepared<Rows> = Readonly<{ execute(values: Record<string, unknown>): Promise<Rows> }>

/** A drizzle select of plain columns and expressions. */
type Select<Rows> = PromiseLike<Rows> & Readonly<{ toSQL(): Query; _: { readonly selectedFields: unknown } }>

/**
 * A query that runs for nearly every request: built once, planned once for each connection, its rows read by functions that are chosen once.
 * Building a query with drizzle costs more than running it, so does planning one that asks who may see something, and drizzle asks for
 * every value of every row anew how to read it. In a transaction it runs there.
 * @param build makes a select of columns and expressions, or of groups of them as drizzle has them for joined tables, with placeholders; the
 * arguments after `db` are its variants, of which there must be few, since every one of them stays in memory
 */
export function prepared<Row, Variant extends readonly (string | number | boolean)[] = []>(
  build: (db: Db, ...variant: Variant) => Select<Row[]>,
): (db: Db | Tx, ...variant: Variant) => Prepared<Row[]> {
  const made = new Map<string, Compiled<Row>>()
  return (db, ...variant) => {
    const key = variant.join(' ')
    // Both put the same words together.
    const query = made.get(key) ?? compile(build(db as Db, ...variant))
    made.set(key, query)
    return { execute: (values) => run(db, query, values) }
  }
}

/** The words of a query, the values that they wait for, and how its rows are read. */
type Compiled<Row> = Readonly<{ text: string; params: unknown[]; read: (row: readonly unknown[]) => Row }>

function compile<Row>(select: Select<Row[]>): Compiled<Row> {
  const { columns } = readersOf(select._.selectedFields as Fields)
  return { ...withConstants(select.toSQL()), read: (row) => readRow(columns, row) as Row }
}

async function run<Row>(db: Db | Tx, { text, params, read }: Compiled<Row>, values: object): Promise<Row[]> {
  const filled = fillPlaceholders(params, values as Record<string, unknown>)
  const rows = await clientOf(db)
    .unsafe(text, filled as never[], { prepare: true })
    .values()
  return rows.map(read)
}

/** The connections for kept plans, or the one on which a transaction runs: drizzle has it, and no type that says so. */
function clientOf(db: Db | Tx): postgres.ISql {
  if ('$plans' in db) return db.$plans
  return (db._.session as unknown as { client: postgres.ISql }).client
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

type Fields = Readonly<Record<string, unknown>>

/** How a value of a row is read: a column by its place, or a group of columns, which is null when there was nothing to join. */
type Reader =
  | Readonly<{ name: string; at: number; read: ((value: unknown) => unknown) | null }>
  | Readonly<{ name: string; columns: readonly Reader[] }>

function readersOf(fields: Fields, from = 0): { columns: Reader[]; next: number } {
  const columns: Reader[] = []
  let next = from
  for (const [name, field] of Object.entries(fields)) {
    if (is(field, SQL.Aliased) || is(field, SQL)) columns.push({ name, at: next++, read: null })
    else if (is(field, Column)) columns.push({ name, at: next++, read: readerOf(field) })
    else {
      const group = readersOf(field as Fields, next)
      columns.push({ name, columns: group.columns })
      next = group.next
    }
  }
  return { columns, next }
}

function readerOf(column: Column): ((value: unknown) => unknown) | null {
  return plain.has(column.columnType) ? null : (value) => column.mapFromDriverValue(value)
}

function readRow(columns: readonly Reader[], row: readonly unknown[]): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const column of columns) {
    if ('columns' in column) {
      const group = readRow(column.columns, row)
      made[column.name] = Object.values(group).every((value) => value === null) ? null : group
      continue
    }
    const value = row[column.at]
    made[column.name] = value === null || column.read === null ? value : column.read(value)
  }
  return made
}
