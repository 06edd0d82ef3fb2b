import { and, asc, eq, gte, isNull, lt, notInArray, sql } from 'drizzle-orm'
import { texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { postEdits, postRecipients, postSubmissions, posts, postTags } from '#src/db/schema/posts.ts'
import type { Hashtag } from './hashtags.ts'
import type { Post } from './queries.ts'

/** An id for something published at a moment, never later than now: the order of ids is the order of time. */
export async function nextPostId(tx: Tx, publishedAt: Date): Promise<string> {
  const [row] = await tx.execute<{ id: string }>(sql`select make_id(${publishedAt.toISOString()}::timestamptz) as id`)
  if (!row) throw new Error('no id was made')
  return String(row.id)
}

/** Writes a post or a boost; false when there is one already (the same `iri`, or the same boost by the same actor). */
export async function insertPost(tx: Tx, values: typeof posts.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(posts).values(values).onConflictDoNothing().returning({ id: posts.id })
  return rows.length > 0
}

/** Writes posts or boosts; the ids of those that were not there already. */
export async function insertPosts(tx: Tx, values: readonly (typeof posts.$inferInsert)[]): Promise<string[]> {
  if (values.length === 0) return []
  const rows = await tx
    .insert(posts)
    .values([...values])
    .onConflictDoNothing()
    .returning({ id: posts.id })
  return rows.map(({ id }) => id)
}

/** Notes the effect from which the id of a boost's activity follows. */
export async function setEffect(tx: Tx, id: string, effectId: string): Promise<void> {
  await tx.update(posts).set({ effectId }).where(eq(posts.id, id))
}

/** What an edit may change of a row. */
export type PostChange = Partial<
  Pick<
    typeof posts.$inferInsert,
    | 'content'
    | 'source'
    | 'spoilerText'
    | 'isSensitive'
    | 'language'
    | 'visibility'
    | 'isHeld'
    | 'hasMedia'
    | 'cardId'
    | 'emojis'
    | 'editedAt'
    | 'raw'
    | 'url'
  >
>

/** Writes what has changed. */
export async function updatePost(tx: Tx, id: string, change: PostChange): Promise<void> {
  await tx.update(posts).set(change).where(eq(posts.id, id))
}

/** Locks a living post for the length of the transaction, so that two edits come one after the other. */
export async function lockPost(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.id, id), isNull(posts.deletedAt)))
    .for('update')
  return rows.length > 0
}

/**
 * Addresses a post to actors. Whom an earlier version addressed stays a recipient without being mentioned: they have seen it already.
 * @param recipients in the order of the text
 */
export async function replaceRecipients(
  tx: Tx,
  postId: string,
  recipients: readonly { actorId: string; isMention: boolean }[],
): Promise<void> {
  const kept = recipients.map(({ actorId }) => actorId)
  await tx
    .update(postRecipients)
    .set({ isMention: false })
    .where(
      and(eq(postRecipients.postId, postId), kept.length > 0 ? notInArray(postRecipients.actorId, kept) : undefined),
    )
  await insertRecipients(tx, postId, recipients)
}

/** Addresses a new post to actors, in the order of the text. */
export async function insertRecipients(
  tx: Tx,
  postId: string,
  recipients: readonly { actorId: string; isMention: boolean }[],
): Promise<void> {
  await insertRecipientsOf(tx, [{ postId, recipients }])
}

/** The same for several new posts. */
export async function insertRecipientsOf(
  tx: Tx,
  addressed: readonly { postId: string; recipients: readonly { actorId: string; isMention: boolean }[] }[],
): Promise<void> {
  const rows = addressed.flatMap(({ postId, recipients }) =>
    recipients.map((recipient, position) => ({ postId, position, ...recipient })),
  )
  if (rows.length === 0) return
  await tx
    .insert(postRecipients)
    .values(rows)
    .onConflictDoUpdate({
      target: [postRecipients.postId, postRecipients.actorId],
      set: { isMention: sql`excluded.is_mention`, position: sql`excluded.position` },
    })
}

