import { and, eq, isNull, ne, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'
import { replyApprovals, replyPolicies } from '#src/db/schema/replies.ts'
import type { ReplyPolicy } from './reply-policy.ts'

/** That the author of what an answer answers has to let it in, and what they say. */
export type ReplyApproval = Readonly<typeof replyApprovals.$inferSelect>

/** Who may answer a post of another server; null: everybody. */
export async function findReplyPolicy(db: Db | Tx, postId: string): Promise<ReplyPolicy | null> {
  const [row] = await db
    .select({ automatic: replyPolicies.automatic, manual: replyPolicies.manual })
    .from(replyPolicies)
    .where(eq(replyPolicies.postId, postId))
  return row ?? null
}

/** Writes who may answer a post of another server; null: everybody. */
export async function writeReplyPolicy(tx: Tx, postId: string, policy: ReplyPolicy | null): Promise<void> {
  if (!policy) {
    await tx.delete(replyPolicies).where(eq(replyPolicies.postId, postId))
    return
  }
  const values = { automatic: [...policy.automatic], manual: [...policy.manual] }
  await tx
    .insert(replyPolicies)
    .values({ postId, ...values })
    .onConflictDoUpdate({ target: replyPolicies.postId, set: values })
}

/** Whether a post names an actor. */
export async function isNamedIn(db: Db | Tx, postId: string, actorId: string): Promise<boolean> {
  const rows = await db
    .select({ postId: postRecipients.postId })
    .from(postRecipients)
    .where(and(eq(postRecipients.postId, postId), eq(postRecipients.actorId, actorId)))
  return rows.length > 0
}

/** Notes that an answer waits for the yes of who is answered. */
export async function insertReplyApproval(tx: Tx, postId: string): Promise<void> {
  await tx.insert(replyApprovals).values({ postId })
}

/** Finds what the answered author says to an answer of ours; null where nobody has to be asked. */
export async function findReplyApproval(db: Db | Tx, postId: string): Promise<ReplyApproval | null> {
  const [row] = await db.select().from(replyApprovals).where(eq(replyApprovals.postId, postId))
  return row ?? null
}

/** The same, locked until the transaction ends. */
export async function lockReplyApproval(tx: Tx, postId: string): Promise<ReplyApproval | null> {
  const [row] = await tx.select().from(replyApprovals).where(eq(replyApprovals.postId, postId)).for('update')
  return row ?? null
}

/** Changes what is known of an approval. */
export async function updateReplyApproval(
  tx: Tx,
  postId: string,
  change: Partial<Pick<ReplyApproval, 'state' | 'authorizationIri' | 'isAuthorization'>>,
): Promise<void> {
  await tx.update(replyApprovals).set(change).where(eq(replyApprovals.postId, postId))
}

/** An answer of ours about which somebody elsewhere was asked: who wrote it, and whom and what it answers. */
export type AskedReply = Readonly<{ postId: string; handle: string; parentIri: string; parentAuthorId: string }>

const parents = alias(posts, 'parent')

/** Finds an answer of ours that somebody elsewhere has to let in. */
export async function findAskedReply(db: Db | Tx, postId: string): Promise<AskedReply | null> {
  const [reply] = await listAsked(db, eq(replyApprovals.postId, postId))
  return reply ?? null
}

/** The answers of ours that a proof lets in. */
export async function listLetInBy(db: Db | Tx, authorizationIri: string): Promise<AskedReply[]> {
  const isProven = eq(replyApprovals.authorizationIri, authorizationIri)
  return listAsked(db, and(isProven, ne(replyApprovals.state, 'refused')))
}

async function listAsked(db: Db | Tx, condition: SQL | undefined): Promise<AskedReply[]> {
  const rows = await db
    .select({
      postId: replyApprovals.postId,
      handle: actors.handle,
      parentIri: parents.iri,
      parentAuthorId: parents.actorId,
    })
    .from(replyApprovals)
    .innerJoin(posts, eq(posts.id, replyApprovals.postId))
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .innerJoin(parents, eq(parents.id, posts.inReplyToId))
    .where(condition)
  return rows.flatMap(({ parentIri, ...row }) => (parentIri ? { ...row, parentIri } : []))
}

/** Takes a post out of every group in which it is. */
export async function leaveGroups(tx: Tx, postId: string, now: Date): Promise<void> {
  await tx
    .update(groupPosts)
    .set({ removedAt: now })
    .where(and(eq(groupPosts.postId, postId), isNull(groupPosts.removedAt)))
}
