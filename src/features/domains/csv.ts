import { fromCell, rowsOf, toCell } from '#src/core/csv.ts'
import type { Severity } from '#src/db/severities.ts'
import { readDomain } from './names.ts'

/** What a decision about a server says. `reason` is for everybody. */
export type Ruling = Readonly<{
  host: string
  severity: Severity
  rejectsMedia: boolean
  rejectsReports: boolean
  reason: string
  isObfuscated: boolean
}>

/** Why a row of a list cannot be used. */
export type RowProblem = 'name' | 'hidden' | 'short' | 'severity' | 'flag' | 'twice' | 'quote' | 'ourselves'

/** What was read of a list: what it decides, and the rows that decide nothing, by their lines. */
export type ReadList = Readonly<{
  rulings: readonly Ruling[]
  problems: readonly Readonly<{
    line: number
    text: string
    problem: RowProblem
  }>[]
}>

/** The columns that servers exchange. @see https://docs.joinmastodon.org/admin/moderation/ */
const columns = ['domain', 'severity', 'reject_media', 'reject_reports', 'public_comment', 'obfuscate'] as const
type Column = (typeof columns)[number]

/** What others call the severities; the first is the word that we write. */
const severityWords: Record<Severity, readonly string[]> = {
  none: ['noop', 'none'],
  limit: ['silence', 'limit'],
  block: ['suspend', 'block', ''],
}

/** The word for a severity in lists and in the client API. */
export function wordOf(severity: Severity): string {
  return severityWords[severity][0] ?? severity
}

/** The severity that a word means; null for an unknown word. */
export function severityOf(word: string): Severity | null {
  const wanted = word.trim().toLowerCase()
  const found = Object.entries(severityWords).find(([, words]) => words.includes(wanted))
  return found ? (found[0] as Severity) : null
}

/** Decisions as a list that other servers can read, and `readList` too. */
export function writeList(rulings: readonly Ruling[]): string {
  const head = columns.map((column) => `#${column}`)
  const rows = rulings.map(({ host, severity, rejectsMedia, rejectsReports, reason, isObfuscated }) =>
    [host, wordOf(severity), word(rejectsMedia), word(rejectsReports), reason, word(isObfuscated)].map(toCell),
  )
  return `${[head, ...rows].map((cells) => cells.join(',')).join('\n')}\n`
}

const word = (isSo: boolean) => (isSo ? 'True' : 'False')

/**
 * Reads a list: CSV with a line of names at its top, or bare names, one a line. Lines that begin with # and are no heading are notes. Rows
 * that cannot be used are told with their lines, and the others count.
 * @param ourHosts the names of this instance, with which it cannot stop to speak
 */
export function readList(text: string, ourHosts: readonly string[] = []): ReadList {
  const rulings = new Map<string, Ruling>()
  const problems: { line: number; text: string; problem: RowProblem }[] = []
  let order: readonly string[] = columns
  let isFirst = true
  for (const { line, cells } of rowsOf(text.replace(/^\uFEFF/, ''))) {
    const shown = (cells?.join(',') ?? '').slice(0, 200)
    const names = isFirst && cells ? headingOf(cells) : null
    if (cells && shown.trim() !== '') isFirst = false
    if (names) {
      order = names
      continue
    }
    if (!cells) problems.push({ line, text: shown, problem: 'quote' })
    if (!cells || shown.trim() === '' || shown.startsWith('#')) continue
    const ruling = readRow(Object.fromEntries(order.map((name, at) => [name, cells[at]?.trim() ?? ''])), ourHosts)
    const problem = typeof ruling === 'string' ? ruling : rulings.has(ruling.host) ? 'twice' : null
    if (problem !== null) problems.push({ line, text: shown, problem })
    else if (typeof ruling !== 'string') rulings.set(ruling.host, ruling)
  }
  return { rulings: [...rulings.values()], problems }
}

function headingOf(cells: readonly string[]): string[] | null {
  const names = cells.map((cell) => cell.trim().replace(/^#/, '').toLowerCase())
  return names.includes('domain') ? names : null
}

function readRow(cells: Partial<Record<Column, string>>, ourHosts: readonly string[]): Ruling | RowProblem {
  const { domain = '', severity: severityWord = '', public_comment: reason = '' } = cells
  if (domain.includes('*') && !domain.startsWith('*.')) return 'hidden'
  const host = readDomain(domain)
  if (!host) return 'name'
  // A whole ending such as "com" is a mistake far more often than a wish.
  if (!host.includes('.')) return 'short'
  if (ourHosts.some((ours) => ours === host || ours.endsWith(`.${host}`))) return 'ourselves'
  const severity = severityOf(severityWord)
  if (!severity) return 'severity'
  const flags = [cells.reject_media, cells.reject_reports, cells.obfuscate].map(flagOf)
  if (flags.includes(null)) return 'flag'
  const [rejectsMedia, rejectsReports, isObfuscated] = flags.map((flag) => flag === true) as [boolean, boolean, boolean]
  return {
    host,
    severity,
    rejectsMedia,
    rejectsReports,
    reason: fromCell(reason).slice(0, 500),
    isObfuscated,
  }
}

function flagOf(text = ''): boolean | null {
  if (['true', 't', '1', 'yes'].includes(text.toLowerCase())) return true
  return ['false', 'f', '0', 'no', ''].includes(text.toLowerCase()) ? false : null
}
