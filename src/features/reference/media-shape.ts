import { z } from 'zod'
import { scalars } from './scalars.ts'

const { id, url } = scalars

const MediaSize = z.strictObject({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  size: z.string().regex(/^\d+x\d+$/),
  aspect: z.number().positive(),
})

/** @see https://docs.joinmastodon.org/entities/MediaAttachment/ */
export const MediaAttachment = z.strictObject({
  id,
  type: z.enum(['image', 'gifv', 'video', 'audio', 'unknown']),
  url: url.nullable(),
  preview_url: url.nullable(),
  remote_url: url.nullable(),
  text_url: url.nullable(),
  meta: z.strictObject({
    original: MediaSize.optional(),
    small: MediaSize.optional(),
    focus: z.strictObject({ x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) }).optional(),
  }),
  description: z.string().nullable(),
  blurhash: z.string().min(6).nullable(),
})
