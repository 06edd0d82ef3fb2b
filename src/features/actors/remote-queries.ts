import { eq, isNotNull, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { hosts, inboxes } from '#src/db/schema/deliveries.ts'
import { media } from '#src/db/schema/media.ts'

/** What is kept of a remote actor's former document, as far as a new one is compared with it. */
export type KnownRemote = Readonly<
  Pick<
    typeof actors.$inferSelect,
    | 'id'
    | 'type'
    | 'fields'
    | 'linksDueAt'
    | 'avatarMediaId'
    | 'avatarRemoteUrl'
    | 'headerMediaId'
    | 'headerRemoteUrl'
    | 'publishedAt'
    | 'suspendedAt'
    | 'suspendedThereAt'
    | 'restriction'
  >
>

/** Reads a remote actor's row and holds it until the transaction ends. */
export async function lockRemoteActor(tx: Tx, iri: string): Promise<KnownRemote | null> {
  const [row] = await tx
    .select({
      id: actors.id,
      type: actors.type,
      fields: actors.fields,
      linksDueAt: actors.linksDueAt,
      avatarMediaId: actors.avatarMediaId,
      avatarRemoteUrl: actors.avatarRemoteUrl,
      headerMediaId: actors.headerMediaId,
      headerRemoteUrl: actors.headerRemoteUrl,
      publishedAt: actors.publishedAt,
      suspendedAt: actors.suspendedAt,
      suspendedThereAt: actors.suspendedThereAt,
      restriction: actors.restriction,
    })
    .from(actors)
    .where(eq(actors.iri, iri))
    .for('update')
  return row ?? null
}

/** The columns that a remote actor's document fills. */
export type RemoteRow = Omit<typeof actors.$inferInsert, 'id' | 'host' | 'iri'> & { iri: string; host: string }

/** Writes what a document says, whether the actor was known or not. */
export async function upsertRemoteActor(tx: Tx, row: RemoteRow): Promise<string> {
  const [stored] = await tx
    .insert(actors)
    .values(row)
    .onConflictDoUpdate({ target: actors.iri, set: row, setWhere: isNotNull(actors.host) })
    .returning({ id: actors.id })
  if (!stored) throw new Error(`the remote actor ${row.iri} was not stored`)
  return stored.id
}

/** The id of the row of an inbox, made (with that of its host) when it is new. */
export async function ensureInbox(tx: Tx, url: string): Promise<string> {
  const [known] = await tx.select({ id: inboxes.id }).from(inboxes).where(eq(inboxes.url, url))
  if (known) return known.id
  const { host } = new URL(url)
  await tx.insert(hosts).values({ host }).onConflictDoNothing()
  // The update changes nothing: it makes PostgreSQL return the row that somebody else has written meanwhile. For one that was there it would
  // make all who come from one server wait for each other.
  const [row] = await tx
    .insert(inboxes)
    .values({ url, host })
    .onConflictDoUpdate({ target: inboxes.url, set: { url: sql`excluded.url` } })
    .returning({ id: inboxes.id })
  if (!row) throw new Error(`the inbox ${url} was not stored`)
  return row.id
}

/** Makes the row by which a remote picture is fetched and shown; nothing is fetched before somebody looks at it. */
export async function insertRemotePicture(
  tx: Tx,
  picture: { actorId: string; remoteUrl: string; key: string },
): Promise<string> {
  const [row] = await tx
    .insert(media)
    .values({ ...picture, state: 'ready', kind: 'image', mime: 'application/octet-stream' })
    .returning({ id: media.id })
  if (!row) throw new Error('a picture was not stored')
  return row.id
}

/** Puts the pictures of a remote profile in their place. */
export async function setRemotePictures(
  tx: Tx,
  actorId: string,
  pictures: { avatarMediaId: string | null; headerMediaId: string | null },
): Promise<void> {
  await tx.update(actors).set(pictures).where(eq(actors.id, actorId))
}
