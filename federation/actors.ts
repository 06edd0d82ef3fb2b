import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { reviveInboxes } from '#src/db/hosts.ts'
import { findLocalKeys } from '#src/features/actors/key-queries.ts'
import { type Actor, findActor, findActorByIri, findLocalActor } from '#src/features/actors/queries.ts'
import {
  deleteRemoteActor,
  ensureInstanceActor,
  type RemoteActorInput,
  storeRemoteActor,
} from '#src/features/actors/service.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { hasProducts } from '#src/features/products/queries.ts'
import { implemented } from './capabilities.ts'
import { actorContext, groupContext, publicAudience, toTime } from './context.ts'
import { type ConfirmedHandle, confirmHandle, confirmRename } from './discovery/webfinger.ts'
import { fetchDocument } from './documents.ts'
import { toEmojiTags } from './emojis.ts'
import { groupPartsOf } from './group-documents.ts'
import { lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import { toKeyParts } from './own-keys.ts'
import { toProfilePicture } from './pictures.ts'
import { type ReadActor, readActor } from './read/actor.ts'
import { isRefused, type JsonObject, type Refused } from './read/json.ts'

/** A known actor is read again when it is met and was last read longer ago than this. */
const freshMs = 24 * 60 * 60_000

/** The same for one whose handle could not be confirmed, since a mention by a wrong handle misses. */
const unconfirmedFreshMs = 60 * 60_000

/** The address of an actor's document: ours follow from the handle. */
export function iriOfActor(ctx: Ctx, actor: Pick<Actor, 'iri' | 'handle' | 'type'>): string {
  if (actor.iri) return actor.iri
  return actor.type === 'Application' ? ctx.uris.instanceActor : ctx.uris.actor(actor.handle)
}

/** The page of an actor. */
export function urlOfActor(ctx: Ctx, actor: Pick<Actor, 'iri' | 'url' | 'handle'>): string {
  return actor.url ?? actor.iri ?? ctx.uris.profile(actor.handle)
}

/** One of ours that an address names: an actor that is there. */
export async function findLocalTarget(ctx: Ctx, iri: string | null): Promise<Actor | null> {
  const target = iri ? ctx.uris.read(iri) : null
  if (target?.kind === 'instance') return ensureInstanceActor(ctx)
  if (target?.kind !== 'actor') return null
  const actor = await findLocalActor(ctx.db, target.handle)
  return actor && !actor.deletedAt ? actor : null
}

/**
 * An actor by the address of its document: ours, a known one, or one read from its server now. Null when there is none to be had: where the
 * address leads to somebody else's document, who is asked for is not there, or whoever owns an address could speak as anybody.
 */
export async function knowActor(ctx: Ctx, iri: string): Promise<Actor | null> {
  if (ctx.uris.read(iri)) return findLocalTarget(ctx, iri)
  const known = await lookupsOf(ctx).actor(iri)
  if (!known) return ifItself(iri, await refreshActor(ctx, iri))
  if (known.deletedAt || known.suspendedAt) return null
  return isFresh(known, ctx.now()) ? known : refreshKnown(ctx, known, iri)
}

const ifItself = (iri: string, read: Actor | null) => (read?.iri === iri ? read : null)

function isFresh({ fetchedAt, isHandleConfirmed }: Actor, now: Date): boolean {
  const forMs = isHandleConfirmed ? freshMs : unconfirmedFreshMs
  return fetchedAt !== null && now.getTime() - fetchedAt.getTime() < forMs
}

/** What we know serves when the server cannot be reached just now or serves something else, and not when it says that the actor is gone. */
async function refreshKnown(ctx: Ctx, known: Actor, iri: string): Promise<Actor | null> {
  try {
    const read = ifItself(iri, await refreshActor(ctx, iri))
    if (read) return read
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return known
  }
  const left = await findActor(ctx.db, known.id)
  return left && !left.deletedAt && !left.suspendedAt ? left : null
}

/**
 * Reads an actor's document from its server and stores it.
 * @returns null when the server says that there is none, or serves something else
 * @throws OutboundError when the server does not answer
 */
export async function refreshActor(ctx: Ctx, iri: string): Promise<Actor | null> {
  if (ctx.uris.read(iri) || (await isHostBlocked(ctx.db, new URL(iri).host))) return null
  const fetched = await fetchDocument(ctx, iri)
  if (isRefused(fetched)) {
    ctx.log.info({ iri, reason: fetched.refused }, 'an actor could not be read')
    // Only this is said for good; a 404 may be a mistake of an hour, and would cost all followers.
    if (fetched.refused === 'gone') await forgetActor(ctx, iri)
    return null
  }
  return storeActorDocument(ctx, fetched.document)
}

async function forgetActor(ctx: Ctx, iri: string): Promise<void> {
  const known = await findActorByIri(ctx.db, iri)
  if (known && !known.deletedAt) await deleteRemoteActor(ctx, known.id)
}

/** Stores a document that comes from the actor itself: fetched at its id, or sent in an Update that it signed. */
export async function storeActorDocument(ctx: Ctx, document: JsonObject): Promise<Actor | null> {
  const actor = readActor(document)
  if (isRefused(actor)) {
    ctx.log.info({ iri: document.id, reason: actor.refused }, 'an actor could not be read')
    return null
  }
  // Ours are never read from elsewhere, whoever leads us to them.
  if (isSameOrigin(actor.iri, ctx.uris.publicUrl)) return null
  const known = await findActorByIri(ctx.db, actor.iri)
  const input = toInput(actor, await confirmed(ctx, actor, known))
  if (isRefused(input)) return null
  // A server that speaks to us is there, whatever its inboxes answered when we last tried them.
  await reviveInboxes(ctx.db, [new URL(input.inbox).host])
  return storeRemoteActor(ctx, input)
}

/** An actor that has not changed its handle is asked about it once. */
async function confirmed(ctx: Ctx, actor: ReadActor, known: Actor | null): Promise<ConfirmedHandle> {
  const { handle } = actor
  if (!known?.host || !known.fetchedAt) return { handle, ...(await confirmHandle(ctx, actor)) }
  const former = { handle: known.handle, host: known.host, isConfirmed: known.isHandleConfirmed }
  if (known.handle !== handle) return confirmRename(ctx, actor, former)
  return known.isHandleConfirmed ? former : { handle, ...(await confirmHandle(ctx, actor)) }
}

/** What the document says of itself, where others have to agree: keys must name it as their owner, addresses must be on its host. */
function toInput(actor: ReadActor, { handle, host, isConfirmed }: ConfirmedHandle): RemoteActorInput | Refused {
  const origin = new URL(actor.iri).origin
  const isOwn = (url: string | null) => url !== null && new URL(url).origin === origin
  if (!isOwn(actor.inbox)) return { refused: 'inbox-elsewhere' }
  const [key, ...others] = actor.publicKeys.filter(({ owner, id }) => owner === actor.iri && isOwn(id))
  const assertionKeys = actor.assertionKeys.filter(({ controller, id }) => controller === actor.iri && isOwn(id))
  return {
    iri: actor.iri,
    type: actor.type,
    handle,
    host,
    isHandleConfirmed: isConfirmed,
    name: actor.name,
    summary: actor.summary,
    url: actor.url,
    inbox: actor.inbox,
    sharedInbox: isOwn(actor.sharedInbox) ? actor.sharedInbox : null,
    outbox: actor.outbox,
    followers: isOwn(actor.followers) ? actor.followers : null,
    following: actor.following,
    featured: isOwn(actor.featured) ? actor.featured : null,
    featuredTags: isOwn(actor.featuredTags) ? actor.featuredTags : null,
    publicKeyId: key?.id ?? null,
    publicKeyPem: key?.pem ?? null,
    furtherKeys: others.map(({ id, pem }) => ({ id, pem })),
    assertionKeys: assertionKeys.map(({ id, multibase }) => ({ id, multibase })),
    isLocked: actor.isLocked,
    isDiscoverable: actor.isDiscoverable,
    isIndexable: actor.isIndexable,
    isSuspended: actor.isSuspended,
    avatarUrl: actor.avatarUrl,
    headerUrl: actor.headerUrl,
    fields: [...actor.fields],
    emojis: [...actor.emojis],
    alsoKnownAs: [...actor.alsoKnownAs],
    attributionDomains: [...actor.attributionDomains],
    movedTo: actor.movedTo,
    publishedAt: actor.publishedAt,
  }
}

/** The document of one of our actors. @see https://www.w3.org/TR/activitypub/#actor-objects */
export async function toActor(ctx: Ctx, actor: Actor): Promise<JsonObject> {
  const keys = await findLocalKeys(ctx.db, actor.id)
  if (!keys) throw new Error(`the actor ${actor.handle} has no keys`)
  const { uris } = ctx
  const id = iriOfActor(ctx, actor)
  const picture = (kind: 'avatar' | 'header') => toProfilePicture(ctx, actor[kind])
  return {
    '@context': actor.type === 'Group' ? groupContext : actorContext,
    id,
    type: actor.type,
    preferredUsername: actor.handle,
    webfinger: `${actor.handle}@${ctx.config.handleHost}`,
    name: actor.name || actor.handle,
    summary: actor.summary,
    url: actor.type === 'Application' ? `${uris.publicUrl}/` : uris.profile(actor.handle),
    published: toTime(actor.publishedAt),
    updated: toTime(actor.updatedAt),
    ...collectionsOf(ctx, actor, id),
    ...(await streamsOf(ctx, actor)),
    ...(await groupPartsOf(ctx, actor)),
    endpoints: { sharedInbox: uris.sharedInbox },
    manuallyApprovesFollowers: actor.isLocked,
    discoverable: actor.isDiscoverable,
    indexable: actor.isIndexable,
    showFeatured: actor.showsFeatured,
    showMedia: actor.showsMedia,
    showRepliesInMedia: actor.showsMediaReplies,
    ...(actor.attributionDomains.length > 0 ? { attributionDomains: actor.attributionDomains } : {}),
    tag: await toEmojiTags(ctx, actor.emojis),
    attachment: actor.fields.map(({ name, value }) => ({ type: 'PropertyValue', name, value })),
    ...(picture('avatar') ? { icon: picture('avatar') } : {}),
    ...(picture('header') ? { image: picture('header') } : {}),
    ...(actor.alsoKnownAs.length > 0 ? { alsoKnownAs: actor.alsoKnownAs } : {}),
    ...(actor.movedToIri ? { movedTo: actor.movedToIri } : {}),
    ...toKeyParts(id, keys, ctx.now()),
    generator: { type: 'Application', id: uris.instanceActor, implements: implemented },
  }
}

function collectionsOf(ctx: Ctx, actor: Actor, id: string) {
  const { uris } = ctx
  if (actor.type === 'Application') return { inbox: `${id}/inbox`, outbox: `${id}/outbox` }
  return {
    inbox: uris.inbox(actor.handle),
    outbox: uris.outbox(actor.handle),
    followers: uris.followers(actor.handle),
    following: uris.following(actor.handle),
    featured: uris.featured(actor.handle),
    featuredTags: uris.featuredTags(actor.handle),
  }
}

/** A catalogue, if there is something in it. */
async function streamsOf(ctx: Ctx, { id, type, handle }: Actor): Promise<object> {
  if (type === 'Application' || !(await hasProducts(ctx.db, id))) return {}
  return { streams: [ctx.uris.catalogue(handle)] }
}

/** As much of an actor as a stranger needs to verify its signature, where servers must sign before they read more. */
export async function toActorStub(ctx: Ctx, actor: Actor): Promise<JsonObject> {
  const { '@context': context, id, type, preferredUsername, inbox, publicKey, url } = await toActor(ctx, actor)
  return { '@context': context, id, type, preferredUsername, inbox, publicKey, url }
}

/** What is left of a deleted actor. */
export function toActorTombstone(ctx: Ctx, actor: Actor): JsonObject {
  const deleted = actor.deletedAt ? { deleted: toTime(actor.deletedAt) } : {}
  return { '@context': actorContext, id: iriOfActor(ctx, actor), type: 'Tombstone', formerType: actor.type, ...deleted }
}

/** An Update of a profile. The document is sent whole. */
export async function toUpdateActor(ctx: Ctx, id: string, actor: Actor): Promise<object> {
  const { '@context': context, ...document } = await toActor(ctx, actor)
  const address = iriOfActor(ctx, actor)
  return { '@context': context, id, type: 'Update', actor: address, to: [publicAudience], cc: [], object: document }
}

/** An actor leaves for good. */
export function toDeleteActor(ctx: Ctx, id: string, actor: Actor): object {
  const address = iriOfActor(ctx, actor)
  return { '@context': actorContext, id, type: 'Delete', actor: address, to: [publicAudience], cc: [], object: address }
}

/** An actor by its id here, where its row must be there. */
export async function getActor(ctx: Ctx, id: string): Promise<Actor> {
  const actor = await findActor(ctx.db, id)
  if (!actor) throw new Error(`there is no actor ${id}`)
  return actor
}
