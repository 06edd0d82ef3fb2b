import { Activity, type Actor, isActor, Mention, Object as Thing } from '@fedify/vocab'
import { preloadedContexts } from '@fedify/vocab-runtime'
import { readActivity } from '#federation/read/activity.ts'
import { readActor } from '#federation/read/actor.ts'
import { isIgnored, isRefused, type JsonObject } from '#federation/read/json.ts'
import { readNote } from '#federation/read/note.ts'
import { isPlain } from '#federation/read/plain.ts'
import { extensionContext, securityContext } from '#federation/read/terms.ts'
import { canonicalise } from '#federation/reference.ts'

/** The moment at which the tests read: after every captured document. */
export const now = new Date('2030-01-01T00:00:00Z')

/** What one lane made of a document, by the name of the field; addresses as URL writes them, moments in milliseconds. */
export type Fields = Readonly<Record<string, unknown>>

/** The library does not bring along the contexts of single servers (Pleroma's, Mbin's): they define the extensions as we do. */
async function contextLoader(url: string) {
  const extensions = { '@context': [securityContext, extensionContext] }
  const document = Object.hasOwn(preloadedContexts, url) ? preloadedContexts[url] : extensions
  return { contextUrl: null, document, documentUrl: url }
}

/** What is only referred to is skipped. */
const offline = {
  suppressError: true,
  contextLoader,
  documentLoader: (url: string) => Promise.reject(new Error(`Nothing is to be fetched, and ${url} was`)),
}

/** Fedify's reading, or null where it has none. */
async function readByFedify(json: JsonObject): Promise<Thing | null> {
  return Thing.fromJsonLd(json, offline).catch(() => null)
}

function hrefOf(url: URL | string | null | undefined): string | null {
  return url === null || url === undefined ? null : new URL(url).href
}

function hrefsOf(urls: readonly (URL | string)[]): string[] {
  return [...new Set(urls.map((url) => new URL(url).href))].sort()
}

function momentOf(instant: { epochMilliseconds: number } | null): number | null {
  return instant?.epochMilliseconds ?? null
}

/** An EmojiReact is a Like to us. */
function typeNameOf(thing: Thing): string {
  const { name } = thing.constructor
  return name === 'EmojiReact' ? 'Like' : name
}

/** Our reading of an activity and of a post, or null. */
export function ourReading(json: JsonObject): Fields | null {
  return ourActivity(json) ?? ourNote(json)
}

function ourActivity(json: JsonObject): Fields | null {
  const activity = readActivity(json)
  if (isRefused(activity) || isIgnored(activity)) return null
  return {
    id: hrefOf(activity.id),
    type: activity.type,
    actor: hrefOf(activity.actor),
    objects: hrefsOf(activity.objects),
    target: hrefOf(activity.target),
    to: hrefsOf(activity.to),
    cc: hrefsOf(activity.cc),
    published: activity.published?.getTime() ?? null,
  }
}

function theirActivity(thing: Activity): Fields {
  return {
    id: hrefOf(thing.id),
    type: typeNameOf(thing),
    actor: hrefOf(thing.actorId),
    objects: hrefsOf(thing.objectIds),
    target: hrefOf(thing.targetId),
    to: hrefsOf(thing.toIds),
    cc: hrefsOf(thing.ccIds),
    published: momentOf(thing.published),
  }
}

function ourNote(json: JsonObject): Fields | null {
  const note = readNote(json, now)
  if (isRefused(note)) return null
  const files = note.attachments.map(({ url, description }) => `${hrefOf(url)} ${description ?? ''}`)
  return {
    id: hrefOf(note.iri),
    type: note.type,
    attributedTo: hrefOf(note.attributedTo),
    inReplyTo: hrefOf(note.inReplyTo),
    to: hrefsOf(note.to),
    cc: hrefsOf(note.cc),
    published: note.publishedAt === now ? null : note.publishedAt.getTime(),
    updated: note.updatedAt?.getTime() ?? null,
    isSensitive: json.sensitive === true,
    attachments: files.sort(),
    mentions: hrefsOf(note.mentions.map(({ iri }) => iri)),
  }
}

