import { createRequire } from 'node:module'
import { ImageRefused } from '#src/core/images/refused.ts'

/** A decoded HEIC picture: rows of 8-bit RGB or RGBA without padding, upright, in the colours of `profile`. */
export type HeicPixels = Readonly<{
  pixels: Buffer
  width: number
  height: number
  channels: 3 | 4
  /** The ICC profile in the file, or null where sRGB is meant. */
  profile: Buffer | null
}>

/**
 * The part of libheif's C interface that is used, as Emscripten exports it: pointers are numbers, and a function that
 * returns the struct `heif_error` takes the place for it as its first argument. The interface rather than the JavaScript
 * classes that come with it: those give no colour profile, keep three copies of the pixels and print errors to the console.
 * @see https://github.com/strukturag/libheif/tree/master/libheif/api
 */
type LibHeif = Readonly<{
  /** The memory of the module; another array after each growth, hence never kept across a call. */
  HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(at: number): void
  _heif_context_alloc(): number
  _heif_context_free(context: number): void
  _heif_context_set_maximum_image_size_limit(context: number, maxEdge: number): void
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    at: number,
    bytes: number,
    options: 0,
  ): void
  _heif_context_get_primary_image_handle(error: number, context: number, handleOut: number): void
  _heif_image_handle_get_width(handle: number): number
  _heif_image_handle_get_height(handle: number): number
  _heif_image_handle_has_alpha_channel(handle: number): number
  _heif_image_handle_get_raw_color_profile_size(handle: number): number
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, at: number): void
  _heif_image_handle_release(handle: number): void
  _heif_decode_image(error: number, handle: number, out: number, space: number, chroma: number, options: 0): void
  _heif_image_get_width(image: number, channel: number): number
  _heif_image_get_height(image: number, channel: number): number
  _heif_image_get_plane_readonly2(image: number, channel: number, strideOut: number): number
  _heif_image_release(image: number): void
}>

const COLORSPACE_RGB = 1
const CHROMA = { 3: 10, 4: 11 } as const
const CHANNEL_INTERLEAVED = 10

/** Width and height of a HEIC picture as it will be shown. Nothing is decoded. Throws `ImageRefused`. */
export function inspectHeic(file: Uint8Array): { width: number; height: number } {
  return withPrimary(file, { maxPixels: null }, ({ lib, handle }) => sizeOf(lib, handle))
}

/**
 * Decodes the main picture of a HEIC file; rotation and mirroring are applied by libheif. It computes for seconds without
 * a pause: only for a process that has nothing else to do. Throws `ImageRefused`, before decoding if `maxPixels` is passed.
 */
export function decodeHeic(file: Uint8Array, { maxPixels }: { maxPixels: number }): HeicPixels {
  return withPrimary(file, { maxPixels }, (source) => {
    const { width, height } = sizeOf(source.lib, source.handle)
    if (width * height > maxPixels) throw new ImageRefused('too-many-pixels')
    const channels = source.lib._heif_image_handle_has_alpha_channel(source.handle) ? 4 : 3
    const profile = readProfile(source)
    const image = call(source, (error, out) =>
      source.lib._heif_decode_image(error, source.handle, out, COLORSPACE_RGB, CHROMA[channels], 0),
    )
    try {
      return { ...copyPixels(source, image, channels), channels, profile }
    } finally {
      source.lib._heif_image_release(image)
    }
  })
}

/** A picture within an open file; `scratch` is room for the results of calls: an error of 12 bytes, a pointer of 4. */
type Source = Readonly<{ lib: LibHeif; handle: number; scratch: number }>

const SCRATCH_BYTES = 16
const OUT_OFFSET = 12

function withPrimary<T>(file: Uint8Array, limits: { maxPixels: number | null }, use: (source: Source) => T): T {
  const lib = load()
  const scratch = lib._malloc(SCRATCH_BYTES)
  const at = lib._malloc(file.length)
  const context = lib._heif_context_alloc()
  try {
    if (!scratch || !at || !context) throw new RangeError('No memory for a HEIC file')
    lib.HEAPU8.set(file, at)
    // A file may announce a small picture and hold a large one: this is checked again while decoding.
    if (limits.maxPixels !== null) {
      lib._heif_context_set_maximum_image_size_limit(context, Math.ceil(Math.sqrt(limits.maxPixels)))
    }
    call({ lib, scratch }, (error) =>
      lib._heif_context_read_from_memory_without_copy(error, context, at, file.length, 0),
    )
    const handle = call({ lib, scratch }, (error, out) =>
      lib._heif_context_get_primary_image_handle(error, context, out),
    )
    try {
      return use({ lib, handle, scratch })
    } finally {
      lib._heif_image_handle_release(handle)
    }
  } finally {
    if (context) lib._heif_context_free(context)
    lib._free(at)
    lib._free(scratch)
  }
}

let loaded: LibHeif | undefined

/** Loaded at the first HEIC picture (70 ms and 20 MB): the bundle has the WebAssembly inside and fetches nothing. */
function load(): LibHeif {
  const module: LibHeif = loaded ?? createRequire(import.meta.url)('libheif-js/wasm-bundle')
  loaded = module
  return module
}

/** Calls a function that returns a `heif_error` and a pointer, and answers the pointer. Throws `ImageRefused` on an error. */
function call({ lib, scratch }: Omit<Source, 'handle'>, run: (error: number, out: number) => void): number {
  run(scratch, scratch + OUT_OFFSET)
  const memory = viewOf(lib)
  const code = memory.getInt32(scratch, true)
  if (code === 0) return memory.getUint32(scratch + OUT_OFFSET, true)
  const message = readText(lib, memory.getUint32(scratch + 8, true))
  throw new ImageRefused('unreadable', new Error(`libheif: ${message}`))
}

const viewOf = (lib: LibHeif): DataView => new DataView(lib.HEAPU8.buffer, lib.HEAPU8.byteOffset, lib.HEAPU8.byteLength)

function readText(lib: LibHeif, at: number): string {
  return Buffer.from(lib.HEAPU8.subarray(at, lib.HEAPU8.indexOf(0, at))).toString('utf8')
}

function sizeOf(lib: LibHeif, handle: number): { width: number; height: number } {
  return { width: lib._heif_image_handle_get_width(handle), height: lib._heif_image_handle_get_height(handle) }
}

function readProfile({ lib, handle, scratch }: Source): Buffer | null {
  const size = lib._heif_image_handle_get_raw_color_profile_size(handle)
  if (size === 0) return null
  const at = lib._malloc(size)
  try {
    call({ lib, scratch }, (error) => lib._heif_image_handle_get_raw_color_profile(error, handle, at))
    return Buffer.from(lib.HEAPU8.subarray(at, at + size))
  } finally {
    lib._free(at)
  }
}

/** libheif pads each row; the pixels handed on are not padded. */
function copyPixels(
  { lib, scratch }: Source,
  image: number,
  channels: 3 | 4,
): Omit<HeicPixels, 'channels' | 'profile'> {
  const width = lib._heif_image_get_width(image, CHANNEL_INTERLEAVED)
  const height = lib._heif_image_get_height(image, CHANNEL_INTERLEAVED)
  const at = lib._heif_image_get_plane_readonly2(image, CHANNEL_INTERLEAVED, scratch)
  const stride = viewOf(lib).getUint32(scratch, true)
  const row = width * channels
  const pixels = Buffer.allocUnsafe(row * height)
  for (let y = 0; y < height; y += 1) {
    const from = at + y * stride
    pixels.set(lib.HEAPU8.subarray(from, from + row), y * row)
  }
  return { pixels, width, height }
}
