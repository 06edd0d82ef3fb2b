import { z } from 'zod'
import { flag, ifSent, textList } from '#src/http/zod.ts'
import type { PollDraft } from './policy.ts'

const seconds = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], ifSent('must be a number of seconds'))
  .refine((count) => Number.isSafeInteger(count), 'must be a number of seconds')

/** `poll` of a post or of an edit. An empty text stands for none. */
export const pollField = z
  .union([
    z.literal('').transform(() => null),
    z.object({
      options: textList,
      expires_in: seconds,
      multiple: flag.nullish(),
      hide_totals: flag.nullish(),
    }),
  ])
  .nullish()

/** A poll as a client wants it; null: none. Undefined: it was not said. */
export function toPollDraft(body: z.output<typeof pollField>): PollDraft | null | undefined {
  if (!body) return body
  return {
    options: body.options,
    lastsSeconds: body.expires_in,
    isMultiple: body.multiple ?? false,
    hidesTotals: body.hide_totals ?? false,
  }
}

/** The body of POST /api/v1/polls/:id/votes. */
export const votesBody = z.object({
  choices: z
    .union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()])
    .transform((choices) => [choices].flat().map(Number))
    .pipe(z.array(z.number('must be numbers of options').int().nonnegative()).max(100)),
})
