import type { Problem } from '#src/errors.ts'
import type { Translator } from '#src/locales/translator.ts'

/** The fields of forms that have a name of their own in the words of the client API. */
const names: Readonly<Record<string, string>> = { media_ids: 'pictures' }

/** What is wrong with a product, in the language of the reader, by the field of the form. @throws the Problem where no field can be changed */
export function productErrors(problem: Problem, t: Translator): Record<string, string> {
  const [[field, problems] = []] = Object.entries(problem.details ?? {})
  if (!field) throw problem
  if (field === 'base') return { name: t.products.problems.tooMany }
  const name = names[field] ?? field
  return { [name]: productSentence(name, problems?.[0]?.error, t) }
}

/** What is wrong with one field. `error`: in the words of the client API. */
export function productSentence(field: string, error: string | undefined, t: Translator): string {
  const words: Readonly<Record<string, string>> & { blank: string; other: string } = t.products.problems
  if (error === 'ERR_BLANK') return words.blank
  if (error === 'ERR_TOO_LONG') return t.fieldProblems.tooLong
  return words[field] ?? words.other
}
