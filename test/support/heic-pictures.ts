import { readFileSync } from 'node:fs'

/** A HEIC file written by an encoder: 128×96, the colours of `corners`, in Display P3, with a place and `SECRET` in EXIF. */
export const heic = (): Buffer => readFileSync(new URL('../fixtures/pictures/corners-display-p3.heic', import.meta.url))

/** The size of `heic()`. */
export const HEIC_PICTURE = { width: 128, height: 96 } as const

/**
 * What `heicWith` writes around the coded picture of `heic()`:
 * - `turns`: quarter turns against the clock by which it is to be shown, as phones write it;
 * - `isMirrored`: left and right are exchanged after turning;
 * - `columns`: the same tile so many times side by side, as phones store large pictures;
 * - `announced`: another size than the picture has.
 */
export type HeicOptions = Readonly<{
  turns?: number
  isMirrored?: boolean
  columns?: number
  announced?: Readonly<{ width: number; height: number }>
  coded?: Buffer
}>

type Item = Readonly<{ id: number; type: 'hvc1' | 'grid'; data: Buffer; properties: readonly number[] }>

/**
 * A HEIC file of our own making. @see ISO/IEC 14496-12 and 23008-12 for the boxes.
 */
export function heicWith({
  turns = 0,
  isMirrored = false,
  columns = 1,
  announced,
  coded = heic(),
}: HeicOptions): Buffer {
  const size = announced ?? HEIC_PICTURE
  const whole = { width: size.width * columns, height: size.height }
  const properties = [
    boxAt(coded, ['meta', 'iprp', 'ipco', 'hvcC']).whole,
    box('ispe', full(0), u32(size.width), u32(size.height)),
    box('ispe', full(0), u32(whole.width), u32(whole.height)),
    box('irot', u8(turns)),
    box('imir', u8(1)),
  ]
  // Numbers count from 1; the highest bit says that a reader must know the property.
  const shown = [0x80 | 4, ...(isMirrored ? [0x80 | 5] : [])]
  const tile = { type: 'hvc1', data: codedPicture(coded), properties: [0x80 | 1, 2] } as const
  const tiles = Array.from({ length: columns }, (_, index): Item => ({ ...tile, id: index + 2 }))
  const grid = Buffer.concat([u8(0, 0, 0, columns - 1), u16(whole.width, whole.height)])
  const primary: Item =
    columns === 1
      ? { ...tile, id: 1, properties: [0x80 | 1, 2, ...shown] }
      : { id: 1, type: 'grid', data: grid, properties: [3, ...shown] }
  return assemble(columns === 1 ? [primary] : [primary, ...tiles], properties)
}

function assemble(items: readonly Item[], properties: readonly Buffer[]): Buffer {
  const ftyp = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1'))
  // Where the data lies depends on how long the description of it is, and that does not depend on where.
  const dataAt = ftyp.length + metaBox(items, properties, 0).length + 8
  return Buffer.concat([ftyp, metaBox(items, properties, dataAt), box('mdat', ...items.map((item) => item.data))])
}

function metaBox(items: readonly Item[], properties: readonly Buffer[], dataAt: number): Buffer {
  const tiles = items.slice(1).map((item) => item.id)
  const references = tiles.length > 0 ? [box('iref', full(0), box('dimg', u16(1, tiles.length, ...tiles)))] : []
  return box(
    'meta',
    full(0),
    box('hdlr', full(0), u32(0), Buffer.from('pict'), Buffer.alloc(13)),
    box('pitm', full(0), u16(1)),
    locations(items, dataAt),
    box('iinf', full(0), u16(items.length), ...items.map(itemInfo)),
    ...references,
    box('iprp', box('ipco', ...properties), associations(items)),
  )
}

function itemInfo({ id, type }: Item): Buffer {
  return box('infe', full(2, id === 1 ? 0 : 1), u16(id, 0), Buffer.from(`${type}\0`, 'latin1'))
}

function locations(items: readonly Item[], dataAt: number): Buffer {
  let at = dataAt
  const rows = items.map(({ id, data }) => {
    const row = Buffer.concat([u16(id, 0, 1), u32(at), u32(data.length)])
    at += data.length
    return row
  })
  return box('iloc', full(0), u8(0x44, 0), u16(items.length), ...rows)
}

function associations(items: readonly Item[]): Buffer {
  const rows = items.map((item) => Buffer.concat([u16(item.id), u8(item.properties.length, ...item.properties)]))
  return box('ipma', full(0), u32(items.length), ...rows)
}

function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}

const full = (version: number, flags = 0): Buffer => u32(((version << 24) | flags) >>> 0)
const u8 = (...values: readonly number[]): Buffer => Buffer.from(values)
const u16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => u8(value >> 8, value & 0xff)))

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The HEVC data of the first item, at the fixed place where heif-enc 1.15 describes it (sizes 4, 4 and 4 in `iloc`). */
function codedPicture(file: Buffer): Buffer {
  const location = boxAt(file, ['meta', 'iloc']).content
  const start = location.readUInt32BE(12) + location.readUInt32BE(18)
  return file.subarray(start, start + location.readUInt32BE(22))
}

/** Finds a box by its path of types. */
function boxAt(file: Buffer, [type, ...rest]: readonly string[]): { whole: Buffer; content: Buffer } {
  for (let at = 0; at + 8 <= file.length; at += file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) !== type) continue
    const whole = file.subarray(at, at + file.readUInt32BE(at))
    const content = whole.subarray(type === 'meta' ? 12 : 8)
    return rest.length > 0 ? boxAt(content, rest) : { whole, content }
  }
  throw new Error(`No ${type} box in the test picture`)
}