/** Writes the hashtags of a post in the place of those that it had. */
export async function replaceHashtags(tx: Tx, postId: string, hashtags: readonly Hashtag[]): Promise<void> {
  await tx.delete(postTags).where(eq(postTags.postId, postId))
  await insertHashtags(tx, postId, hashtags)
}

/**
 * Writes the hashtags of a new post. Those that are there are held before anything refers to them, since whoever forgets what nobody uses would
 * take them else; the update of one that somebody else has just made changes nothing, and makes PostgreSQL return it.
 */
export async function insertHashtags(tx: Tx, postId: string, hashtags: readonly Hashtag[]): Promise<void> {
  if (hashtags.length === 0) return
  // In one order everywhere: two posts with the same new hashtags must not wait for each other crosswise.
  const sorted = hashtags.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const names = texts(sorted.map(({ name }) => name))
  const labels = texts(sorted.map(({ label }) => label))
  await tx.execute(sql`
    with there as materialized (select id, name from tags where name = any(${names}) order by id for key share),
    made as (
      insert into tags (name, label)
      select name, label from unnest(${names}, ${labels}) with ordinality as wanted (name, label, place)
      where name not in (select name from there) order by place
      on conflict (name) do update set name = excluded.name returning id
    )
    insert into post_tags (post_id, tag_id) select ${postId}::bigint, id from (table made union select id from there) as used
    on conflict do nothing`)
}

/** A version of a post that an edit has replaced. */
export type PostEdit = Readonly<typeof postEdits.$inferSelect>

/** Keeps what a post said until now. `userId`: who replaces it. */
export async function insertEdit(
  tx: Tx,
  post: Post,
  version: {
    userId: string | null
    media: { id: string; description: string | null }[]
    pollOptions: readonly string[] | null
  },
): Promise<void> {
  await tx.insert(postEdits).values({
    postId: post.id,
    userId: version.userId,
    content: post.content,
    source: post.source,
    spoilerText: post.spoilerText,
    isSensitive: post.isSensitive,
    media: version.media,
    pollOptions: version.pollOptions && [...version.pollOptions],
    emojis: post.emojis,
    createdAt: post.editedAt ?? post.publishedAt,
  })
}

/** The earlier versions of a post, oldest first. */
export async function listEdits(db: Db | Tx, postId: string): Promise<PostEdit[]> {
  return db.select().from(postEdits).where(eq(postEdits.postId, postId)).orderBy(asc(postEdits.id))
}

/** One sending of a post by a client, under the key that the client chose. */
export type Submission = Readonly<{ actorId: string; userId: string; key: string }>

/** The post that came of an earlier sending since a moment. */
export async function findSubmission(db: Db | Tx, submission: Submission, since: Date): Promise<string | null> {
  const { actorId, userId, key } = submission
  const [row] = await db
    .select({ postId: postSubmissions.postId })
    .from(postSubmissions)
    .where(
      and(
        eq(postSubmissions.userId, userId),
        eq(postSubmissions.actorId, actorId),
        eq(postSubmissions.key, key),
        gte(postSubmissions.createdAt, since),
      ),
    )
  return row?.postId ?? null
}

/** Remembers what came of a sending. */
export async function insertSubmission(tx: Tx, submission: Submission, postId: string, now: Date): Promise<void> {
  await tx
    .insert(postSubmissions)
    .values({ ...submission, postId, createdAt: now })
    .onConflictDoUpdate({
      target: [postSubmissions.userId, postSubmissions.actorId, postSubmissions.key],
      set: { postId, createdAt: now },
    })
}

/** Removes the keys of submissions that were made before a moment. */
export async function pruneSubmissions(db: Db, before: Date): Promise<void> {
  await db.delete(postSubmissions).where(lt(postSubmissions.createdAt, before))
}
