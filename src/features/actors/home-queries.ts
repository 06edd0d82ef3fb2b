import { and, inArray, isNull, ne } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { instance } from '#src/db/schema/instance.ts'

/** Where an instance lives: the ids of everything that others know of it begin with `publicUrl`, and its handles end in `handleHost`. */
export type Home = Readonly<{ publicUrl: string; handleHost: string }>

/** Where the instance lives; null before its first start. */
export async function findHome(db: Db | Tx): Promise<Home | null> {
  const [row] = await db.select({ publicUrl: instance.publicUrl, handleHost: instance.handleHost }).from(instance)
  return row?.publicUrl && row.handleHost ? { publicUrl: row.publicUrl, handleHost: row.handleHost } : null
}

/** Whether there is anybody whom others may know. */
export async function hasActors(db: Db | Tx): Promise<boolean> {
  const local = and(isNull(actors.host), ne(actors.type, 'Application'))
  const rows = await db.select({ id: actors.id }).from(actors).where(local).limit(1)
  return rows.length > 0
}

/** Keeps where the instance lives. */
export async function setHome(tx: Tx, { publicUrl, handleHost }: Home): Promise<void> {
  await tx.update(instance).set({ publicUrl, handleHost })
}

/** The instance's own actor is called like its host. */
export async function renameInstanceActor(tx: Tx, handle: string): Promise<void> {
  const own = tx.select({ id: instance.actorId }).from(instance)
  await tx.update(actors).set({ handle, name: handle }).where(inArray(actors.id, own))
}
