import { z } from 'zod'
import type { TypedGroup } from '#src/web/components/group-form.ts'
import type { GroupInput } from './service.ts'

/** More than any of the texts may have: what is too long is said beside the field. */
const text = z
  .string()
  .max(100_000)
  .default('')
  .transform((value) => value.replace(/\r\n?/g, '\n'))

const accesses = ['public', 'approval', 'private'] as const
const postings = ['everyone', 'members', 'moderators'] as const

/** The form of a group as it is sent. */
export const groupBody = z.object({
  handle: text,
  name: text,
  summary: text,
  joining: z.enum(accesses).catch('public'),
  posting: z.enum(postings).catch('members'),
  rules: text,
  question: text,
})

/** The form before anybody types. */
export const blankGroup: TypedGroup = groupBody.parse({})

/** What was typed as the services take it. */
export function toGroupInput(typed: TypedGroup): GroupInput & { isLocked: boolean } {
  const { name, summary, posting, rules, question, joining } = typed
  return { name, summary, posting, rules: rules.trim(), question: question.trim(), isLocked: joining !== 'public' }
}

/** The names of the form for those of the Problem. */
export const fieldNames: Readonly<Record<string, string>> = {
  display_name: 'name',
  note: 'summary',
  is_locked: 'joining',
}
