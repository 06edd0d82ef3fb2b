import type { FastifyInstance, FastifyTypeProvider } from 'fastify'
import { z } from 'zod'
import { type FieldProblem, invalid, type Problem } from '#src/errors.ts'
import { sentenceOf } from './sentences.ts'

/** Lets a route's `schema` (params, querystring, body) be zod schemas and its handler see their types. */
export interface ZodProvider extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown
}

/** The instance on which features register their routes. */
export type App = ReturnType<typeof useZod>

/** Makes zod the validator of an instance. Unknown fields are dropped, as clients send many. */
export function useZod(app: FastifyInstance) {
  app.setValidatorCompiler<z.ZodType>(
    ({ schema }) =>
      (data) =>
        validate(schema, data),
  )
  return app.withTypeProvider<ZodProvider>()
}

/** What a schema makes of what came, or a Problem that says in our words what is wrong with it. */
export function validate<T>(schema: z.ZodType<T>, data: unknown): { value: T } | { error: Problem } {
  const parsed = schema.safeParse(data ?? {}, { error: sentenceOf })
  return parsed.success ? { value: parsed.data } : { error: toProblem(parsed.error) }
}

/** Turns what zod found into the shape of Mastodon's validation errors. @see https://docs.joinmastodon.org/entities/Error/ */
function toProblem(error: z.ZodError): Problem {
  const details: Record<string, FieldProblem[]> = {}
  for (const issue of error.issues) {
    const field = issue.path.map(String).join('.') || 'base'
    details[field] = [...(details[field] ?? []), { error: 'ERR_INVALID', description: issue.message }]
  }
  const sentences = error.issues.map((issue) => `${issue.path.map(String).join('.') || 'Request'} ${issue.message}`)
  return invalid(`Validation failed: ${sentences.join(', ')}`, details)
}

/** An id in a path. What cannot be an id is simply not found. */
export const idParams = z.object({ id: z.string() })

/** A sentence for what came; that nothing came is said as everywhere. */
export const ifSent = (sentence: string) => ({
  error: ({ input }: Readonly<{ input?: unknown }>) => (input === undefined ? undefined : sentence),
})

/** Yes or no as clients write it: JSON, form or query. An empty text means that it was not said. */
export const flag = z
  .union([z.boolean(), z.string(), z.number()], ifSent('must be true or false'))
  .transform((value, ctx) => {
    if (typeof value === 'boolean') return value
    const text = String(value).toLowerCase()
    if (['true', '1', 'on', 't', 'yes'].includes(text)) return true
    if (['false', '0', 'off', 'f', 'no', ''].includes(text)) return false
    ctx.addIssue({ code: 'custom', message: 'must be true or false' })
    return z.NEVER
  })

/** One text or a list of texts, as a list. */
export const textList = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))], ifSent('must be a list of texts'))
  .transform((value) => (Array.isArray(value) ? value : [value]).map(String))

const saysNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** A parameter that would change what happens and is not supported: 422 instead of a silent success. */
export const unsupported = (sentence: string) => z.unknown().refine(saysNothing, sentence).optional()
