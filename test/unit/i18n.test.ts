import { describe, expect, it } from 'vitest'
import { formatIn, french, localeOf, pickLocale, pluralize } from '#src/core/i18n.ts'
import { en } from '#src/locales/en.ts'
import { de, que } from '#src/locales/fr/elision.ts'
import { fr } from '#src/locales/fr.ts'
import { translatorFor } from '#src/locales/translator.ts'

const sampleFacts = {
  inviter: 'Zoé',
  instance: 'Maison',
  identity: 'Atelier Nord',
  link: 'https://x.example/i?a=b',
  expiresAt: new Date('2026-11-24T10:00:00Z'),
  when: '24 November',
  reason: 'role',
  beginning: 'Fresh bread',
}

/** Every sentence of a catalogue with its path; functions are called with samples. */
function* sentences(value: unknown, path: string): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value]
  else if (typeof value === 'function') {
    for (const sample of samplesFor(path)) yield* sentences(value(...sample), path)
  } else if (value && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) yield* sentences(inner, `${path}.${key}`)
  }
}

function samplesFor(path: string): readonly (readonly unknown[])[] {
  if (path.startsWith('.mail')) return [[sampleFacts], [{ ...sampleFacts, identity: null }]]
  return [
    [0, 'Zoé'],
    [1, 2],
    [12_345, 16],
    ['Zoé', 'Zoé'],
  ]
}

describe('choosing the language', () => {
  it('takes the heaviest language that we have', () => {
    expect(pickLocale('de, fr;q=0.8, en;q=0.7')).toBe('fr')
    expect(pickLocale('en;q=0.3, fr-CA;q=0.9')).toBe('fr')
    expect(pickLocale('fr;q=0, en;q=0.1')).toBe('en')
  })

  it('keeps the order of equal weights', () => {
    expect(pickLocale('fr, en')).toBe('fr')
    expect(pickLocale('en, fr')).toBe('en')
  })

  it('falls back to English for nothing, nonsense and other languages', () => {
    for (const header of [undefined, '', ',;q=', 'fr;q=abc', 'ja', '*']) expect(pickLocale(header)).toBe('en')
  })

  it('prefers a stored choice and ignores one that we do not have', () => {
    expect(pickLocale('en', 'fr')).toBe('fr')
    expect(pickLocale('fr', 'xx')).toBe('fr')
  })

  it('follows the last choice in this browser, then the person, then the browser', () => {
    const headers = { 'accept-language': 'en' }
    expect(localeOf({ headers, cookies: { entremise_locale: 'fr' }, session: { locale: 'en' } })).toBe('fr')
    expect(localeOf({ headers, cookies: { entremise_locale: '<' }, session: { locale: 'fr' } })).toBe('fr')
    expect(localeOf({ headers })).toBe('en')
  })
})

describe('numbers and times', () => {
  it('counts nothing in the singular in French and in the plural in English', () => {
    const forms = { one: 'one', other: 'other' }
    expect([pluralize('fr', 0, forms), pluralize('en', 0, forms)]).toEqual(['one', 'other'])
    expect([pluralize('fr', 1.5, forms), pluralize('en', 2, forms)]).toEqual(['one', 'other'])
    expect(pluralize('fr', 0, { zero: 'none', ...forms })).toBe('none')
  })

  it('uses the other form for French millions, written in figures', () => {
    expect(pluralize('fr', 1_000_000, { one: 'image', other: 'images' })).toBe('images')
  })

  it('groups digits as the language does', () => {
    expect(formatIn('en').number(12_345)).toBe('12,345')
    expect(formatIn('fr').number(12_345)).toBe('12\u202f345')
  })

  it('says how long ago, and the date after a week', () => {
    const now = new Date('2026-11-24T12:00:00Z')
    const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
    expect(formatIn('en').relative(hoursAgo(0), now)).toBe('now')
    expect(formatIn('en').relative(hoursAgo(3), now)).toBe('3 hours ago')
    expect(formatIn('fr').relative(hoursAgo(24), now)).toBe('hier')
    expect(formatIn('fr').relative(hoursAgo(24 * 10), now)).toBe('14 novembre 2026')
    expect(formatIn('en').relative(hoursAgo(-0.5), now)).toBe('in 30 minutes')
  })

  it('names the zone with an exact time', () => {
    expect(formatIn('en').dateTime(new Date('2026-11-24T14:05:00Z'))).toBe('24 November 2026 at 14:05 UTC')
  })
})

describe('French', () => {
  it('never breaks a line before high punctuation, and leaves names alone', () => {
    expect(french`« ${'a ; b'} » : quoi ?`).toBe('«\u202fa ; b\u202f»\u00a0: quoi\u202f?')
  })

  it('elides before a vowel', () => {
    expect([de('Atelier Nord'), de('Maison'), de('Élise'), de('Yves'), de('Yann')]).toEqual([
      'd’Atelier Nord',
      'de Maison',
      'd’Élise',
      'd’Yves',
      'de Yann',
    ])
    expect(que('Atelier Nord')).toBe('qu’Atelier Nord')
  })

  it('sets every sentence with its own spaces', () => {
    const wrong = [...sentences(fr, '')].filter(
      // A link holds "?" and ":" of its own, with nothing before them.
      ([, text]) => / [;?!»:]|« |[a-zà-ü][;!?»](\s|$)|[a-zà-ü]:\s/i.test(text) || /«[^\u202f]/.test(text),
    )
    expect(wrong).toEqual([])
  })
})

describe('the catalogues', () => {
  it('call nobody a man whom they do not know', () => {
    // Laid down in docs/design.md: words without a gender, and a middle dot where the reader's cannot be avoided.
    const gendered =
      /l’auteur|un propriétaire|un administrateur|serait heureux|(êtes|bien) (connecté|invité)(?!·e)|en session/i
    const wrong = [...sentences(fr, '')].filter(([, sentence]) => gendered.test(sentence))
    expect(wrong).toEqual([])
  })

  it('have one name for one thing', () => {
    expect([...sentences(fr, '')].filter(([, sentence]) => sentence.includes('marque-page'))).toEqual([])
  })

  it('have the same sentences', () => {
    const paths = (catalogue: unknown) => [...new Set([...sentences(catalogue, '')].map(([path]) => path))].sort()
    expect(paths(fr)).toEqual(paths(en))
  })

  it('use typographic apostrophes and quotation marks', () => {
    for (const catalogue of [en, fr]) {
      expect([...sentences(catalogue, '')].filter(([, text]) => /['"]/.test(text))).toEqual([])
    }
  })

  it('differ in their words', () => {
    const english = new Map(sentences(en, ''))
    // The same in both languages, and meant so.
    const shared = [
      'Pages',
      'Notifications',
      'NaN notifications',
      'Messages',
      'Description',
      'Application',
      'Organisation',
      'Code',
      'Stock',
      'IBAN',
      'BIC',
    ]
    const same = [...sentences(fr, '')].filter(([path, text]) => /[a-z]{3}/i.test(text) && english.get(path) === text)
    expect(same.filter(([, text]) => !shared.includes(text))).toEqual([])
  })

  it('invite by mail with the link, the voice and the end', () => {
    for (const locale of ['en', 'fr'] as const) {
      const { subject, text } = translatorFor(locale).mail.invitation(sampleFacts)
      expect(subject).toContain('Atelier Nord')
      expect(text).toContain('\n\nhttps://x.example/i?a=b\n\n')
      expect(text).toContain('2026')
    }
  })
})
