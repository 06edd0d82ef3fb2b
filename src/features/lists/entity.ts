import type { List as ListRow } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/List/ */
export type List = Readonly<{
  id: string
  title: string
  replies_policy: 'followed' | 'list' | 'none'
  exclusive: boolean
}>

/** A list as clients read it. */
export function toList({ id, title, repliesPolicy, isExclusive }: ListRow): List {
  return { id, title, replies_policy: repliesPolicy, exclusive: isExclusive }
}