async function theirNote(thing: Thing): Promise<Fields> {
  return {
    id: hrefOf(thing.id),
    type: typeNameOf(thing),
    attributedTo: hrefOf(thing.attributionId),
    inReplyTo: hrefOf(thing.replyTargetId),
    to: hrefsOf(thing.toIds),
    cc: hrefsOf(thing.ccIds),
    published: momentOf(thing.published),
    updated: momentOf(thing.updated),
    isSensitive: thing.sensitive === true,
    attachments: (await theirFiles(thing)).sort(),
    mentions: hrefsOf(await theirMentions(thing)),
  }
}

async function theirFiles(thing: Thing): Promise<string[]> {
  const files: string[] = []
  for await (const item of thing.getAttachments(offline)) {
    if (!(item instanceof Thing)) continue
    const url = item.url instanceof URL || item.url === null ? item.url : item.url.href
    if (url !== null) files.push(`${url.href} ${item.summary || item.name || ''}`)
  }
  return files
}

async function theirMentions(thing: Thing): Promise<URL[]> {
  const mentions = new Map<string, URL>()
  for await (const tag of thing.getTags(offline)) {
    if (tag instanceof Mention && tag.href !== null) mentions.set(tag.href.href, tag.href)
  }
  return [...mentions.values()]
}

function ourActor(json: JsonObject): Fields | null {
  const actor = readActor(json)
  if (isRefused(actor)) return null
  return {
    id: hrefOf(actor.iri),
    type: actor.type,
    handle: json.preferredUsername === undefined ? null : actor.handle,
    inbox: hrefOf(actor.inbox),
    sharedInbox: hrefOf(actor.sharedInbox),
    outbox: hrefOf(actor.outbox),
    followers: hrefOf(actor.followers),
    following: hrefOf(actor.following),
    featured: hrefOf(actor.featured),
    isLocked: actor.isLocked,
    isDiscoverable: actor.isDiscoverable,
    isIndexable: actor.isIndexable,
    keys: actor.publicKeys.map(({ id, owner }) => `${hrefOf(id)} ${hrefOf(owner)}`),
    assertionKeys: actor.assertionKeys.map(({ id, controller }) => `${hrefOf(id)} ${hrefOf(controller)}`),
    alsoKnownAs: hrefsOf(actor.alsoKnownAs),
    published: actor.publishedAt?.getTime() ?? null,
  }
}

async function theirActor(thing: Actor): Promise<Fields> {
  const keys: string[] = []
  for await (const key of thing.getPublicKeys(offline)) keys.push(`${hrefOf(key.id)} ${hrefOf(key.ownerId)}`)
  const assertionKeys: string[] = []
  for await (const key of thing.getAssertionMethods(offline)) {
    assertionKeys.push(`${hrefOf(key.id)} ${hrefOf(key.controllerId)}`)
  }
  return {
    id: hrefOf(thing.id),
    type: typeNameOf(thing),
    handle: thing.preferredUsername?.toString() ?? null,
    inbox: hrefOf(thing.inboxId),
    sharedInbox: hrefOf(thing.endpoints?.sharedInbox),
    outbox: hrefOf(thing.outboxId),
    followers: hrefOf(thing.followersId),
    following: hrefOf(thing.followingId),
    featured: hrefOf(thing.featuredId),
    isLocked: thing.manuallyApprovesFollowers === true,
    isDiscoverable: thing.discoverable === true,
    isIndexable: thing.indexable === true,
    keys,
    assertionKeys,
    alsoKnownAs: hrefsOf(thing.aliasIds),
    published: momentOf(thing.published),
  }
}

/** What both lanes make of a document, or null where ours refuses it or Fedify has no reading. */
export async function readTwice(json: JsonObject): Promise<{ ours: Fields; theirs: Fields } | null> {
  const theirs = await readByFedify(json)
  const plain = isPlain(json) ? json : await canonicalise(json)
  if (theirs === null || isRefused(plain)) return null
  const activity = ourActivity(plain)
  if (activity !== null && theirs instanceof Activity) return { ours: activity, theirs: theirActivity(theirs) }
  const actor = ourActor(plain)
  if (actor !== null && isActor(theirs)) return { ours: actor, theirs: await theirActor(theirs) }
  const note = ourNote(plain)
  return note === null ? null : { ours: note, theirs: await theirNote(theirs) }
}
