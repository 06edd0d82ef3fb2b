import { z } from 'zod'
import { isRefusalCode, type RefusalCode } from '#src/core/images/refused.ts'
import type { ImageJob, ProcessedImage } from '#src/core/images.ts'

const pixels = z.int().min(1).max(65_535)

/** What the media process is asked to do: paths and numbers, never bytes of a picture. */
export const jobSchema = z.object({
  inputPath: z.string().min(1),
  outputDir: z.string().min(1),
  edges: z.array(pixels).nonempty().optional(),
  as: z.literal('emoji').optional(),
}) satisfies z.ZodType<ImageJob>

const variantSchema = z.object({
  file: z.string().regex(/^\d{1,5}\.(jpg|webp|png)$/),
  mime: z.enum(['image/jpeg', 'image/webp', 'image/png']),
  width: pixels,
  height: pixels,
  bytes: z.int().positive(),
})

const resultSchema = z.object({
  type: z.enum(['jpeg', 'png', 'webp', 'avif', 'gif', 'heic']),
  width: pixels,
  height: pixels,
  blurhash: z.string().regex(/^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,164}$/),
  variants: z.array(variantSchema).nonempty(),
}) satisfies z.ZodType<ProcessedImage>

/**
 * What the media process answers. A picture that takes a decoder over could answer anything, hence the narrow shapes: no
 * path and no text of its choice gets from there into the storage, the database or a page.
 */
export const replySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: resultSchema }),
  z.object({
    kind: z.literal('refused'),
    code: z.custom<RefusalCode>((word) => typeof word === 'string' && isRefusalCode(word)),
  }),
  z.object({ kind: z.literal('failed'), message: z.string(), code: z.string().optional() }),
])

/** An answer of the media process: the picture, why it was refused, or the error that was in the way. */
export type Reply = z.infer<typeof replySchema>
