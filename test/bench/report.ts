/** Figures of one measurement by name; times in the unit that the name says. */
export type Figures = Readonly<Record<string, number>>

/** What was measured, for people and for programs. */
export type Report = Readonly<{
  /** @param target what is to be reached, in words; empty when there is nothing to compare with */
  add(scenario: string, figures: Figures, target: string): void
  toTable(): string
  toJson(): string
}>

/** Collects figures, telling each as it comes. */
export function createReport(tell: (line: string) => void): Report {
  const rows: { scenario: string; figures: Figures; target: string }[] = []
  const line = ({ scenario, figures, target }: (typeof rows)[number]) =>
    `${scenario.padEnd(44)} ${Object.entries(figures)
      .map(([name, value]) => `${name} ${round(value)}`)
      .join('  ')}${target ? `   (to reach: ${target})` : ''}`
  return {
    add: (scenario, figures, target) => {
      const row = { scenario, figures, target }
      rows.push(row)
      tell(line(row))
    },
    toTable: () => rows.map(line).join('\n'),
    toJson: () =>
      JSON.stringify(
        rows.map((row) => ({
          ...row,
          figures: Object.fromEntries(Object.entries(row.figures).map(([name, value]) => [name, round(value)])),
        })),
        null,
        2,
      ),
  }
}

/** The value below which a share of the values lies, from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
