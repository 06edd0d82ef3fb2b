import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { initialOf, type ToneColours, toneColours, toneOf } from './tone.ts'

/** The letters of which there are pictures: white on black, 400 pixels wide, with a palette of greys. */
const drawn = [...'abcdefghijklmnopqrstuvwxyz0123456789']

const masks: ReadonlyMap<string, Buffer> = new Map(
  drawn.map((letter) => [letter, readFileSync(new URL(`./assets/letters/${letter}.png`, import.meta.url))]),
)

/** One for all of them: what is drawn and how it is coloured changes with a version, and never alone. */
const hash = createHash('sha256')
  .update(Buffer.concat([...masks.values()]))
  .update(JSON.stringify(toneColours))
  .digest('base64url')
  .slice(0, 10)

/**
 * The path of the picture that stands for an identity without one: what pages draw, for clients that show only PNG. Null when its name
 * and handle begin with nothing that is drawn.
 * @param actor its name may be empty
 */
export function letterUrl({ name, handle }: Readonly<{ name: string; handle: string }>): string | null {
  const letter = [name.trim(), handle].map(plainInitialOf).find((one) => masks.has(one))
  return letter === undefined ? null : `/assets/letter-${letter}${toneOf(handle)}.${hash}.png`
}

/** Without accents, which the drawn letters do not have. */
function plainInitialOf(name: string): string {
  return initialOf(name).normalize('NFKD').charAt(0).toLowerCase()
}

/** The picture at a path; null when there is none. */
export function findLetter(path: string): Buffer | null {
  const [, letter = '', tone = '', given] = /^\/assets\/letter-([a-z\d])(\d)\.([\w-]+)\.png$/.exec(path) ?? []
  const [mask, colours] = [masks.get(letter), toneColours[Number(tone)]]
  return mask && colours && given === hash ? colour(mask, colours) : null
}

/**
 * Colours a picture by its palette alone, without decoding it: black becomes the ground, white the letter, and the greys of the edges what
 * is between. @see https://www.w3.org/TR/png-3/#11PLTE
 */
function colour(mask: Buffer, colours: ToneColours): Buffer {
  const [ground, letter] = [readColour(colours.ground), readColour(colours.letter)]
  const picture = Buffer.from(mask)
  const name = picture.indexOf('PLTE')
  const [start, end] = [name + 4, name + 4 + picture.readUInt32BE(name - 4)]
  for (let at = start; at < end; at++) {
    const [from = 0, to = 0] = [ground[(at - start) % 3], letter[(at - start) % 3]]
    picture[at] = Math.round(from + ((to - from) * (mask[at] ?? 0)) / 255)
  }
  picture.writeUInt32BE(crc32(picture.subarray(name, end)), end)
  return picture
}

function readColour(text: string): readonly number[] {
  return [...Buffer.from(text.slice(1), 'hex')]
}
