import type { Ctx, Viewer } from '#src/context.ts'
import { type ActorKeys, generateActorKeys } from '#src/core/keys.ts'
import { makeKey, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import { findSeverityOf, type Severity, standingsName, stricter } from '#src/db/severities.ts'
import { lockByName, shareByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { forbidden } from '#src/errors.ts'
import { insertCopies } from '#src/features/emoji/queries.ts'
import { listEmojisIn } from '#src/features/emoji/service.ts'
import { readAcct } from './acct.ts'
import { handleTaken, type NewActorType, readHandle, readName, requireRole } from './policy.ts'
import {
  findInstanceActorId,
  insertLocalRows,
  insertOwner,
  isHandleTaken,
  listActorsPictured,
  retirePictures,
  runsInstance,
  storeInstanceActor,
} from './profile-queries.ts'
import { type Actor, findActorByAcct, findActorByIri, findLocalActor, getActor } from './queries.ts'
import {
  ensureInbox,
  insertRemotePicture,
  type KnownRemote,
  lockRemoteActor,
  type RemoteRow,
  setRemotePictures,
  upsertRemoteActor,
} from './remote-queries.ts'
import { markActorDeleted, purgeLikes, purgePosts, removeRelations, retireAllPictures } from './removal-queries.ts'

/** A local actor that is about to be made: its handle is checked and its keys are there. */
export type PreparedActor = Readonly<{
  handle: string
  type: NewActorType | 'Application'
  name: string
  /** Those in the name. */
  emojis: readonly EmojiUse[]
  isLocked: boolean
  keys: ActorKeys
}>

type NewActor = Readonly<{ handle: string; type: NewActorType; name?: string; isOpen?: boolean }>

/**
 * Checks what a new actor is to be called and makes its keys, which takes a while: call it before a transaction is opened.
 * @throws Problem `invalid` with `details.handle` when the handle cannot be had
 */
export async function prepareLocalActor(ctx: Ctx, input: NewActor): Promise<PreparedActor> {
  const handle = readHandle(input.handle)
  const name = readName(input.name ?? '')
  if (await isHandleTaken(ctx.db, handle)) throw handleTaken()
  const emojis = await listEmojisIn(ctx, ctx.db, { texts: [name] })
  return { handle, type: input.type, name, emojis, isLocked: !input.isOpen, keys: await generateActorKeys() }
}

/** Makes a prepared actor, with its first owner, in the caller's transaction. @throws Problem `invalid` when the handle was taken meanwhile */
export async function insertLocalActor(tx: Tx, prepared: PreparedActor, ownerUserId: string): Promise<Actor> {
  const actor = await insertTeamless(tx, prepared, prepared.type === 'Organization')
  await insertOwner(tx, ownerUserId, actor.id)
  const viewer = { userId: ownerUserId, actorId: actor.id }
  await recordAct(tx, { viewer, action: 'actor.created', subjectId: actor.id })
  return actor
}

/** Makes a prepared actor as which nobody acts. @throws Problem `invalid` when the handle was taken meanwhile */
export async function insertTeamless(tx: Tx, prepared: PreparedActor, isDiscoverable: boolean): Promise<Actor> {
  const { keys, ...row } = prepared
  const id = await insertLocalRows(tx, { ...row, emojis: [...row.emojis], isDiscoverable }, keys)
  if (!id) throw handleTaken()
  return getActor(tx, id)
}

/**
 * Makes a local actor. It approves its followers unless `isOpen`; an organisation may be found by strangers, a person may not.
 * @throws Problem `invalid` with `details.handle` when the handle cannot be had
 */
export async function createLocalActor(ctx: Ctx, input: NewActor & { ownerUserId: string }): Promise<Actor> {
  const prepared = await prepareLocalActor(ctx, input)
  return transaction(ctx.db, (tx) => insertLocalActor(tx, prepared, input.ownerUserId))
}

/**
 * Finds the actor of the instance itself, which signs what no other actor of ours asks for; makes it, and the row of the instance, at the
 * first start.
 */
export async function ensureInstanceActor(ctx: Ctx): Promise<Actor> {
  const known = await findInstanceActorId(ctx.db)
  if (known) return getActor(ctx.db, known)
  const keys = await generateActorKeys()
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, 'instance-actor')
    const meanwhile = await findInstanceActorId(tx)
    if (meanwhile) return getActor(tx, meanwhile)
    const { host: handle } = new URL(ctx.config.publicUrl)
    const row = { handle, type: 'Application', name: handle, isLocked: true, isDiscoverable: false } as const
    const id = await insertLocalRows(tx, row, keys)
    if (!id) throw new Error(`the handle ${handle} of the instance's own actor is taken`)
    await storeInstanceActor(tx, id, makeToken())
    return getActor(tx, id)
  })
}

