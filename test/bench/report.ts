/** Figures of one measurement by name; times in the unit that the name says. */
export type Figures = Readonly<Record<string, number>>

/** What is to be reached: the most or the least that a figure should be. */
export type Goals = Readonly<Record<string, Readonly<{ atMost: number } | { atLeast: number }>>>

type Row = Readonly<{ scenario: string; figures: Figures; goals: Goals }>

/** What was measured, for people and for programs. */
export type Report = Readonly<{
  /** @param goals what is to be reached, by the names of figures; none where there is nothing to compare with */
  add(scenario: string, figures: Figures, goals?: Goals): void
  toTable(): string
  toJson(): string
}>

/** Collects figures, telling each measurement as it comes. */
export function createReport(tell: (line: string) => void): Report {
  const rows: Row[] = []
  return {
    add: (scenario, figures, goals = {}) => {
      const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]))
      const row = { scenario, figures: rounded, goals }
      rows.push(row)
      tell(
        `${scenario}: ${Object.keys(figures)
          .map((name) => `${name} ${cellOf(row, name)}`)
          .join(', ')}`,
      )
    },
    toTable: () => groups(rows).map(drawTable).join('\n\n'),
    toJson: () => `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`,
  }
}

/** Neighbours with the same figures stand in one table. */
function groups(rows: readonly Row[]): Row[][] {
  const made: Row[][] = []
  const columnsOf = (row: Row | undefined) => Object.keys(row?.figures ?? {}).join()
  for (const row of rows) {
    const last = made.at(-1)
    if (last && columnsOf(last[0]) === columnsOf(row)) last.push(row)
    else made.push([row])
  }
  return made
}

function drawTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0]?.figures ?? {})
  const cells = [['', ...names], ...rows.map((row) => [row.scenario, ...names.map((name) => cellOf(row, name))])]
  const widths = cells[0]?.map((_cell, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? []
  const draw = (line: readonly string[]) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  const [head = [], ...body] = cells
  return [draw(head), rule, ...body.map(draw)].join('\n')
}

/** A figure, with its goal in brackets where there is one and a cross where it is missed. */
function cellOf({ figures, goals }: Row, name: string): string {
  const value = figures[name] ?? Number.NaN
  const goal = goals[name]
  if (!goal) return String(value)
  const [isReached, words] =
    'atMost' in goal ? [value <= goal.atMost, `≤ ${goal.atMost}`] : [value >= goal.atLeast, `≥ ${goal.atLeast}`]
  return `${value} (${isReached ? '' : '✗ '}${words})`
}

/** The value below which a share of the values lies, from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
