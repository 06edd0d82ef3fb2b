import { z } from 'zod'
import { flag, textList } from '#src/http/zod.ts'
import type { PhraseChange } from './parts.ts'
import { filterContexts, toTitle } from './policy.ts'
import type { FilterChanges, FilterDraft, KeywordChange } from './service.ts'
import type { FilterChange } from './write-queries.ts'

/** Numbers are texts too: forms cannot tell them apart. */
const words = z.union([z.string(), z.number()]).transform(String)

/** An empty flag was not said. */
const someFlag = z.preprocess((value) => (value === '' || value === null ? undefined : value), flag.optional())

const someId = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((id) => (id === null || id === undefined || id === '' ? null : String(id)))

/** A century of seconds: what is longer cannot be written down as a date everywhere. */
const longest = 3_155_760_000

/** For how many seconds from now; empty for ever. */
const expiresIn = z
  .union([z.literal(''), z.null(), z.coerce.number('must be a number of seconds')])
  .transform((value) => (value === '' ? null : value))
  .pipe(z.number().int('must be a whole number of seconds').min(0).max(longest).nullable())
  .optional()

/** The order is ours and each stands once, so that what is stored does not depend on how a client counts. */
const contexts = textList
  .transform((names) => {
    const given = new Set(names.map((name) => name.trim()).filter((name) => name !== ''))
    const known = filterContexts.filter((name) => given.delete(name))
    return [...known, ...given]
  })
  .nullish()

// The documentation calls it `blur_media` in one place and `blur` in another; clients send the latter.
const action = z.preprocess(
  (value) => (value === 'blur_media' ? 'blur' : value || undefined),
  z.enum(['warn', 'hide', 'blur'], 'must be warn, hide or blur').optional(),
)

const keywordChange = z.object({ id: someId, keyword: words.nullish(), whole_word: someFlag, _destroy: someFlag })

/** A list, or a record by numbers as some clients write lists. */
const keywordChanges = z
  .union([z.array(keywordChange), z.record(z.string(), keywordChange).transform((record) => Object.values(record))])
  .nullish()

/** The body of a filter. */
export const filterBody = z.object({
  title: words.nullish(),
  context: contexts,
  filter_action: action,
  expires_in: expiresIn,
  keywords_attributes: keywordChanges,
})

/** The body of a keyword. */
export const keywordBody = z.object({ keyword: words.nullish(), whole_word: someFlag })

/** The body of what makes a filter find a post. */
export const filteredPostBody = z.object({ status_id: words })

/** The body of a filter of the first version. */
export const phraseBody = z.object({
  phrase: words.nullish(),
  context: contexts,
  irreversible: someFlag,
  whole_word: someFlag,
  expires_in: expiresIn,
})

function expiryOf(seconds: number | null, now: Date): Date | null {
  return seconds === null ? null : new Date(now.getTime() + seconds * 1_000)
}

/** A body as a filter, with the keywords that it is to have; null in place of their list when one of them claims to exist already. */
export function toFilterDraft(body: z.output<typeof filterBody>, now: Date): FilterDraft | null {
  const changes = toKeywordChanges(body)
  if (changes.some(({ id }) => id !== null)) return null
  return {
    title: body.title ?? '',
    contexts: body.context ?? [],
    action: body.filter_action ?? 'warn',
    expiresAt: expiryOf(body.expires_in ?? null, now),
    keywords: changes
      .filter(({ isGone }) => !isGone)
      .map(({ keyword = '', isWholeWord = true }) => ({ keyword, isWholeWord })),
  }
}

/** A body as changes of a filter. */
export function toFilterChanges(body: z.output<typeof filterBody>, now: Date): FilterChanges {
  return {
    ...toFilterChange(body, now),
    ...(typeof body.title === 'string' ? { title: body.title } : {}),
    ...(body.filter_action ? { action: body.filter_action } : {}),
    keywords: toKeywordChanges(body),
  }
}

function toFilterChange(
  body: Pick<z.output<typeof filterBody>, 'context' | 'expires_in'>,
  now: Date,
): Pick<FilterChange, 'contexts' | 'expiresAt'> {
  return {
    ...(body.context ? { contexts: body.context } : {}),
    ...(body.expires_in === undefined ? {} : { expiresAt: expiryOf(body.expires_in, now) }),
  }
}

/** Empty lines of a form, in which nothing was written, are nothing. */
function toKeywordChanges({ keywords_attributes: list }: z.output<typeof filterBody>): KeywordChange[] {
  return (list ?? [])
    .filter(({ id, keyword, whole_word: isWholeWord }) => id !== null || keyword || isWholeWord)
    .map(({ id, keyword, whole_word: isWholeWord, _destroy: isGone }) => ({
      id,
      isGone: isGone ?? false,
      ...(typeof keyword === 'string' ? { keyword } : {}),
      ...(isWholeWord === undefined ? {} : { isWholeWord }),
    }))
}

/** A body of the first version as a filter of one keyword, which is its title, too. */
export function toPhraseDraft(body: z.output<typeof phraseBody>, now: Date): FilterDraft {
  const phrase = body.phrase ?? ''
  return {
    title: toTitle(phrase),
    contexts: body.context ?? [],
    action: body.irreversible ? 'hide' : 'warn',
    expiresAt: expiryOf(body.expires_in ?? null, now),
    keywords: [{ keyword: phrase, isWholeWord: body.whole_word ?? false }],
  }
}

/** A body of the first version as changes. */
export function toPhraseChange(body: z.output<typeof phraseBody>, now: Date): PhraseChange {
  return {
    ...toFilterChange(body, now),
    ...(typeof body.phrase === 'string' ? { keyword: body.phrase } : {}),
    ...(body.whole_word === undefined ? {} : { isWholeWord: body.whole_word }),
    ...(body.irreversible === undefined ? {} : { action: body.irreversible ? 'hide' : 'warn' }),
  }
}
