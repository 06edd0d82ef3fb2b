import { deflateSync } from 'node:zlib'

/** Red, green, blue, each from 0 to 1. */
export type Colour = readonly [number, number, number]

/** A shape as its distance function: negative inside, in pixels. */
export type Shape = (x: number, y: number) => number

/** A picture that is painted from back to front. */
export type Canvas = Readonly<{
  width: number
  height: number
  /** Colours every pixel by its place. */
  fill(colourAt: (x: number, y: number) => Colour): void
  /** Paints a shape with soft edges; `softness` is the width of the edge in pixels. */
  paint(
    shape: Shape,
    colourAt: (x: number, y: number) => Colour,
    options?: { opacity?: number; softness?: number },
  ): void
  toPng(): Buffer
}>

/** Makes an empty picture. */
export function createCanvas(width: number, height: number): Canvas {
  const pixels = new Float32Array(width * height * 3)
  const blend = (at: number, colour: Colour, share: number) => {
    for (let channel = 0; channel < 3; channel++) {
      const before = pixels[at + channel] ?? 0
      pixels[at + channel] = before + ((colour[channel] ?? 0) - before) * share
    }
  }
  const each = (visit: (x: number, y: number, at: number) => void) => {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) visit(x, y, (y * width + x) * 3)
  }
  return {
    width,
    height,
    fill: (colourAt) => each((x, y, at) => blend(at, colourAt(x, y), 1)),
    paint: (shape, colourAt, { opacity = 1, softness = 1.5 } = {}) =>
      each((x, y, at) => {
        const share = Math.min(1, Math.max(0, 0.5 - shape(x, y) / softness)) * opacity
        if (share > 0) blend(at, colourAt(x, y), share)
      }),
    toPng: () => encodePng(width, height, pixels),
  }
}

/** @see https://www.w3.org/TR/png-3/ */
function encodePng(width: number, height: number, pixels: Float32Array): Buffer {
  const stride = width * 3 + 1
  const raw = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * 3; i++) {
      raw[y * stride + 1 + i] = Math.round(Math.min(1, Math.max(0, pixels[y * width * 3 + i] ?? 0)) * 255)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** The colour written as #rrggbb. */
export function colour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

/** Between two colours: 0 is the first, 1 the second. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const t = Math.min(1, Math.max(0, share))
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t]
}

/** A repeatable sequence of numbers from 0 to 1: the same demonstration everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** An ellipse, turned by `angle` in radians. */
export function ellipse(cx: number, cy: number, rx: number, ry: number, angle = 0): Shape {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return (x, y) => {
    const dx = (x - cx) * cos + (y - cy) * sin
    const dy = (y - cy) * cos - (x - cx) * sin
    return (Math.hypot(dx / rx, dy / ry) - 1) * Math.min(rx, ry)
  }
}

/** What lies below a line that is told for each x. */
export function below(line: (x: number) => number): Shape {
  return (x, y) => line(x) - y
}

/** A line of hills: waves of several lengths. `roughness` 0 is a slope, 1 is rock. */
export function hills(base: number, rise: number, roughness: number, seed: number): (x: number) => number {
  const random = randomFrom(seed)
  const waves = Array.from({ length: 6 }, (_, octave) => ({
    length: 900 / 2 ** octave,
    height: rise * (0.5 + roughness * 0.15) ** octave,
    phase: random() * Math.PI * 2,
  }))
  return (x) => base - waves.reduce((sum, { length, height, phase }) => sum + Math.sin(x / length + phase) * height, 0)
}
