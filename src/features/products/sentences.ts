import type { Problem } from '#src/errors.ts'
import type { Translator } from '#src/locales/translator.ts'

/** The fields of forms that have a name of their own in the words of the client API. */
const names: Readonly<Record<string, string>> = { media_ids: 'pictures', delivery_price: 'delivery_price' }

/** What is wrong with a product, in the language of the reader, by the field of the form. @throws the Problem where no field can be changed */
export function productErrors(problem: Problem, t: Translator): Record<string, string> {
  const [[field, problems] = []] = Object.entries(problem.details ?? {})
  if (!field) throw problem
  const words = t.products.problems
  const name = names[field] ?? field
  if (field === 'base') return { name: words.tooMany }
  if (problems?.[0]?.error === 'ERR_BLANK') return { [name]: words.blank }
  if (problems?.[0]?.error === 'ERR_TOO_LONG') return { [name]: t.fieldProblems.tooLong }
  const sentences: Partial<Record<string, string>> = { ...words, delivery_price: words.price }
  return { [name]: sentences[name] ?? words.other }
}
