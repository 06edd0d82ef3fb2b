import { z } from 'zod'
import { isLocale, type Locale } from '#src/core/i18n.ts'
import { invalid, Problem } from '#src/errors.ts'
import { flag } from '#src/http/zod.ts'

const text = z.string().default('')

/** What an app sends that registers somebody. @see https://docs.joinmastodon.org/methods/accounts/#create */
export const accountBody = z.object({
  username: text,
  email: text,
  password: text,
  agreement: flag.default(false),
  locale: text,
  reason: z.string().nullish(),
})

/** The language that an app asks for, `fr-CA` included; English when there is no such. */
export function readLocale(tag: string): Locale {
  const language = tag.slice(0, 2).toLowerCase()
  return isLocale(language) ? language : 'en'
}

/** Says what is wrong in the words of the client API, which calls a handle `username`. Other errors stay as they are. */
export function inClientWords(error: unknown): unknown {
  if (!(error instanceof Problem) || !error.details?.handle) return error
  const { handle, ...others } = error.details
  return invalid(error.message.replace(/\bHandle\b/, 'Username'), { username: handle, ...others })
}
