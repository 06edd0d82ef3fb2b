import type { z } from 'zod'

/** What zod found, before it has a sentence. */
type RawIssue = z.core.$ZodRawIssue

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a record of fields',
  record: 'a record of fields',
}

const leftEmpty = 'must be left empty'

/**
 * What is wrong with a field whose schema does not say so itself, to stand behind its name: `status must be a text`.
 * The words of zod speak of its own types, and of a union they say nothing at all.
 */
export function sentenceOf(issue: RawIssue): string {
  if (issue.input === undefined) return 'is needed'
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? 'of another kind'}`
  if (issue.code === 'invalid_value')
    return issue.values.join() === '' ? leftEmpty : `must be ${issue.values.join(' or ')}`
  if (issue.code === 'invalid_union') return sentenceOfUnion(issue.errors)
  if (issue.code === 'too_big') return `may ${measure(issue.origin, issue.maximum)} at the most`
  if (issue.code === 'too_small') return `must ${measure(issue.origin, issue.minimum)} at the least`
  return 'is not written as it has to be'
}

/** Each branch has its sentence already. The one that came furthest is what was meant; that a field may also be left empty helps nobody. */
function sentenceOfUnion(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const firsts = branches.flatMap(([first]) => first ?? []).toSorted((a, b) => b.path.length - a.path.length)
  const meant = firsts.find(({ message }) => message !== leftEmpty) ?? firsts[0]
  return meant ? [...meant.path.map(String), meant.message].join(' ') : 'is not one of what can be sent here'
}

/** A length in characters or entries, or the number itself. */
function measure(origin: string, size: number | bigint): string {
  if (origin === 'string') return `have ${size} characters`
  return origin === 'array' ? `have ${size} entries` : `be ${size}`
}
