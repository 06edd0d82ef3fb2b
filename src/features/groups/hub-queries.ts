import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'

/** The words of a remote post's document that say for whom it is; null for ours, and for what is deleted. */
export async function findAddressing(db: Db | Tx, postId: string): Promise<Readonly<Record<string, unknown>> | null> {
  const [row] = await db
    .select({
      addressing: sql<Record<string, unknown> | null>`case when ${posts.raw} is not null then jsonb_build_object(
        'audience', ${posts.raw}->'audience', 'to', ${posts.raw}->'to', 'cc', ${posts.raw}->'cc',
        'attributedTo', ${posts.raw}->'attributedTo') end`,
    })
    .from(posts)
    .where(eq(posts.id, postId))
  return row?.addressing ?? null
}

/** A group of another server. */
export type RemoteGroup = Readonly<{ id: string; iri: string }>

/** The groups of other servers in which a post is, those that it came into first before the others. */
export async function listRemoteGroupsOf(db: Db | Tx, postId: string): Promise<RemoteGroup[]> {
  const rows = await db
    .select({ id: actors.id, iri: actors.iri })
    .from(groupPosts)
    .innerJoin(actors, eq(actors.id, groupPosts.groupId))
    .where(
      and(
        eq(groupPosts.postId, postId),
        isNull(groupPosts.removedAt),
        isNotNull(actors.iri),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
      ),
    )
    .orderBy(asc(groupPosts.addedAt), asc(actors.id))
  return rows.flatMap(({ id, iri }) => (iri ? { id, iri } : []))
}

/** A group of another server to which something is addressed. */
export type AddressedHub = RemoteGroup & Readonly<{ followersIri: string | null }>

/** The groups of other servers that let in by hand, to which a post that is there is addressed by name, and not everybody. */
export async function listAddressedHubs(db: Db, postId: string): Promise<AddressedHub[]> {
  const rows = await db
    .select({ id: actors.id, iri: actors.iri, followersIri: actors.followersIri })
    .from(postRecipients)
    .innerJoin(posts, eq(posts.id, postRecipients.postId))
    .innerJoin(actors, eq(actors.id, postRecipients.actorId))
    .where(
      and(
        eq(postRecipients.postId, postId),
        eq(posts.visibility, 'direct'),
        isNull(posts.deletedAt),
        eq(actors.type, 'Group'),
        // What is said in a group that everybody can join is no secret of its members, and nobody knows of them.
        eq(actors.isLocked, true),
        isNotNull(actors.iri),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
      ),
    )
    .orderBy(asc(actors.id))
  return rows.flatMap(({ iri, ...row }) => (iri ? { ...row, iri } : []))
}

/** Finds the topic of a group by the address of its conversation, as its server names it. */
export async function findTopicByContext(
  db: Db | Tx,
  groupId: string,
  contexts: readonly string[],
): Promise<string | null> {
  const [row] = await db
    .select({ postId: groupPosts.postId })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(
      and(
        eq(groupPosts.groupId, groupId),
        eq(groupPosts.topicId, groupPosts.postId),
        isNull(groupPosts.removedAt),
        sql`${posts.raw}->>'context' = any(${texts(contexts)})`,
      ),
    )
    .limit(1)
  return row?.postId ?? null
}
