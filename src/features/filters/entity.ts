import type { FilterMatch } from './match.ts'
import type { Filter, FilteredPost, Keyword, WholeFilter } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/FilterKeyword/ */
export type FilterKeywordEntity = Readonly<{ id: string; keyword: string; whole_word: boolean }>

/** @see https://docs.joinmastodon.org/entities/FilterStatus/ */
export type FilterStatusEntity = Readonly<{ id: string; status_id: string }>

/** @see https://docs.joinmastodon.org/entities/Filter/ */
export type FilterEntity = Readonly<{
  id: string
  title: string
  context: readonly string[]
  expires_at: string | null
  filter_action: 'warn' | 'hide' | 'blur'
  keywords?: readonly FilterKeywordEntity[]
  statuses?: readonly FilterStatusEntity[]
}>

/** @see https://docs.joinmastodon.org/entities/FilterResult/ */
export type FilterResult = Readonly<{
  filter: FilterEntity
  keyword_matches: readonly string[] | null
  status_matches: readonly string[] | null
}>

/** @see https://docs.joinmastodon.org/entities/V1_Filter/ */
export type OldFilterEntity = Readonly<{
  id: string
  phrase: string
  context: readonly string[]
  expires_at: string | null
  irreversible: boolean
  whole_word: boolean
}>

/** A keyword as clients read it. */
export function toFilterKeyword({ id, keyword, isWholeWord }: Keyword): FilterKeywordEntity {
  return { id, keyword, whole_word: isWholeWord }
}

/** A post that a filter finds, as clients read it. */
export function toFilterStatus({ id, postId }: FilteredPost): FilterStatusEntity {
  return { id, status_id: postId }
}

/** A filter with everything in it, as its owner's clients edit it. */
export function toFilter(filter: WholeFilter): FilterEntity {
  return {
    ...toBareFilter(filter),
    keywords: filter.keywords.map(toFilterKeyword),
    statuses: filter.posts.map(toFilterStatus),
  }
}

function toBareFilter({ id, title, contexts, action, expiresAt }: Filter): FilterEntity {
  return { id, title, context: contexts, expires_at: expiresAt?.toISOString() ?? null, filter_action: action }
}

/** Why a post is filtered, as it stands in the status. */
export function toFilterResult({ filter, keywords, postIds }: FilterMatch): FilterResult {
  return {
    filter: toBareFilter(filter),
    keyword_matches: keywords.length > 0 ? keywords : null,
    status_matches: postIds.length > 0 ? postIds : null,
  }
}

/** A keyword with its filter, as clients of the first version of the API know filters: one phrase each. */
export function toOldFilter(filter: Filter, { id, keyword, isWholeWord }: Keyword): OldFilterEntity {
  return {
    id,
    phrase: keyword,
    context: filter.contexts,
    expires_at: filter.expiresAt?.toISOString() ?? null,
    irreversible: filter.action === 'hide',
    whole_word: isWholeWord,
  }
}
