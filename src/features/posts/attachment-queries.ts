import { and, eq, inArray, isNull, notInArray, or, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { media } from '#src/db/schema/media.ts'
import type { RemotePicture } from '#src/features/media/remote-queries.ts'

/** A picture as far as attaching it needs. */
export type Attachable = Readonly<{
  id: string
  postId: string | null
  state: 'uploaded' | 'ready' | 'refused'
  refusal: string | null
}>

/** Locks pictures of an actor that may be attached to a post: free ones, and those that it has already. */
export async function lockAttachable(
  tx: Tx,
  picked: { actorId: string; postId: string | null; ids: readonly string[] },
): Promise<Attachable[]> {
  if (picked.ids.length === 0) return []
  return tx
    .select({ id: media.id, postId: media.postId, state: media.state, refusal: media.refusal })
    .from(media)
    .where(
      and(
        inArray(media.id, [...picked.ids]),
        // The owner is part of every such condition: an id alone gives nobody a right.
        eq(media.actorId, picked.actorId),
        isNull(media.deletedAt),
        isNull(media.scheduledPostId),
        isNull(media.productId),
        or(isNull(media.postId), picked.postId === null ? undefined : eq(media.postId, picked.postId)),
      ),
    )
    .for('update')
}

/** Holds pictures for a post that is to be published later: nobody else takes them, and no sweep. */
export async function holdPictures(tx: Tx, scheduledPostId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(media)
    .set({ scheduledPostId })
    .where(inArray(media.id, [...ids]))
}

/** Holds the pictures of a scheduled post no longer: they are free for as long as a fresh upload. */
export async function unholdPictures(tx: Tx, scheduledPostId: string, now: Date): Promise<void> {
  await tx
    .update(media)
    .set({ scheduledPostId: null, createdAt: now })
    .where(eq(media.scheduledPostId, scheduledPostId))
}

/** Gives pictures to a post, in this order. */
export async function attachPictures(tx: Tx, postId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const order = sql.join(
    ids.map((id) => sql`${id}::bigint`),
    sql`, `,
  )
  await tx
    .update(media)
    .set({ postId, position: sql`array_position(array[${order}], ${media.id}) - 1` })
    .where(inArray(media.id, [...ids]))
}

/** Takes pictures off a post and gives them up: their files go with them. */
export async function discardPictures(tx: Tx, postId: string, now: Date, kept: readonly string[] = []): Promise<void> {
  await tx
    .update(media)
    .set({ postId: null, deletedAt: now })
    .where(and(eq(media.postId, postId), kept.length > 0 ? notInArray(media.id, [...kept]) : undefined))
}

/** Takes pictures off a deleted post, free to be attached to another: clients delete a post to write it anew. */
export async function releasePictures(tx: Tx, postId: string, now: Date): Promise<void> {
  // From now on it counts as an upload that nobody has used yet, or the next sweep would take an old picture at once.
  await tx.update(media).set({ postId: null, position: 0, createdAt: now }).where(eq(media.postId, postId))
}

/** Changes how a picture of a post is described. */
export async function describePicture(
  tx: Tx,
  postId: string,
  picture: { id: string; description?: string | null; focusX?: number; focusY?: number },
): Promise<void> {
  const { id, ...change } = picture
  if (Object.values(change).every((value) => value === undefined)) return
  await tx
    .update(media)
    .set(change)
    .where(and(eq(media.id, id), eq(media.postId, postId)))
}

/** Writes how a remote post now speaks of a picture that we know. */
export async function updateRemotePicture(
  tx: Tx,
  id: string,
  picture: RemotePicture & { position: number },
): Promise<void> {
  await tx.update(media).set(picture).where(eq(media.id, id))
}
