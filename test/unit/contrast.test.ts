import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toneColours, toneCount } from '#src/web/tone.ts'

const css = readFileSync(new URL('../../src/web/assets/css/tokens.css', import.meta.url), 'utf8')

type Rgb = readonly [number, number, number]

/** One colour of the style sheet in light (0) or dark (1), as linear RGB. */
function colourOf(token: string, side: 0 | 1, hue?: number): Rgb {
  const value = new RegExp(`--${token}: ([^;]+);`).exec(css)?.[1]
  if (!value) throw new Error(`there is no token ${token}`)
  const colours = [...value.matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+|var\(--hue\))/g)]
  const chosen = colours[Math.min(side, colours.length - 1)]
  if (!chosen) throw new Error(`${token} is not a colour`)
  const [, lightness = '', chroma = '', angle = ''] = chosen
  return toLinear(Number(lightness) / 100, Number(chroma), angle.startsWith('var') ? (hue ?? 0) : Number(angle))
}

/** @see https://www.w3.org/TR/css-color-4/#color-conversion-code */
function toLinear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const words: readonly (readonly [string, string])[] = [
  ...['paper', 'surface', 'mat', 'hover'].flatMap((ground) =>
    ['ink', 'ink-soft', 'ink-faint'].map((ink) => [ink, ground] as const),
  ),
  ['accent', 'paper'],
  ['accent', 'surface'],
  ['ink', 'accent-wash'],
  ['accent', 'accent-wash'],
  ['on-accent', 'accent'],
  ['danger', 'paper'],
  ['ink', 'danger-wash'],
  ['on-danger', 'danger'],
  ['paper', 'ink'],
]

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the colours in %s', (_name, side) => {
  it.each(words)('let %s be read on %s', (ink, ground) => {
    expect(contrast(colourOf(ink, side), colourOf(ground, side))).toBeGreaterThanOrEqual(4.5)
  })

  it('draw the borders of fields so that they are seen', () => {
    for (const ground of ['paper', 'surface']) {
      expect(contrast(colourOf('line-strong', side), colourOf(ground, side))).toBeGreaterThanOrEqual(3)
    }
  })

  it('let words be read on every tone, and on its wash', () => {
    const hues = [...css.matchAll(/--hue: (\d+);/g)].map((match) => Number(match[1]))
    expect(hues).toHaveLength(toneCount)
    for (const hue of hues) {
      expect(contrast(colourOf('on-tone', side, hue), colourOf('tone', side, hue))).toBeGreaterThanOrEqual(4.5)
      for (const ink of ['ink', 'ink-soft', 'ink-faint']) {
        expect(contrast(colourOf(ink, side), colourOf('tone-wash', side, hue))).toBeGreaterThanOrEqual(4.5)
      }
    }
  })
})

describe('the tones of pictures', () => {
  const toSrgb = (colour: Rgb) => {
    const encode = (part: number) => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055)
    return `#${Buffer.from(colour.map((part) => Math.round(encode(part) * 255))).toString('hex')}`
  }

  it('are those of the pages in light', () => {
    const hues = [...css.matchAll(/\.tone-\d \{\s*--hue: (\d+);/g)].map((match) => Number(match[1]))
    const shown = hues.map((hue) => ({
      ground: toSrgb(colourOf('tone', 0, hue)),
      letter: toSrgb(colourOf('on-tone', 0, hue)),
    }))
    expect(toneColours).toEqual(shown)
  })
})
