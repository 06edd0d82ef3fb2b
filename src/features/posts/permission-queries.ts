import { and, eq } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { type ReactionDeed, reactionPolicies } from '#src/db/schema/replies.ts'

export type { ReactionDeed }

/** Who may like and boost a post without being asked about, in the words of a reply policy; null: everybody. */
export type ReactionPolicies = Readonly<Record<ReactionDeed, readonly string[] | null>>

/** Finds who may do something with a post of another server without being asked about; null: everybody. */
export async function findReactionPolicy(db: Db | Tx, postId: string, deed: ReactionDeed): Promise<string[] | null> {
  const [row] = await db
    .select({ automatic: reactionPolicies.automatic })
    .from(reactionPolicies)
    .where(and(eq(reactionPolicies.postId, postId), eq(reactionPolicies.deed, deed)))
  return row?.automatic ?? null
}

/** Writes who may, in the place of what was so. */
export async function replaceReactionPolicies(tx: Tx, postId: string, policies: ReactionPolicies): Promise<void> {
  await tx.delete(reactionPolicies).where(eq(reactionPolicies.postId, postId))
  await insertReactionPolicies(tx, postId, policies)
}

/** Writes who may like and boost a new post of another server. */
export async function insertReactionPolicies(tx: Tx, postId: string, policies: ReactionPolicies): Promise<void> {
  const rows = (['like', 'boost'] as const).flatMap((deed) => {
    const automatic = policies[deed]
    return automatic ? [{ postId, deed, automatic: [...automatic] }] : []
  })
  if (rows.length > 0) await tx.insert(reactionPolicies).values(rows)
}
