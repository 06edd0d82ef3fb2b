import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import { OutboundError } from './error.ts'

const decoders = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), br: promisify(brotliDecompress) } as const

/** What `readDecoded` understands, for `Accept-Encoding`. */
export const acceptEncoding = 'gzip, br'

/**
 * Reads a whole body.
 * @param encoding the value of `Content-Encoding`
 * @param maxBytes counted after decompression; the compressed form may not be larger either
 * @throws OutboundError `too-large`, `bad-response`, or what reading threw
 */
export async function readDecoded(body: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const bytes = await readWhole(body, maxBytes)
  const name = encoding?.trim().toLowerCase() ?? ''
  // Servers also name an encoding for an empty body.
  if (name === '' || name === 'identity' || bytes.length === 0) return bytes
  if (!isKnown(name)) throw new OutboundError('bad-response', `The answer has the content encoding "${name}"`)
  try {
    return await decoders[name](bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError
    if (isTooLarge) throw tooLarge(maxBytes)
    throw new OutboundError('bad-response', `The answer is not valid ${name}`, { cause })
  }
}

function isKnown(name: string): name is keyof typeof decoders {
  return Object.hasOwn(decoders, name)
}

async function readWhole(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** Reads the beginning of a body. A rest that is short is read too, so that the connection can be used again. */
export async function readStart(body: Readable, maxBytes: number): Promise<Buffer> {
  const drained = maxBytes * 4
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (size < maxBytes) chunks.push(chunk)
    size += chunk.length
    if (size > drained) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}

/** Gives up a body, and its connection with it. Undici reports that as an error, which has nobody to go to. */
export function discard(body: Readable): void {
  body.on('error', () => {})
  body.destroy()
}

/** Passes a body on and fails as soon as it is larger than allowed. */
export async function* bounded(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    yield chunk
  }
}

/** The error for an answer that is larger than allowed. */
export function tooLarge(maxBytes: number): OutboundError {
  return new OutboundError('too-large', `The answer is larger than ${maxBytes} bytes`)
}
