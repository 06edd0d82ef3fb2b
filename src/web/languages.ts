import type { Locale } from '#src/core/i18n.ts'

/** The languages that are offered for a text, by their codes; a text may be in any other too, when a client says so. */
const codes =
  'ar bg br ca co cs cy da de el en eo es et eu fa fi fr fy ga gl gsw he hi hr hu hy id is it ja ka ko lb lt lv mk mt nb nl nn oc pl pt ro ru rm sk sl sq sr sv ta th tr uk ur vi wa yi zh'.split(
    ' ',
  )

/** A choice in a list of languages. */
export type LanguageChoice = Readonly<{ value: string; label: string }>

const known = new Map<Locale, readonly LanguageChoice[]>()

/** The languages for a text, named and sorted as the reader's language does it. One that is chosen already is always among them. */
export function languageChoices(locale: Locale, chosen: string): readonly LanguageChoice[] {
  const choices = known.get(locale) ?? makeChoices(locale, codes)
  known.set(locale, choices)
  if (chosen === '' || codes.includes(chosen)) return choices
  return [...makeChoices(locale, [chosen]), ...choices]
}

function makeChoices(locale: Locale, values: readonly string[]): readonly LanguageChoice[] {
  const names = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' })
  const { compare } = new Intl.Collator(locale)
  return values
    .map((value) => ({ value, label: capitalize(nameOf(names, value), locale) }))
    .sort((a, b) => compare(a.label, b.label))
}

/** A code that is none, from another server or an old row, stands for itself. */
function nameOf(names: Intl.DisplayNames, value: string): string {
  try {
    return names.of(value) ?? value
  } catch {
    return value
  }
}

function capitalize(word: string, locale: Locale): string {
  return `${word.charAt(0).toLocaleUpperCase(locale)}${word.slice(1)}`
}
