import { and, eq, inArray, isNotNull, isNull, ne, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import { replyConsents } from '#src/db/schema/replies.ts'

/** That an answer shows only with somebody's consent, and whether there is one. */
export type ReplyConsent = Readonly<typeof replyConsents.$inferSelect>

/** Notes that an answer needs a consent, or has it. */
export async function insertConsent(tx: Tx, values: typeof replyConsents.$inferInsert): Promise<void> {
  await tx.insert(replyConsents).values(values)
}

/** Changes what is known of a consent. */
export async function updateConsent(
  tx: Tx,
  id: string,
  change: Partial<Pick<ReplyConsent, 'state' | 'visibility' | 'authorizationIri' | 'requestIri' | 'broughtBy'>>,
): Promise<void> {
  await tx.update(replyConsents).set(change).where(eq(replyConsents.id, id))
}

/** Locks the consent to an answer until the transaction ends; null where none is needed. */
export async function lockConsent(tx: Tx, postId: string): Promise<ReplyConsent | null> {
  const [row] = await tx.select().from(replyConsents).where(eq(replyConsents.postId, postId)).for('update')
  return row ?? null
}

/** One of the two posts, as much of it as its address needs. `iri`, `host` and `authorIri` are null when it is ours. */
export type ReplyEnd = Readonly<{
  id: string
  iri: string | null
  authorId: string
  handle: string
  host: string | null
  authorIri: string | null
}>

/** A consent, the answer that needs it, and what that answers. */
export type ReplyEnds = Readonly<{ consent: ReplyConsent; reply: ReplyEnd; parent: ReplyEnd }>

const parents = alias(posts, 'parent')
const askedActors = alias(actors, 'asked_actor')

function endOf(post: typeof posts | typeof parents, author: typeof actors | typeof askedActors) {
  const { id: authorId, handle, host, iri: authorIri } = author
  return { id: sql<string>`${post.id}::text`, iri: post.iri, authorId, handle, host, authorIri }
}

function ends(db: Db | Tx) {
  return db
    .select({ consent: replyConsents, reply: endOf(posts, actors), parent: endOf(parents, askedActors) })
    .from(replyConsents)
    .innerJoin(posts, eq(posts.id, replyConsents.postId))
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .innerJoin(parents, eq(parents.id, posts.inReplyToId))
    .innerJoin(askedActors, eq(askedActors.id, parents.actorId))
}

/** For whom a post is once nobody holds it back. */
export async function findMeantVisibility(
  db: Db | Tx,
  { id, isHeld, visibility }: Readonly<{ id: string; isHeld: boolean; visibility: ReplyConsent['visibility'] }>,
): Promise<ReplyConsent['visibility']> {
  if (!isHeld) return visibility
  const columns = { visibility: replyConsents.visibility }
  const [row] = await db.select(columns).from(replyConsents).where(eq(replyConsents.postId, id))
  return row?.visibility ?? visibility
}

/** Forgets what has brought an answer. */
export async function forgetBringing(db: Db | Tx, postId: string): Promise<void> {
  await db.update(replyConsents).set({ broughtBy: null }).where(eq(replyConsents.postId, postId))
}

/** What has brought an answer that was held; null where nobody needs it. */
export async function findBringing(db: Db, postId: string): Promise<string | null> {
  const columns = { body: replyConsents.broughtBy }
  const [row] = await db.select(columns).from(replyConsents).where(eq(replyConsents.postId, postId))
  return row?.body ?? null
}

/** Finds the consent to an answer; null where none is needed. */
export async function findReplyEnds(db: Db | Tx, postId: string): Promise<ReplyEnds | null> {
  const [row] = await ends(db).where(eq(replyConsents.postId, postId))
  return row ?? null
}

/** Which of some posts are answers to an actor's posts that wait for its yes. */
export async function listHeldAnswers(db: Db, actorId: string, postIds: readonly string[]): Promise<Set<string>> {
  if (postIds.length === 0) return new Set()
  const rows = await db
    .select({ id: sql<string>`${posts.id}::text` })
    .from(replyConsents)
    .innerJoin(posts, eq(posts.id, replyConsents.postId))
    .innerJoin(parents, and(eq(parents.id, posts.inReplyToId), eq(parents.actorId, actorId)))
    .where(and(inArray(replyConsents.postId, [...postIds]), eq(replyConsents.state, 'pending')))
  return new Set(rows.map(({ id }) => id))
}

/** Finds a consent by its own id, from which the address of our stamp follows. */
export async function findReplyEndsByStamp(db: Db | Tx, id: string): Promise<ReplyEnds | null> {
  const [row] = await ends(db).where(eq(replyConsents.id, id))
  return row ?? null
}

/** The answers that a stamp of another server lets in. */
export async function listStampedReplies(db: Db | Tx, authorizationIri: string): Promise<ReplyEnds[]> {
  return ends(db).where(and(eq(replyConsents.authorizationIri, authorizationIri), ne(replyConsents.state, 'refused')))
}

/** Answers by actors of other servers, other than its author, to a post that came after them, for which nobody has been asked. */
export async function listUnasked(
  tx: Tx,
  parent: Readonly<{ id: string; actorId: string }>,
): Promise<{ id: string; visibility: ReplyConsent['visibility']; actorId: string; actorIri: string | null }[]> {
  const consents = tx.select().from(replyConsents).where(eq(replyConsents.postId, posts.id))
  return tx
    .select({ id: posts.id, visibility: posts.visibility, actorId: posts.actorId, actorIri: actors.iri })
    .from(posts)
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .where(
      and(
        eq(posts.inReplyToId, parent.id),
        ne(posts.actorId, parent.actorId),
        isNotNull(actors.host),
        isNull(posts.deletedAt),
        notExists(consents),
      ),
    )
}
