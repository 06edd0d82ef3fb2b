/** How many tones there are: `tone-0` … in `assets/css/tokens.css`. */
export const toneCount = 8

/** A tone as pictures have it, which know no dark mode: what `--tone` and `--on-tone` are in light. */
export type ToneColours = Readonly<{ ground: string; letter: string }>

/** The tones by their numbers, in sRGB; `test/unit/contrast.test.ts` holds them against the style sheet. */
export const toneColours: readonly ToneColours[] = [
  { ground: '#086548', letter: '#f9fdfb' },
  { ground: '#006175', letter: '#f8fdfe' },
  { ground: '#285886', letter: '#f9fcff' },
  { ground: '#504d86', letter: '#fbfbff' },
  { ground: '#6c4375', letter: '#fdfbfe' },
  { ground: '#7e3d53', letter: '#fffafc' },
  { ground: '#7f422c', letter: '#fffbf9' },
  { ground: '#655401', letter: '#fdfcf8' },
]

/**
 * The tone of an identity: always the same for the same handle. It colours the avatar without a picture, the badge of the acting
 * identity and its publish button, so that a team that speaks with several voices sees which one it is about to use.
 */
export function toneOf(handle: string): number {
  let sum = 0
  for (const char of handle.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return sum % toneCount
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The letter that stands for an identity without a picture: the first of its name, as a capital; empty when it has none. */
export function initialOf(name: string): string {
  for (const { segment } of graphemes.segment(name)) return segment.toLocaleUpperCase('en')
  return ''
}