/** Finds the actor that an address names, ours or one that we know. Nothing is fetched. */
export async function resolveActorIri(ctx: Ctx, iri: string): Promise<Actor | null> {
  const target = ctx.uris.read(iri)
  if (target?.kind === 'instance') return ensureInstanceActor(ctx)
  if (target?.kind === 'actor') return findLocalActor(ctx.db, target.handle)
  return findActorByIri(ctx.db, iri)
}

/** Finds an actor by `user`, `@user@host` or `acct:user@host`, among those that we know and that are there. */
export async function findByAcct(ctx: Ctx, text: string): Promise<Actor | null> {
  const acct = readAcct(ctx.config, text)
  const actor = acct && (await findActorByAcct(ctx.db, acct.handle, acct.host ?? null))
  return actor && !actor.deletedAt ? actor : null
}

/** What a remote actor's document says, checked: everything that others have to confirm was confirmed. */
export type RemoteActorInput = Readonly<{
  iri: string
  type: Actor['type']
  handle: string
  host: string
  /** False: who could have confirmed the host of the handle did not answer. */
  isHandleConfirmed: boolean
  name: string
  /** Sanitised HTML. */
  summary: string
  url: string | null
  inbox: string
  sharedInbox: string | null
  outbox: string | null
  followers: string | null
  following: string | null
  featured: string | null
  featuredTags: string | null
  publicKeyId: string | null
  publicKeyPem: string | null
  /** The keys for requests after the first. */
  furtherKeys: { id: string; pem: string }[]
  assertionKeys: { id: string; multibase: string }[]
  isLocked: boolean
  isDiscoverable: boolean
  isIndexable: boolean
  avatarUrl: string | null
  headerUrl: string | null
  /** Sanitised HTML in `value`. */
  fields: { name: string; value: string }[]
  emojis: EmojiUse[]
  alsoKnownAs: string[]
  attributionDomains: string[]
  movedTo: string | null
  publishedAt: Date | null
  isSuspended: boolean
}>

/** Stores a remote actor as its document describes it now, whether it was known or not. One that was deleted and is there again revives. */
export async function storeRemoteActor(ctx: Ctx, input: RemoteActorInput): Promise<Actor> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `actor ${input.iri}`)
    // Whoever decides about a server meanwhile waits, and then finds this row.
    await shareByName(tx, standingsName)
    const known = await lockRemoteActor(tx, input.iri)
    const severity = await findSeverityOf(tx, input)
    const deliveryInboxId = await ensureInbox(tx, input.sharedInbox ?? input.inbox)
    await insertCopies(tx, input.emojis)
    const row = toRemoteRow(input, known, ctx.now())
    const id = await upsertRemoteActor(tx, {
      ...row,
      ...standingOf(row, known, severity),
      deliveryInboxId,
    })
    const avatarMediaId = await storePicture(
      tx,
      { id, url: input.avatarUrl, now: ctx.now() },
      known && [known.avatarMediaId, known.avatarRemoteUrl],
    )
    const headerMediaId = await storePicture(
      tx,
      { id, url: input.headerUrl, now: ctx.now() },
      known && [known.headerMediaId, known.headerRemoteUrl],
    )
    if (avatarMediaId !== (known?.avatarMediaId ?? null) || headerMediaId !== (known?.headerMediaId ?? null))
      await setRemotePictures(tx, id, { avatarMediaId, headerMediaId })
    return getActor(tx, id)
  })
}

function toRemoteRow(input: RemoteActorInput, known: KnownRemote | null, now: Date): RemoteRow {
  const { followers, following, featured, featuredTags, movedTo, isSuspended, avatarUrl, headerUrl, ...same } = input
  return {
    ...same,
    host: input.host.toLowerCase(),
    type: known ? allowedType(known.type, input.type) : input.type,
    ...toLines(input.fields, known, now),
    followersIri: followers,
    followingIri: following,
    featuredIri: featured,
    featuredTagsIri: featuredTags,
    movedToIri: movedTo,
    avatarRemoteUrl: avatarUrl,
    headerRemoteUrl: headerUrl,
    publishedAt: earlier(input.publishedAt ?? known?.publishedAt ?? now, now),
    suspendedThereAt: isSuspended ? (known?.suspendedThereAt ?? now) : null,
    deletedAt: null,
    updatedAt: now,
    fetchedAt: now,
  }
}

