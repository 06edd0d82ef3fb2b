/** A text as a cell of a table. */
export function toCell(cell: string): string {
  // A program for tables would take what begins like this for a formula.
  const harmless = /^[=+@\t\r-]/.test(cell) ? `'${cell}` : cell
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** A cell as it was before it was made harmless. */
export function fromCell(cell: string): string {
  return cell.replace(/^'(?=[=+@\t\r-])/, '')
}

/** What stands between the cells of a table. */
export type Separator = ',' | ';' | '\t'

/** The separator of a table, by its heading: Excel and LibreOffice write semicolons where numbers have a comma, as in French, and copy tabs. */
export function separatorOf(text: string): Separator {
  const heading = /^[\r\n]*([^\r\n]*)/.exec(text)?.[1] ?? ''
  const count = (separator: Separator) => heading.split(separator).length
  return ([';', '\t'] as const).find((one) => count(one) > count(',')) ?? ','
}

/** Rows with the number of the line on which each begins; `cells` is null where a quotation does not end. */
export function* rowsOf(text: string, separator: Separator = ','): Generator<{ line: number; cells: string[] | null }> {
  let line = 1
  let at = 0
  while (at < text.length) {
    const row = readCells(text, at, separator)
    yield { line, cells: row.cells }
    line += text.slice(at, row.end).split('\n').length - 1
    at = row.end
  }
}

const patternOf = (separator: Separator) =>
  new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n][^${separator}\\r\\n]*)?)(${separator}|\\r?\\n|$)`, 'y')

const patterns = { ',': patternOf(','), ';': patternOf(';'), '\t': patternOf('\t') } as const

/** One row from a place on. @see https://www.rfc-editor.org/rfc/rfc4180 */
function readCells(text: string, start: number, separator: Separator): { cells: string[] | null; end: number } {
  const cells: string[] = []
  const cell = patterns[separator]
  cell.lastIndex = start
  for (;;) {
    const found = cell.exec(text)
    // The rest of a line that cannot be read is passed over, and the next one is another row.
    if (!found) return { cells: null, end: nextLine(text, start) }
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] !== separator)
      return {
        cells,
        end: Math.max(cell.lastIndex, found.index + found[0].length),
      }
  }
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end + 1
}
