import { fromCell, rowsOf, separatorOf, toCell } from '#src/core/csv.ts'
import { Problem } from '#src/errors.ts'
import { blankProduct, productFields, readProduct, type TypedProduct, typedOf } from './input.ts'
import { checkProduct, type ProductValues } from './policy.ts'

/** Bytes of a table at the most: some thousand products. */
export const maxTableBytes = 600_000

/**
 * What is wrong with a row: the name of its field, with the word of the client API for what is wrong there; or that it stands there twice or cannot
 * be read.
 */
export type TableProblem = Readonly<{ line: number; text: string; field: string; error?: string }>

/** Products as a table has them, with the rows that cannot be used. */
export type ReadTable = Readonly<{ products: readonly ProductValues[]; problems: readonly TableProblem[] }>

type Column = (typeof productFields)[number]

/** Products as a table that `readTable` reads too; amounts with a point. */
export function writeTable(products: readonly ProductValues[]): string {
  const rows = products.map((values) => {
    const typed = typedOf(values)
    return productFields.map((field) => toCell(typed[field]))
  })
  return `${[[...productFields], ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`
}

/**
 * Reads a table: CSV with the names of the columns in its first line, in any order; what has no column is as in a new product, or stays as it
 * is in a known one.
 * @param known products that are there already, by their numbers
 */
export function readTable(text: string, known: ReadonlyMap<string, ProductValues>): ReadTable {
  const products: ProductValues[] = []
  const problems: TableProblem[] = []
  const seen = new Set<string>()
  let columns: readonly (Column | null)[] | null = null
  const table = text.replace(/^\uFEFF/, '')
  for (const { line, cells } of rowsOf(table, separatorOf(table))) {
    const shown = (cells?.join(',') ?? '').slice(0, 200)
    if (!cells) problems.push({ line, text: shown, field: 'row' })
    if (!cells || shown.replaceAll(',', '').trim() === '') continue
    if (!columns) {
      columns = headingOf(cells)
      if (columns.includes('name') || columns.includes('sku')) continue
      return { products, problems: [{ line, text: shown, field: 'row' }] }
    }
    const read = readRow(columns, cells, known)
    const isTwice = 'name' in read && read.sku !== '' && seen.has(read.sku)
    if (isTwice) problems.push({ line, text: shown, field: 'twice' })
    else if ('name' in read) products.push(read)
    else problems.push({ line, text: shown, ...read })
    if ('name' in read) seen.add(read.sku)
  }
  return { products, problems }
}

function headingOf(cells: readonly string[]): (Column | null)[] {
  return cells.map((cell) => productFields.find((field) => field === cell.trim().toLowerCase()) ?? null)
}

function readRow(
  columns: readonly (Column | null)[],
  cells: readonly string[],
  known: ReadonlyMap<string, ProductValues>,
): ProductValues | Pick<TableProblem, 'field' | 'error'> {
  const said = columns.flatMap((column, at) => (column ? [[column, fromCell(cells[at] ?? '')] as const] : []))
  const typed = Object.fromEntries(said) as Partial<TypedProduct>
  const before = known.get((typed.sku ?? '').trim())
  try {
    return checkProduct(readProduct({ ...(before ? typedOf(before) : blankProduct), ...typed }))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const [[field, problems] = ['row', []]] = Object.entries(error.details ?? {})
    return { field, error: problems[0]?.error }
  }
}
