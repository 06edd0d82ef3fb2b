import { formatMoney, type Money } from './money.ts'

/** The languages in which the interface and its mail are written, the default first. */
export const locales = ['en', 'fr'] as const

/** A language of the interface. */
export type Locale = (typeof locales)[number]

/** What each language calls itself, for a choice that everybody can read. */
export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', fr: 'Français' }

/** Narrows a foreign value to a language that we have. */
export function isLocale(value: unknown): value is Locale {
  return locales.some((locale) => locale === value)
}

/**
 * The language for a request: the stored choice, else the best of `Accept-Language` by weight, else English.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept-language
 */
export function pickLocale(acceptLanguage: string | undefined, stored?: string | null): Locale {
  if (isLocale(stored)) return stored
  const wishes = (acceptLanguage ?? '').split(',').map(readWish)
  // `sort` is stable: of equal weights the one that was named first wins.
  const best = wishes.filter((wish) => wish.weight > 0).sort((a, b) => b.weight - a.weight)
  return best.map((wish) => wish.language).find(isLocale) ?? 'en'
}

/** What a request tells about the language of the person behind it. */
export type LocaleSource = Readonly<{
  headers: Readonly<{ 'accept-language'?: string | undefined }>
  cookies?: Readonly<Record<string, string | undefined>>
  session?: Readonly<{ locale: string | null }> | null
}>

/** The cookie that keeps the language chosen in this browser. */
export const localeCookie = 'entremise_locale'

/** The language of a request: what was last chosen in this browser, else the person's own, else what the browser asks for. */
export function localeOf(request: LocaleSource): Locale {
  const chosen = request.cookies?.[localeCookie]
  return pickLocale(request.headers['accept-language'], isLocale(chosen) ? chosen : request.session?.locale)
}

function readWish(text: string): { language: string; weight: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = quality ? Number(quality.slice(2)) : 1
  return { language: range.split('-')[0] ?? '', weight: Number.isNaN(weight) ? 0 : weight }
}

/** The forms of a counted noun. `zero` is for sentences ("No pictures"), not a grammatical form. */
export type Forms = Readonly<{ zero?: string; one: string; other: string }>

/** Chooses the form for a number by the rules of the language: 0 is singular in French and plural in English. */
export function pluralize(locale: Locale, count: number, forms: Forms): string {
  if (count === 0 && forms.zero !== undefined) return forms.zero
  return pluralRules[locale].select(count) === 'one' ? forms.one : forms.other
}

const pluralRules: Readonly<Record<Locale, Intl.PluralRules>> = {
  en: new Intl.PluralRules('en'),
  fr: new Intl.PluralRules('fr'),
}

/** Writes numbers, times and lists as the language does. */
export type Format = Readonly<{
  /** 12,345 or 12 345 with a narrow no-break space. */
  number: (value: number) => string
  /** €24.90 or 24,90 €. */
  money: (value: Money) => string
  /** 5.5% or 5,5 %, from hundredths of a percent. */
  rate: (value: number) => string
  /** 12 November 2026. */
  date: (value: Date) => string
  /** 12 November 2026 at 14:05 UTC: with the zone, since the reader's is unknown to the server. */
  dateTime: (value: Date) => string
  /** Sunday 28 March 2027 at 14:05, as the clocks of a time zone show it. */
  inZone: (value: Date, zone: string) => string
  /** "3 hours ago", "now", "yesterday" within a week, the date after that. */
  relative: (value: Date, now: Date) => string
  /** "a, b and c". */
  list: (values: readonly string[]) => string
}>

const regions: Readonly<Record<Locale, string>> = { en: 'en-GB', fr: 'fr-FR' }

function makeFormat(locale: Locale): Format {
  const region = regions[locale]
  const number = new Intl.NumberFormat(region)
  const rate = new Intl.NumberFormat(region, { style: 'percent', maximumFractionDigits: 2 })
  const date = new Intl.DateTimeFormat(region, { dateStyle: 'long', timeZone: 'UTC' })
  const dateTime = new Intl.DateTimeFormat(region, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const relative = new Intl.RelativeTimeFormat(region, { numeric: 'auto' })
  const list = new Intl.ListFormat(region)
  return {
    number: (value) => number.format(value),
    money: (value) => formatMoney(locale, value),
    rate: (value) => rate.format(value / 10_000),
    date: (value) => date.format(value),
    dateTime: (value) => `${dateTime.format(value)} UTC`,
    inZone: (value, zone) =>
      new Intl.DateTimeFormat(region, { dateStyle: 'full', timeStyle: 'short', timeZone: zone }).format(value),
    relative: (value, now) => {
      const step = stepBetween(value, now)
      return step ? relative.format(step.count, step.unit) : date.format(value)
    },
    list: (values) => list.format(values),
  }
}

const formats: Readonly<Record<Locale, Format>> = { en: makeFormat('en'), fr: makeFormat('fr') }

/** The formats of a language. Made once, since Intl objects are dear. */
export function formatIn(locale: Locale): Format {
  return formats[locale]
}

function stepBetween(value: Date, now: Date): { count: number; unit: Intl.RelativeTimeFormatUnit } | null {
  const seconds = Math.round((value.getTime() - now.getTime()) / 1000)
  const size = Math.abs(seconds)
  if (size < 60) return { count: 0, unit: 'second' }
  if (size < 3600) return { count: Math.trunc(seconds / 60), unit: 'minute' }
  if (size < 86_400) return { count: Math.trunc(seconds / 3600), unit: 'hour' }
  if (size < 7 * 86_400) return { count: Math.trunc(seconds / 86_400), unit: 'day' }
  return null
}

/** The narrow no-break space, U+202F: before ; ? ! and inside « » in French. */
export const narrowSpace = '\u202f'

/** The no-break space, U+00A0: before the colon in French. */
export const noBreakSpace = '\u00a0'

/**
 * A French sentence, written with ordinary spaces: the spaces before high punctuation and inside « » become the ones that a
 * line never breaks at. Only the sentence is changed, never the names that are put into it.
 */
export function french(strings: TemplateStringsArray, ...names: readonly (string | number)[]): string {
  let sentence = ''
  for (const [index, part] of strings.entries()) {
    sentence += setFrenchSpaces(part) + String(names[index] ?? '')
  }
  return sentence
}

function setFrenchSpaces(text: string): string {
  return text
    .replace(/ ([;?!»])/g, `${narrowSpace}$1`)
    .replace(/« /g, `«${narrowSpace}`)
    .replace(/ :/g, `${noBreakSpace}:`)
}
