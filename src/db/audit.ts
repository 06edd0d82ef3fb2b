import type { Tx } from './client.ts'
import { audit } from './schema/audit.ts'

/** Who did what: both ids of the viewer, the noun and verb, and the row that it was done to. */
export type AuditEntry = Readonly<{
  viewer: { userId: string | null; actorId: string | null } | null
  /** Noun and verb, as in `post.created`. */
  action: string
  subjectId: string | null
  details?: Record<string, unknown>
}>

/** Records an act in the transaction that does it. `viewer` null: an operator at the command line. */
export async function recordAct(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.insert(audit).values({
    userId: entry.viewer?.userId ?? null,
    actorId: entry.viewer?.actorId ?? null,
    action: entry.action,
    subjectId: entry.subjectId,
    details: entry.details ?? null,
  })
}
