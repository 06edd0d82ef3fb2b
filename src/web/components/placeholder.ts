import { decode, isBlurhashValid } from 'blurhash'

// Six by six points, stretched smoothly by the browser, show all that four by three waves hold.
const side = 6
const headerBytes = 54
const rowBytes = Math.ceil((side * 3) / 4) * 4
const fileBytes = headerBytes + rowBytes * side

const maxRemembered = 2_000
const remembered = new Map<string, string | null>()

/**
 * The colours of a picture before it arrives, as a `data:` address of a tiny bitmap: the content policy allows it where an inline
 * style is forbidden, and it needs no script. Null when the blurhash, which may come from another server, is not one.
 */
export function placeholderOf(blurhash: string): string | null {
  const known = remembered.get(blurhash)
  if (known !== undefined) return known
  const made = isBlurhashValid(blurhash).result ? toBitmap(decode(blurhash, side, side)) : null
  if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value ?? '')
  remembered.set(blurhash, made)
  return made
}

/** A 24-bit BMP: the one format that needs neither compression nor a checksum. Its rows go from bottom to top, in BGR. */
function toBitmap(rgba: Uint8ClampedArray): string {
  const file = Buffer.alloc(fileBytes)
  file.write('BM')
  file.writeUInt32LE(fileBytes, 2)
  file.writeUInt32LE(headerBytes, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(side, 18)
  file.writeInt32LE(side, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = ((side - 1 - y) * side + x) * 4
      const to = headerBytes + y * rowBytes + x * 3
      file.set([rgba[from + 2] ?? 0, rgba[from + 1] ?? 0, rgba[from] ?? 0], to)
    }
  }
  return `data:image/bmp;base64,${file.toString('base64')}`
}
