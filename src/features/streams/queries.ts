import { eq, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { blocks, shunnedHosts } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import { listMembers, lists } from '#src/db/schema/lists.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import { isListedFor } from '#src/features/posts/queries.ts'
import type { PostFacts } from './names.ts'

const idsOf = (ids: readonly string[]) => sql`${`{${ids.join(',')}}`}::bigint[]`

/** What of a post decides in which open streams it stands; null for one that is not for everybody, for boosts, and of who is limited. */
export async function findPostFacts(db: Db, postId: string): Promise<PostFacts | null> {
  const [row] = await db
    .select({
      isLocal: sql<boolean>`${posts.iri} is null`,
      hasMedia: posts.hasMedia,
      isListed: sql<boolean>`((${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
        or ${posts.inReplyToActorId} = ${posts.actorId})`,
      isOpen: sql<boolean>`(${posts.visibility} = 'public' and ${posts.boostOfId} is null and ${isListedFor(null, posts.actorId)})`,
      tags: sql<string[] | null>`(select array_agg(t.name) from ${postTags} pt join ${tags} t on t.id = pt.tag_id
        where pt.post_id = ${postId})`,
    })
    .from(posts)
    .where(eq(posts.id, postId))
  if (!row?.isOpen) return null
  return { isLocal: row.isLocal, hasMedia: row.hasMedia, isListed: row.isListed, tags: row.tags ?? [] }
}

/** A post that is deleted now, with its author: of a boost nothing else is left. */
export type Former = Readonly<{ postId: string; authorId: string }>

/** Whether a deleted post was for followers at all; what is held now was for others until a moment ago. */
const wasForFollowers = ({ postId }: Former) =>
  sql`not exists (select from ${posts} where ${posts.id} = ${postId} and ${posts.visibility} = 'direct' and not ${posts.isHeld})`

const wasNamed = ({ postId }: Former) => sql`exists (select from ${postRecipients}
  where ${postRecipients.postId} = ${postId} and ${postRecipients.actorId} = r.id)`

/** Which of some actors had a deleted post in front of them: who follows its author, was named, or wrote it. */
export async function listFormerReaders(db: Db, former: Former, actorIds: readonly string[]): Promise<string[]> {
  if (actorIds.length === 0) return []
  const { authorId } = former
  const rows = await db.execute<{ id: string }>(sql`
    select r.id::text as id from unnest(${idsOf(actorIds)}) as r(id)
    where r.id = ${authorId} or ${wasNamed(former)} or (${wasForFollowers(former)} and exists (select from ${follows}
      where ${follows.followerId} = r.id and ${follows.followeeId} = ${authorId} and ${follows.state} = 'accepted'))`)
  return rows.map(({ id }) => id)
}

/** Which of some lists had a deleted post in them: those in which its author is. */
export async function listFormerLists(db: Db, former: Former, listIds: readonly string[]): Promise<string[]> {
  if (listIds.length === 0) return []
  const rows = await db.execute<{ id: string }>(sql`
    select ${lists.id}::text as id from ${lists} join ${listMembers} on ${listMembers.listId} = ${lists.id}
    cross join lateral (select ${lists.actorId}) as r(id)
    where ${lists.id} = any(${idsOf(listIds)}) and ${listMembers.memberId} = ${former.authorId}
      and (${wasForFollowers(former)} or ${wasNamed(former)} or r.id = ${former.authorId})`)
  return rows.map(({ id }) => id)
}

/** Which of some actors are apart from another: a block between the two, or its server is shunned. */
export async function listApart(db: Db, authorId: string, actorIds: readonly string[]): Promise<Set<string>> {
  if (actorIds.length === 0) return new Set()
  const rows = await db.execute<{ id: string }>(sql`
    select r.id::text as id from unnest(${idsOf(actorIds)}) as r(id)
    where exists (select from ${blocks} where (${blocks.actorId}, ${blocks.blockedId}) in ((r.id, ${authorId}), (${authorId}, r.id)))
      or exists (select from ${shunnedHosts} join ${actors} on ${actors.host} = ${shunnedHosts.host}
        where ${shunnedHosts.actorId} = r.id and ${actors.id} = ${authorId})`)
  return new Set(rows.map(({ id }) => id))
}
