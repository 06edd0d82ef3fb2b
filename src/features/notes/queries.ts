import { and, eq } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { accountNotes } from '#src/db/schema/notes.ts'

type NoteKey = Readonly<{ actorId: string; aboutId: string }>

/** Writes what an actor's team has to remember about another, in place of what it wrote before. */
export async function upsertNote(
  tx: Tx,
  note: NoteKey & { comment: string; userId: string; updatedAt: Date },
): Promise<void> {
  const { comment, userId, updatedAt } = note
  await tx
    .insert(accountNotes)
    .values(note)
    .onConflictDoUpdate({
      target: [accountNotes.actorId, accountNotes.aboutId],
      set: { comment, userId, updatedAt },
    })
}

/** Forgets what was written. */
export async function deleteNote(tx: Tx, { actorId, aboutId }: NoteKey): Promise<void> {
  await tx.delete(accountNotes).where(and(eq(accountNotes.actorId, actorId), eq(accountNotes.aboutId, aboutId)))
}
