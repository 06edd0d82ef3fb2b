import type { Filter, WholeFilter } from './queries.ts'

/** A filter made ready for matching: everything folded, everything asked about keywords answered. */
export type CompiledFilter = Readonly<{ filter: Filter; needles: readonly Needle[]; postIds: ReadonlySet<string> }>

type Needle = Readonly<{ keyword: string; folded: string; isWordAtStart: boolean; isWordAtEnd: boolean }>

/** A post as far as filters look at it. */
export type Matchable = Readonly<{
  /** The post; of a boost, the boost and what it shows. */
  postIds: readonly string[]
  /** Plain texts, each looked through for itself: the words, the warning, what polls and pictures say. */
  texts: readonly string[]
}>

/** What a filter found in a post. */
export type FilterMatch = Readonly<{ filter: Filter; keywords: readonly string[]; postIds: readonly string[] }>

/** Makes filters ready for matching. Those that find nothing are left out. */
export function compileFilters(filters: readonly WholeFilter[]): CompiledFilter[] {
  return filters
    .map(({ keywords, posts, ...filter }) => ({
      filter,
      needles: keywords.map(({ keyword, isWholeWord }) => toNeedle(keyword, isWholeWord)),
      postIds: new Set(posts.map(({ postId }) => postId)),
    }))
    .filter(({ needles, postIds }) => needles.length + postIds.size > 0)
}

/**
 * What filters find in a post. Keywords are looked for as they are, never as patterns: the time is that of reading the texts once for each.
 * Case makes no difference, nor do compatibility forms and the kind of white space.
 */
export function matchFilters(filters: readonly CompiledFilter[], post: Matchable, now: Date): FilterMatch[] {
  // A byte that is in no text, so that nothing is found across two of them.
  const text = fold(post.texts.join('\0'))
  return filters.flatMap(({ filter, needles, postIds }) => {
    if (filter.expiresAt && filter.expiresAt <= now) return []
    const keywords = needles.filter((needle) => isIn(text, needle)).map(({ keyword }) => keyword)
    const ids = post.postIds.filter((id) => postIds.has(id))
    return keywords.length + ids.length > 0 ? [{ filter, keywords, postIds: ids }] : []
  })
}

function toNeedle(keyword: string, isWholeWord: boolean): Needle {
  const folded = fold(keyword)
  return {
    keyword,
    folded,
    // Only a keyword that begins with a letter can begin in the middle of a word: "#cat" is found in "a#cat".
    isWordAtStart: isWholeWord && isWordAt(folded, 0),
    isWordAtEnd: isWholeWord && isWordBefore(folded, folded.length),
  }
}

function isIn(text: string, { folded, isWordAtStart, isWordAtEnd }: Needle): boolean {
  for (let at = text.indexOf(folded); at !== -1; ) {
    const isApart = !(isWordAtStart && isWordBefore(text, at)) && !(isWordAtEnd && isWordAt(text, at + folded.length))
    if (isApart) return true
    // A keyword that begins with a letter is next where a word begins: one long word is not gone through letter by letter.
    at = text.indexOf(folded, isWordAtStart ? nextWord(text, at) : at + 1)
  }
  return false
}

/** The index behind the word in which an index lies. */
function nextWord(text: string, index: number): number {
  notWord.lastIndex = index
  return notWord.test(text) ? notWord.lastIndex : text.length
}

/** Text as it is compared. The two small sigmas are one letter, which JavaScript tells apart by what follows. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').replace(/\s+/gu, ' ')
}

/** Letters, marks, digits and what joins them, as Mastodon's filters take words. */
const wordCharacter = /^[\p{L}\p{M}\p{Nd}\p{Pc}]/u
const notWord = /[^\p{L}\p{M}\p{Nd}\p{Pc}]/gu

function isWordAt(text: string, index: number): boolean {
  return index < text.length && wordCharacter.test(String.fromCodePoint(text.codePointAt(index) ?? 0))
}

function isWordBefore(text: string, index: number): boolean {
  if (index === 0) return false
  const unit = text.charCodeAt(index - 1)
  return isWordAt(text, unit >= 0xdc00 && unit <= 0xdfff && index > 1 ? index - 2 : index - 1)
}
