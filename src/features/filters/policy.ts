import type { Viewer } from '#src/context.ts'
import { type FieldProblem, forbidden, invalid, type Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'

/** Where a filter can hold, in the words of the client API. */
export const filterContexts = ['home', 'notifications', 'public', 'thread', 'account'] as const

/** One of the places where a filter can hold. */
export type FilterContext = (typeof filterContexts)[number]

/**
 * The lengths are Mastodon's. The numbers are for an actor, and such that looking for all keywords in the posts of a page takes no longer than reading
 * them.
 */
export const filterLimits = { title: 256, keyword: 512, filters: 100, keywords: 500, posts: 5_000 } as const

/** @throws Problem `forbidden` when the viewer's role only lets it read what its team reads */
export function requireFiltering(viewer: Viewer): void {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to change its filters; ask an owner or an admin', 'role')
}

/** What of a filter is checked. */
export type FilterFields = Readonly<{ title: string; contexts: readonly string[] }>

/** @throws Problem `invalid` in the words of Mastodon's validation errors */
export function checkFilter({ title, contexts }: FilterFields): void {
  const problems: Problems = {}
  if (title.trim() === '') problems.title = [blank]
  if (title.length > filterLimits.title) problems.title = [tooLong(filterLimits.title)]
  const isKnown = contexts.every((context) => filterContexts.some((known) => known === context))
  const unknown = { error: 'ERR_INVALID', description: 'None or invalid context supplied' }
  if (contexts.length === 0) problems.context = [blank, unknown]
  else if (!isKnown) problems.context = [unknown]
  throwAny(problems)
}

/** @param field what the client calls it @throws Problem `invalid` for a keyword that says nothing, or too much */
export function checkKeyword(keyword: string, field: 'keyword' | 'phrase' = 'keyword'): void {
  if (keyword.trim() === '') throwAny({ [field]: [blank] })
  if (keyword.length > filterLimits.keyword) throwAny({ [field]: [tooLong(filterLimits.keyword)] })
}

/** The title of a filter of one keyword that was given none. */
export function toTitle(keyword: string): string {
  return keyword.slice(0, filterLimits.title).toWellFormed()
}

/** @throws Problem `invalid` when there is one too many of a kind */
export function checkCount(kind: 'filters' | 'keywords' | 'posts', count: number): void {
  const most = filterLimits[kind]
  if (count > most) throwAny({ [kind]: [{ error: 'ERR_TOO_MANY', description: `may be ${most} at the most` }] })
}

type Problems = Record<string, FieldProblem[]>

const blank: FieldProblem = { error: 'ERR_BLANK', description: "can't be blank" }

function tooLong(most: number): FieldProblem {
  return { error: 'ERR_TOO_LONG', description: `may have ${most} characters at the most` }
}

function throwAny(problems: Problems): void {
  const sentences = Object.entries(problems).flatMap(([field, all]) =>
    all.map(({ description }) => `${field.charAt(0).toUpperCase()}${field.slice(1)} ${description}`),
  )
  if (sentences.length > 0) throw toProblem(sentences, problems)
}

function toProblem(sentences: readonly string[], problems: Problems): Problem {
  return invalid(`Validation failed: ${sentences.join(', ')}`, problems)
}
