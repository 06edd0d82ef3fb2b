import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { isId } from '#src/core/ids.ts'
import { textArray } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { type MediaVariant, media } from '#src/db/schema/media.ts'
import { notFound } from '#src/errors.ts'

/** A picture of a profile, as much of it as its address needs. Only one that is `ready` can be shown. */
export type ActorPicture = Readonly<{
  id: string
  key: string
  state: 'uploaded' | 'ready' | 'refused'
  description: string | null
  /** Where another server keeps it; null for ours. */
  remoteUrl: string | null
  variants: readonly MediaVariant[]
}>

/** Anybody who speaks, with the two pictures of the profile; deleted and suspended ones too (`deletedAt`, `suspendedAt`). */
export type Actor = Readonly<typeof actors.$inferSelect & { avatar: ActorPicture | null; header: ActorPicture | null }>

const avatarMedia = alias(media, 'avatar_media')
const headerMedia = alias(media, 'header_media')

function selectActors(db: Db | Tx) {
  return db
    .select({
      ...getTableColumns(actors),
      avatar: {
        id: avatarMedia.id,
        key: avatarMedia.key,
        state: avatarMedia.state,
        description: avatarMedia.description,
        remoteUrl: avatarMedia.remoteUrl,
        variants: avatarMedia.variants,
      },
      header: {
        id: headerMedia.id,
        key: headerMedia.key,
        state: headerMedia.state,
        description: headerMedia.description,
        remoteUrl: headerMedia.remoteUrl,
        variants: headerMedia.variants,
      },
    })
    .from(actors)
    .leftJoin(avatarMedia, eq(avatarMedia.id, actors.avatarMediaId))
    .leftJoin(headerMedia, eq(headerMedia.id, actors.headerMediaId))
}

const actorsById = prepared((db) =>
  selectActors(db).where(sql`${actors.id} = any(${sql.placeholder('ids')}::bigint[])`),
)

const actorById = prepared((db) => selectActors(db).where(eq(actors.id, sql.placeholder('id'))))

const actorByIri = prepared((db) => selectActors(db).where(eq(actors.iri, sql.placeholder('iri'))))

const actorsByIri = prepared((db) =>
  selectActors(db).where(sql`${actors.iri} = any(${sql.placeholder('iris')}::text[])`),
)

const actorByAcct = prepared((db, isOurs: boolean) =>
  selectActors(db)
    .where(
      and(
        sql`lower(${actors.handle}) = ${sql.placeholder('handle')}`,
        isOurs ? isNull(actors.host) : eq(actors.host, sql.placeholder('host')),
      ),
    )
    .orderBy(sql`${actors.deletedAt} is not null, ${actors.id} desc`)
    .limit(1),
)

const localActorsByHandle = prepared((db) =>
  selectActors(db).where(
    and(sql`lower(${actors.handle}) = any(${sql.placeholder('handles')}::text[])`, isNull(actors.host)),
  ),
)

const actorByKeyId = prepared((db) =>
  selectActors(db)
    .where(eq(actors.publicKeyId, sql.placeholder('keyId')))
    .limit(1),
)

const actorByFurtherKey = prepared((db) =>
  selectActors(db)
    // The second condition lets the index be used, which has only those who list several.
    .where(
      sql`${actors.furtherKeys} @> jsonb_build_array(jsonb_build_object('id', ${sql.placeholder('keyId')}::text))
        and ${actors.furtherKeys} <> '[]'`,
    )
    .limit(1),
)

/** Finds an actor by id; a text that cannot be an id finds nobody. */
export async function findActor(db: Db | Tx, id: string): Promise<Actor | null> {
  if (!isId(id)) return null
  const [actor] = await actorById(db).execute({ id })
  return actor ?? null
}

/** Gets an actor by id, deleted and suspended ones too. @throws Problem `not_found` */
export async function getActor(db: Db | Tx, id: string): Promise<Actor> {
  const actor = await findActor(db, id)
  if (!actor) throw notFound()
  return actor
}

/** Gets two actors as `getActor` gets one. @throws Problem `not_found` */
export async function getActors(db: Db | Tx, ids: readonly [string, string]): Promise<[Actor, Actor]> {
  const [first, second] = await listActors(db, ids)
  if (!first || !second) throw notFound()
  return [first, second]
}

/** The actors of a list of ids, in its order; those that are not there are left out. */
export async function listActors(db: Db | Tx, ids: readonly string[]): Promise<Actor[]> {
  const wanted = ids.filter(isId)
  if (wanted.length === 0) return []
  const found = await actorsById(db).execute({ ids: `{${wanted.join(',')}}` })
  const byId = new Map(found.map((actor) => [actor.id, actor]))
  return wanted.flatMap((id) => byId.get(id) ?? [])
}

/** Finds a remote actor by the address of its document. Local ones: `resolveActorIri` in `service.ts`. */
export async function findActorByIri(db: Db | Tx, iri: string): Promise<Actor | null> {
  const [actor] = await actorByIri(db).execute({ iri })
  return actor ?? null
}

/** The remote actors at the addresses of their documents, in no order. */
export async function listActorsByIri(db: Db | Tx, iris: readonly string[]): Promise<Actor[]> {
  return iris.length === 0 ? [] : actorsByIri(db).execute({ iris: textArray(iris) })
}

/** Finds a local actor by handle, whatever its case. */
export function findLocalActor(db: Db | Tx, handle: string): Promise<Actor | null> {
  return findActorByAcct(db, handle, null)
}

/** The local actors with these handles, in no order; those that are not there are left out. */
export async function listLocalActors(db: Db | Tx, handles: readonly string[]): Promise<Actor[]> {
  return handles.length === 0 ? [] : localActorsByHandle(db).execute({ handles: textArray(handles) })
}

/** Finds an actor by handle and host; host null: ours. The one heard of last, should a server have given a name twice. */
export async function findActorByAcct(db: Db | Tx, handle: string, host: string | null): Promise<Actor | null> {
  const [actor] = await actorByAcct(db, host === null).execute({
    handle: handle.toLowerCase(),
    host: host?.toLowerCase() ?? null,
  })
  return actor ?? null
}

/** Finds the remote actor that lists a key of this id after its first one. */
export async function findActorByFurtherKey(db: Db | Tx, keyId: string): Promise<Actor | null> {
  const [actor] = await actorByFurtherKey(db).execute({ keyId })
  return actor ?? null
}

/** Finds the remote actor whose signing key has this id. */
export async function findActorByKeyId(db: Db | Tx, keyId: string): Promise<Actor | null> {
  const [actor] = await actorByKeyId(db).execute({ keyId })
  return actor ?? null
}
