import { and, asc, eq, getTableColumns, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { instance } from '#src/db/schema/instance.ts'
import { media } from '#src/db/schema/media.ts'
import { findPolicy } from '#src/db/severities.ts'

/** A picture: ours, or what we know of one on another server (`remoteUrl`). */
export type Media = Readonly<typeof media.$inferSelect>

/** As much of a picture as showing it needs. */
export type ShownMedia = Pick<
  Media,
  | 'id'
  | 'key'
  | 'kind'
  | 'width'
  | 'height'
  | 'blurhash'
  | 'focusX'
  | 'focusY'
  | 'description'
  | 'variants'
  | 'remoteUrl'
>

const columns = getTableColumns(media)

/** Finds a picture of an actor that is not given up. The owner is part of the question: an id alone gives nobody a right. */
export async function findOwnMedia(db: Db | Tx, actorId: string, id: string): Promise<Media | null> {
  if (!isId(id)) return null
  const [row] = await db
    .select(columns)
    .from(media)
    .where(and(eq(media.id, id), eq(media.actorId, actorId), isNull(media.deletedAt), isNull(media.remoteUrl)))
  return row ?? null
}

/** Finds a picture, whoever may see it: for the workers. */
export async function findMedia(db: Db | Tx, id: string): Promise<Media | null> {
  const [row] = await db.select(columns).from(media).where(eq(media.id, id))
  return row ?? null
}

/** Finds a picture by the folder in its address. */
export async function findMediaByKey(db: Db, key: string): Promise<Media | null> {
  const [row] = await db.select(columns).from(media).where(eq(media.key, key))
  return row ?? null
}

/** Whether a picture is the avatar or header of an actor that is there: then everybody may see it. */
export async function isProfilePicture(db: Db, mediaId: string): Promise<boolean> {
  const [row] = await db
    .select({ one: sql`1` })
    .from(actors)
    .where(
      and(
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
        sql`(${actors.avatarMediaId} = ${mediaId} or ${actors.headerMediaId} = ${mediaId})`,
      ),
    )
    .limit(1)
  return row !== undefined
}

/** Whether no pictures are taken from the server of an actor. */
export async function arePicturesRejected(db: Db, actorId: string): Promise<boolean> {
  const [actor] = await db.select({ host: actors.host }).from(actors).where(eq(actors.id, actorId))
  return actor?.host ? (await findPolicy(db, actor.host)).rejectsMedia : false
}

/** Writes a picture that was just stored. */
export async function insertMedia(
  tx: Tx,
  picture: Pick<Media, 'actorId' | 'userId' | 'key' | 'mime' | 'description' | 'focusX' | 'focusY'>,
): Promise<Media> {
  const [row] = await tx
    .insert(media)
    .values({ ...picture, state: 'uploaded' })
    .returning(columns)
  if (!row) throw new Error('a picture was not written')
  return row
}

/** Changes what is said of a picture. */
export async function updateMediaFacts(
  tx: Tx,
  id: string,
  facts: Partial<Pick<Media, 'description' | 'focusX' | 'focusY'>>,
): Promise<void> {
  if (Object.values(facts).every((fact) => fact === undefined)) return
  await tx.update(media).set(facts).where(eq(media.id, id))
}

/** Ends the life of an upload: ready or refused. False when somebody else was first, or it was given up meanwhile. */
export async function settleMedia(
  tx: Tx,
  id: string,
  change: Partial<Pick<Media, 'state' | 'refusal' | 'variants' | 'width' | 'height' | 'blurhash' | 'mime'>>,
): Promise<boolean> {
  const rows = await tx
    .update(media)
    .set(change)
    .where(and(eq(media.id, id), eq(media.state, 'uploaded')))
    .returning({ id: media.id })
  return rows.length > 0
}

/** Notes that a copy of a remote picture is stored. */
export async function markCached(
  db: Db,
  id: string,
  { mime, bytes, at }: { mime: string; bytes: number; at: Date },
): Promise<void> {
  await db.update(media).set({ cachedAt: at, cachedBytes: bytes, mime }).where(eq(media.id, id))
}

/** The oldest copies, as many as have to go so that the others are no larger than `mostBytes` together; 500 at the most. */
export async function listCopiesBeyond(db: Db, mostBytes: number): Promise<{ id: string; key: string }[]> {
  const summed = db
    .select({
      id: media.id,
      key: media.key,
      cachedAt: media.cachedAt,
      total: sql<string>`sum(${media.cachedBytes}) over (order by ${media.cachedAt} desc, ${media.id} desc)`.as(
        'total',
      ),
    })
    .from(media)
    .where(isNotNull(media.cachedAt))
    .as('summed')
  return db
    .select({ id: summed.id, key: summed.key })
    .from(summed)
    .where(sql`${summed.total} > ${mostBytes}`)
    .orderBy(asc(summed.cachedAt), asc(summed.id))
    .limit(500)
}

/** Gives a free picture up. False when it is in a post. */
export async function giveUpMedia(tx: Tx, actorId: string, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(media)
    .set({ deletedAt: now })
    .where(
      and(
        eq(media.id, id),
        eq(media.actorId, actorId),
        isNull(media.postId),
        isNull(media.scheduledPostId),
        isNull(media.productId),
        isNull(media.deletedAt),
      ),
    )
    .returning({ id: media.id })
  return rows.length > 0
}

/** Uploads that wait for longer than a job should take, but not for ever. */
export async function listWaiting(db: Db, span: { after: Date; before: Date }): Promise<string[]> {
  const rows = await db
    .select({ id: media.id })
    .from(media)
    .where(
      and(
        eq(media.state, 'uploaded'),
        isNull(media.remoteUrl),
        isNull(media.deletedAt),
        lt(media.createdAt, span.before),
        gt(media.createdAt, span.after),
      ),
    )
    .orderBy(asc(media.id))
    .limit(500)
  return rows.map(({ id }) => id)
}

/** Pictures whose files can go: given up, or free and in no use since `freeBefore`. */
export async function listDisposable(db: Db, freeBefore: Date): Promise<{ id: string; key: string }[]> {
  return db
    .select({ id: media.id, key: media.key })
    .from(media)
    .where(
      sql`${media.deletedAt} is not null or (${media.postId} is null and ${media.scheduledPostId} is null and ${media.productId} is null and ${media.remoteUrl} is null and ${media.createdAt} < ${freeBefore.toISOString()}
        and not exists (select from ${actors} where ${actors.avatarMediaId} = ${media.id} or ${actors.headerMediaId} = ${media.id}))`,
    )
    .limit(500)
}

/** Stored copies of remote pictures that nobody has asked for since a moment. */
export async function listStaleCopies(db: Db, before: Date): Promise<{ id: string; key: string }[]> {
  return db
    .select({ id: media.id, key: media.key })
    .from(media)
    .where(and(isNotNull(media.remoteUrl), lt(media.cachedAt, before)))
    .limit(500)
}

/** Forgets that a copy is stored. */
export async function clearCached(db: Db, id: string): Promise<void> {
  await db.update(media).set({ cachedAt: null, cachedBytes: 0 }).where(eq(media.id, id))
}

/** Removes a picture's row. */
export async function deleteMedia(db: Db, id: string): Promise<void> {
  await db.delete(media).where(eq(media.id, id))
}

/** What signs the addresses of pictures that not everybody may see. */
export async function findMediaSecret(db: Db): Promise<string> {
  const [row] = await db.select({ secret: instance.mediaSecret }).from(instance)
  if (!row) throw new Error('the instance has no row yet: ensureInstanceActor makes it')
  return row.secret
}
