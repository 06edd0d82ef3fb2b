import { type Format, formatIn, type Locale } from '#src/core/i18n.ts'
import { en, type Messages } from './en.ts'
import { fr } from './fr.ts'

/** The sentences of a language together with its way of writing numbers and times: what views are given as `t`. */
export type Translator = Messages & Readonly<{ locale: Locale; format: Format }>

const translators: Readonly<Record<Locale, Translator>> = {
  en: { ...en, locale: 'en', format: formatIn('en') },
  fr: { ...fr, locale: 'fr', format: formatIn('fr') },
}

/** The translator of a language. */
export function translatorFor(locale: Locale): Translator {
  return translators[locale]
}
