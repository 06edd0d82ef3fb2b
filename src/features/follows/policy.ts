import type { Viewer } from '#src/context.ts'

/** Whether somebody may read who follows an actor and whom it follows. Everybody reads the counts; the lists are its team's alone. */
export function mayListFollows(viewer: Viewer | null, actorId: string): boolean {
  return viewer?.actorId === actorId
}