/** A proof that was found stays for as long as the line does; new lines are looked at soon. */
function toLines(lines: RemoteActorInput['fields'], known: KnownRemote | null, now: Date) {
  const proven = new Map(known?.fields.map(({ value, verifiedAt }) => [value, verifiedAt]))
  const fields = lines.map(({ name, value }) => ({ name, value, verifiedAt: proven.get(value) ?? null }))
  const isNew = fields.some(({ value }) => value.includes('<a ') && !proven.has(value))
  return { fields, linksDueAt: isNew ? now : (known?.linksDueAt ?? null) }
}

/** What is decided here about an actor or its server holds whatever its document says. */
function standingOf({ suspendedThereAt, updatedAt }: RemoteRow, known: KnownRemote | null, severity: Severity) {
  const standing = stricter(known?.restriction ?? 'none', severity)
  const blockedAt = standing === 'block' ? (known?.suspendedAt ?? updatedAt ?? null) : null
  return { standing, suspendedAt: blockedAt ?? suspendedThereAt ?? null }
}

/** Programs treat a group as another kind of thing altogether: nothing becomes one, and none becomes something else. */
function allowedType(former: Actor['type'], next: Actor['type']): Actor['type'] {
  return (former === 'Group') === (next === 'Group') ? next : former
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}

/** A picture under a new address is another picture; under the same one it stays, with its stored copy. */
async function storePicture(
  tx: Tx,
  { id, url, now }: { id: string; url: string | null; now: Date },
  former: readonly [mediaId: string | null, url: string | null] | null,
): Promise<string | null> {
  const [formerId, formerUrl] = former ?? [null, null]
  if (formerId && formerUrl === url) return formerId
  if (formerId) await retirePictures(tx, id, [formerId], now)
  return url ? insertRemotePicture(tx, { actorId: id, remoteUrl: url, key: makeKey() }) : null
}

/** Tells other servers of a profile again when a picture in it has become ready to be shown. */
export async function announcePicture(tx: Tx, mediaId: string): Promise<void> {
  for (const actorId of await listActorsPictured(tx, mediaId)) await emit(tx, { type: 'actor.updated', actorId })
}

/**
 * Deletes a local actor for good, as one of its owners: it and all that it published are hidden at once, its relations end, its handle
 * stays taken. What is left is emptied by and by (`purgeDeletedActors`).
 */
export async function deleteActor(ctx: Ctx, viewer: Viewer, actorId: string): Promise<void> {
  requireRole(viewer, 'delete-actor')
  if (viewer.actorId !== actorId) throw forbidden('Act as the one whom you want to delete')
  await transaction(ctx.db, async (tx) => {
    if (await runsInstance(tx, actorId)) throw forbidden('The organisation that runs this instance cannot be deleted')
    if (!(await removeActor(tx, actorId, ctx.now()))) return
    await recordAct(tx, { viewer, action: 'actor.deleted', subjectId: actorId })
    await emit(tx, { type: 'actor.deleted', actorId })
  })
}

/** Forgets a remote actor of which its server says that it is gone: hidden at once, emptied by and by. */
export async function deleteRemoteActor(ctx: Ctx, actorId: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const actor = await getActor(tx, actorId)
    if (actor.host === null) throw new Error('a local actor is deleted by its owners only')
    if (await removeActor(tx, actorId, ctx.now())) await emit(tx, { type: 'actor.deleted', actorId }, 'remote')
  })
}

/** Hides an actor and ends its relations; false when that was done before. Whoever calls it says so to others. */
export async function removeActor(tx: Tx, actorId: string, now: Date): Promise<boolean> {
  if (!(await markActorDeleted(tx, actorId, now))) return false
  await removeRelations(tx, actorId)
  await retireAllPictures(tx, actorId, now)
  return true
}

/** Rows that are emptied in one statement. */
const purgedAtOnce = 1_000

/** Empties what deleted actors have left behind, a piece at a time. Call it now and then; returns the number of rows it dealt with. */
export async function purgeDeletedActors(ctx: Ctx): Promise<number> {
  let total = 0
  for (const purge of [() => purgePosts(ctx.db, purgedAtOnce, ctx.now()), () => purgeLikes(ctx.db, purgedAtOnce)]) {
    for (let done = purgedAtOnce; done === purgedAtOnce; total += done) done = await purge()
  }
  return total
}
