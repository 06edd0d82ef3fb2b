import { type SQL, sql } from 'drizzle-orm'
import { posts } from '#src/db/schema/posts.ts'
import { emojiReactions } from '#src/db/schema/reactions.ts'

/** How many have reacted to a post with an emoji; `pictureUrl` is where the picture of a `:shortcode:` is elsewhere. */
export type ReactionCount = Readonly<{ emoji: string; pictureUrl: string | null; count: number }>

/** More are not shown: whoever wants to can make up new ones without end. */
const mostShown = 20

/** The emojis with which others have reacted to a post, the most frequent first; null when there are none. */
export function reactionsOfPost(): SQL<ReactionCount[] | null> {
  // Most posts have none: without the question before it, counting nothing takes as long as the rest of a row. By `exists` PostgreSQL would
  // rather read all reactions once and hash them, as looks cheap on the day when there are few.
  return sql<
    ReactionCount[] | null
  >`case when (select true from ${emojiReactions} where ${emojiReactions.postId} = ${posts.id} limit 1) then (
    select json_agg(json_build_object('emoji', tallied.emoji, 'pictureUrl', tallied.picture_url, 'count', tallied.number)
      order by tallied.number desc, tallied.first)
    from (select emoji, picture_url, count(*) as number, min(id) as first from ${emojiReactions}
      where ${emojiReactions.postId} = ${posts.id} group by emoji, picture_url
      order by 3 desc, 4 limit ${sql.raw(String(mostShown))}) as tallied) end`
}
