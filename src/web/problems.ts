import { Problem } from '#src/errors.ts'
import type { Translator } from '#src/locales/translator.ts'

/** What is wrong with the fields of a form, in the language of the page. */
export type FieldSentences = Readonly<Record<string, string>>

/**
 * Says beside each field what a Problem found wrong with it.
 * @param names the names of the form for those of the Problem, where they differ
 * @throws the error itself when it is not about fields: then no form can help
 */
export function fieldSentences(
  error: unknown,
  t: Translator,
  options: Readonly<{ minPasswordCharacters: number; names?: Readonly<Record<string, string>> }>,
): FieldSentences {
  if (!(error instanceof Problem) || !error.details) throw error
  const sentences = Object.entries(error.details).map(([field, problems]) => {
    const sentence = sentenceFor(field, problems[0]?.error ?? '', t, options.minPasswordCharacters)
    return [options.names?.[field] ?? field, sentence] as const
  })
  return Object.fromEntries(sentences)
}

function sentenceFor(field: string, code: string, t: Translator, minPasswordCharacters: number): string {
  const { fieldProblems } = t
  if (code === 'ERR_BLANK') return fieldProblems.blank
  if (code === 'ERR_ACCEPTED') return t.signUp.agreeNeeded
  if (code === 'ERR_TOO_SHORT') return fieldProblems.passwordShort(minPasswordCharacters)
  if (code === 'ERR_TAKEN' || code === 'ERR_RESERVED') {
    return field === 'email' ? fieldProblems.emailTaken : fieldProblems.handleTaken
  }
  if (field === 'handle') return fieldProblems.handle
  if (code === 'ERR_TOO_LONG') return fieldProblems.tooLong
  return field === 'email' ? fieldProblems.email : fieldProblems.other
}
