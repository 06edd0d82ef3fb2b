import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Ctx } from '#src/context.ts'
import { processImage } from '#src/core/images.ts'
import { addEmoji } from '#src/features/emoji/service.ts'

/** A red disc, through whose corners one sees. */
export function disc(edge = 64): Promise<Buffer> {
  const half = edge / 2
  const pixels = Buffer.alloc(edge * edge * 4)
  for (let at = 0; at < edge * edge; at += 1) {
    const [x, y] = [(at % edge) + 0.5 - half, Math.floor(at / edge) + 0.5 - half]
    if (x * x + y * y <= half * half) pixels.set([224, 32, 32, 255], at * 4)
  }
  return sharp(pixels, { raw: { width: edge, height: edge, channels: 4 } })
    .png()
    .toBuffer()
}

/** Lends a file with these bytes. */
export async function withFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'entremise-emoji-'))
  try {
    await writeFile(join(dir, 'picture'), bytes)
    return await use(join(dir, 'picture'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Adds an emoji as the command does, in this process. @returns its id */
export async function plantEmoji(
  ctx: Ctx,
  shortcode: string,
  more: { bytes?: Uint8Array; category?: string; isVisibleInPicker?: boolean } = {},
): Promise<string> {
  const { bytes = await disc(), category = null, isVisibleInPicker = true } = more
  return withFile(bytes, (path) =>
    addEmoji(ctx, { run: processImage }, { shortcode, path, category, isVisibleInPicker }),
  )
}
