import { sanitizeHtml } from '#src/core/sanitize.ts'
import { isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { type AssertionKey, type PublicKey, readAssertionKeys, readPublicKeys } from './keys.ts'
import { type ReadEmoji, readTags } from './tags.ts'
import { dateOf, firstIdOf, idOf, idsOf, iriOf, linksOf, pageOf, rawTextOf, textOf, typeOf } from './values.ts'

/** The five kinds of actor. @see https://www.w3.org/TR/activitystreams-vocabulary/#actor-types */
export type ReadActorType = 'Application' | 'Group' | 'Organization' | 'Person' | 'Service'

/** One line of a profile: `name` is text, `value` is HTML that may be shown. */
export type ReadField = Readonly<{ name: string; value: string }>

/**
 * An actor's document in plain words. `summary` is HTML that may be shown, `name` is text. Claims that others must confirm:
 * `webfinger` (its host), the keys' owners, `alsoKnownAs` and `movedTo` (the other side). Addresses are http(s) and not yet allowed.
 */
export type ReadActor = Readonly<{
  iri: string
  type: ReadActorType
  handle: string
  /** `user@host` as the document claims it. @see https://w3id.org/fep/2c59 */
  webfinger: string | null
  name: string
  summary: string
  url: string
  inbox: string
  sharedInbox: string | null
  outbox: string | null
  followers: string | null
  following: string | null
  featured: string | null
  featuredTags: string | null
  publicKeys: readonly PublicKey[]
  assertionKeys: readonly AssertionKey[]
  isLocked: boolean
  isDiscoverable: boolean
  isIndexable: boolean
  isSuspended: boolean
  /** Sites whose articles may name it as their author, in lower case. */
  attributionDomains: readonly string[]
  avatarUrl: string | null
  headerUrl: string | null
  fields: readonly ReadField[]
  /** Those that stand in the name, the summary or the fields. */
  emojis: readonly ReadEmoji[]
  alsoKnownAs: readonly string[]
  movedTo: string | null
  /** As the document says: it may lie in the future. */
  publishedAt: Date | null
  attributedTo: string | null
  /** What the program calls itself in `generator`, if it does. */
  softwareName: string | null
  /** The specifications that the actor or its server says to implement. @see https://w3id.org/fep/844e */
  implements: readonly string[]
}>

const actorTypes: ReadonlySet<ReadActorType> = new Set(['Application', 'Group', 'Organization', 'Person', 'Service'])

const fieldTypes: ReadonlySet<string> = new Set(['PropertyValue'])

const maxNameLength = 500
const maxFields = 16
/** Attached things that are looked at: some are links that repeat a field. */
const maxLookedAt = 64
const maxFieldLength = 2048
const maxAliases = 32
const maxSpecifications = 32
const maxDomains = 32

/** What may stand before the @ of an address. Programs differ in what they allow; nobody allows what would end or split it. */
const handleShape = /^[^\s\p{C}@/\\?#:<>"'&]{1,128}$/u
const webfingerShape = /^(?:acct:|@)?([^\s\p{C}@/\\?#:<>"'&]{1,128})@([^\s\p{C}@/\\?#<>"'&]{1,253})(?<!\.)$/u

/** An actor's document → the actor, or why it is none. Never throws, whatever the document is. */
export function readActor(json: JsonObject): ReadActor | Refused {
  const type = typeOf(json, actorTypes)
  if (type === null) return { refused: 'not-an-actor' }
  const iri = iriOf(json.id)
  if (iri === null) return { refused: 'no-id' }
  // GoToSocial 0.20 serves a stub with the key and no inbox at the key's address: it must never replace the actor.
  const inbox = idOf(json.inbox)
  if (inbox === null) return { refused: 'no-inbox' }
  const webfinger = webfingerOf(json)
  const handle = handleOf(json, webfinger, iri)
  if (handle === null) return { refused: 'no-handle' }
  return { iri, type, handle, webfinger, inbox, ...readProfile(json, iri), ...readPlaces(json), ...readFlags(json) }
}

function readProfile(json: JsonObject, iri: string) {
  const shown = {
    name: textOf(json, 'name', maxNameLength),
    summary: sanitizeHtml(rawTextOf(json, 'summary') ?? ''),
    fields: readFields(json),
  }
  const text = JSON.stringify(shown)
  return {
    ...shown,
    // A profile stands beside every post: it carries nothing that it does not show.
    emojis: readTags(json).emojis.filter(({ shortcode }) => text.includes(`:${shortcode}:`)),
    url: pageOf(json, iri),
    avatarUrl: pictureOf(json.icon),
    headerUrl: pictureOf(json.image),
    publicKeys: readPublicKeys(json),
    assertionKeys: readAssertionKeys(json),
    publishedAt: dateOf(json.published),
    attributionDomains: readDomains(json.attributionDomains),
    ...readGenerator(json),
  }
}

function readPlaces(json: JsonObject) {
  const endpoints = isObject(json.endpoints) ? json.endpoints : {}
  return {
    sharedInbox: iriOf(endpoints.sharedInbox),
    outbox: idOf(json.outbox),
    followers: idOf(json.followers),
    following: idOf(json.following),
    featured: idOf(json.featured),
    featuredTags: idOf(json.featuredTags),
    alsoKnownAs: idsOf(json.alsoKnownAs, maxAliases),
    movedTo: firstIdOf(json.movedTo),
    attributedTo: Array.isArray(json.attributedTo) ? null : idOf(json.attributedTo),
  }
}

/** What is not said is not given: nobody is listed or indexed who has not agreed. */
function readFlags(json: JsonObject) {
  return {
    isLocked: json.manuallyApprovesFollowers === true,
    isDiscoverable: json.discoverable === true,
    isIndexable: json.indexable === true,
    isSuspended: json.suspended === true,
  }
}

function handleOf(json: JsonObject, webfinger: string | null, iri: string): string | null {
  const preferred = typeof json.preferredUsername === 'string' ? json.preferredUsername.trim() : ''
  const candidates = [preferred, webfinger?.split('@')[0] ?? '', lastSegmentOf(iri)]
  return candidates.find((candidate) => handleShape.test(candidate)) ?? null
}

function lastSegmentOf(iri: string): string {
  const path = URL.parse(iri)?.pathname ?? ''
  return (
    path
      .split('/')
      .findLast((segment) => segment !== '')
      ?.replace(/^@/, '') ?? ''
  )
}

function webfingerOf(json: JsonObject): string | null {
  const match = typeof json.webfinger === 'string' ? webfingerShape.exec(json.webfinger.trim()) : null
  return match === null ? null : `${match[1]}@${match[2]?.toLowerCase()}`
}

/** The largest of the pictures that are offered; PeerTube lists several sizes. */
function pictureOf(value: unknown): string | null {
  const links = linksOf(value)
  const largest = links.reduce((best, link) => Math.max(best, link.width ?? 0), 0)
  return links.find((link) => (link.width ?? 0) === largest)?.href ?? null
}

function readFields(json: JsonObject): ReadField[] {
  const fields: ReadField[] = []
  for (const item of listOf(json.attachment).slice(0, maxLookedAt)) {
    if (fields.length === maxFields) break
    if (!isObject(item) || typeOf(item, fieldTypes) === null) continue
    const value = typeof item.value === 'string' ? sanitizeHtml(item.value.slice(0, maxFieldLength)) : ''
    const name = textOf(item, 'name', maxNameLength)
    if (name !== '' || value !== '') fields.push({ name, value })
  }
  return fields
}

function readDomains(value: unknown): string[] {
  const texts = listOf(value).flatMap((domain) => (typeof domain === 'string' ? [domain.trim().toLowerCase()] : []))
  return [...new Set(texts.filter((domain) => /^[^\s\p{C}/?#@:]{1,253}$/u.test(domain)))].slice(0, maxDomains)
}

function readGenerator(json: JsonObject): Pick<ReadActor, 'softwareName' | 'implements'> {
  const generator = isObject(json.generator) ? json.generator : {}
  const claimed = [...linksOf(json.implements, maxSpecifications), ...linksOf(generator.implements, maxSpecifications)]
  return {
    softwareName: textOf(generator, 'name', 128) || null,
    implements: [...new Set(claimed.map((link) => link.href))],
  }
}
