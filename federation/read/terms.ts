/** The namespace of ActivityStreams. @see https://www.w3.org/TR/activitystreams-vocabulary/ */
export const activityStreams = 'https://www.w3.org/ns/activitystreams#'

/** The context that every ActivityStreams document has, whether it says so or not. @see https://www.w3.org/TR/activitystreams-core/#jsonld */
export const activityStreamsContext = 'https://www.w3.org/ns/activitystreams'

/** The context of keys and signatures. */
export const securityContext = 'https://w3id.org/security/v1'

/** Everybody. It is also written `as:Public` and `Public`. @see https://www.w3.org/TR/activitypub/#public-addressing */
export const publicIri = `${activityStreams}Public`

const security = 'https://w3id.org/security#'
const ldp = 'http://www.w3.org/ns/ldp#'

/** Prefixes that documents use without defining them, since the well-known contexts do. */
export const knownPrefixes: ReadonlyMap<string, string> = new Map([
  ['as', activityStreams],
  ['sec', security],
  ['ldp', ldp],
  ['toot', 'http://joinmastodon.org/ns#'],
])

const activityStreamsTerms =
  'Accept Activity Add Announce Application Article Audio Block Collection CollectionPage Create Delete Dislike Document Event ' +
  'Flag Follow Group Image Like Link Mention Move Note Object OrderedCollection OrderedCollectionPage Organization Page Person ' +
  'Public Question Reject Relationship Remove Service Tombstone Undo Update Video ' +
  'actor alsoKnownAs anyOf attachment attributedTo audience bcc bto cc closed content context endTime endpoints first followers ' +
  'following generator height href icon image inReplyTo items last likes mediaType name next object oneOf origin outbox partOf ' +
  'preferredUsername prev published replies sharedInbox shares source summary tag target to totalItems updated url width'

const securityTerms = 'Multikey assertionMethod controller owner publicKey publicKeyMultibase publicKeyPem'

/**
 * Every name on which the authority or the meaning of a document rests, with the IRI that it must stand for. A document in which
 * one of them stands for something else, or something else stands for one of them, cannot be read by its names.
 */
export const coreTerms: ReadonlyMap<string, string> = new Map([
  ...activityStreamsTerms.split(' ').map((term) => [term, `${activityStreams}${term}`] as const),
  ...securityTerms.split(' ').map((term) => [term, `${security}${term}`] as const),
  ['as', activityStreams],
  ['id', '@id'],
  ['type', '@type'],
  ['inbox', `${ldp}inbox`],
  ['orderedItems', `${activityStreams}items`],
  ['contentMap', `${activityStreams}content`],
  ['nameMap', `${activityStreams}name`],
  ['summaryMap', `${activityStreams}summary`],
  ['CryptographicKey', `${security}Key`],
])

/**
 * The extensions that we read, defined as they are nearly everywhere: what the reference lane compacts to. The schema.org binding
 * is Mastodon's mistaken one, which the network has made the right one.
 */
export const extensionContext = {
  toot: 'http://joinmastodon.org/ns#',
  schema: 'http://schema.org#',
  misskey: 'https://misskey-hub.net/ns#',
  ChatMessage: 'http://litepub.social/ns#ChatMessage',
  Emoji: 'toot:Emoji',
  EmojiReact: 'http://litepub.social/ns#EmojiReact',
  Hashtag: 'as:Hashtag',
  PropertyValue: 'schema:PropertyValue',
  value: 'schema:value',
  blurhash: 'toot:blurhash',
  focalPoint: { '@id': 'toot:focalPoint', '@container': '@list' },
  attributionDomains: { '@id': 'toot:attributionDomains', '@container': '@set' },
  discoverable: 'toot:discoverable',
  indexable: 'toot:indexable',
  suspended: 'toot:suspended',
  featured: { '@id': 'toot:featured', '@type': '@id' },
  featuredTags: { '@id': 'toot:featuredTags', '@type': '@id' },
  manuallyApprovesFollowers: 'as:manuallyApprovesFollowers',
  movedTo: { '@id': 'as:movedTo', '@type': '@id' },
  sensitive: 'as:sensitive',
  votersCount: 'toot:votersCount',
  gts: 'https://gotosocial.org/ns#',
  fep044f: 'https://w3id.org/fep/044f#',
  interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
  canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
  canReply: { '@id': 'gts:canReply', '@type': '@id' },
  automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
  manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' },
  always: { '@id': 'gts:always', '@type': '@id' },
  approvalRequired: { '@id': 'gts:approvalRequired', '@type': '@id' },
  interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
  interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
  quote: { '@id': 'fep044f:quote', '@type': '@id' },
  quoteAuthorization: { '@id': 'fep044f:quoteAuthorization', '@type': '@id' },
  QuoteRequest: 'fep044f:QuoteRequest',
  ReplyApproval: 'gts:ReplyApproval',
  ReplyAuthorization: 'gts:ReplyAuthorization',
  ReplyRequest: 'gts:ReplyRequest',
  QuoteAuthorization: 'fep044f:QuoteAuthorization',
  quoteUrl: 'as:quoteUrl',
  quoteUri: 'http://fedibird.com/ns#quoteUri',
  _misskey_quote: 'https://misskey-hub.net/ns/#_misskey_quote',
  webfinger: 'https://purl.archive.org/socialweb/webfinger#webfinger',
  implements: { '@id': 'https://w3id.org/fep/844e/implements', '@type': '@id', '@container': '@list' },
  assertionMethod: { '@id': 'https://w3id.org/security#assertionMethod', '@type': '@id', '@container': '@set' },
  controller: { '@id': 'https://w3id.org/security#controller', '@type': '@id' },
  publicKeyMultibase: 'https://w3id.org/security#publicKeyMultibase',
  Multikey: 'https://w3id.org/security#Multikey',
} as const

/** The extension terms among those above that carry meaning in the ActivityStreams or Mastodon namespace, by their IRI. */
export const extensionIris: ReadonlyMap<string, string> = new Map([
  [`${activityStreams}manuallyApprovesFollowers`, 'manuallyApprovesFollowers'],
  [`${activityStreams}movedTo`, 'movedTo'],
  [`${activityStreams}sensitive`, 'sensitive'],
  [`${activityStreams}Hashtag`, 'Hashtag'],
  ['http://joinmastodon.org/ns#Emoji', 'Emoji'],
  ['http://joinmastodon.org/ns#attributionDomains', 'attributionDomains'],
  ['http://joinmastodon.org/ns#blurhash', 'blurhash'],
  ['http://joinmastodon.org/ns#discoverable', 'discoverable'],
  ['http://joinmastodon.org/ns#featured', 'featured'],
  ['http://joinmastodon.org/ns#featuredTags', 'featuredTags'],
  ['http://joinmastodon.org/ns#focalPoint', 'focalPoint'],
  ['http://joinmastodon.org/ns#indexable', 'indexable'],
  ['http://joinmastodon.org/ns#suspended', 'suspended'],
  ['http://joinmastodon.org/ns#votersCount', 'votersCount'],
])

/**
 * Contexts whose content is known and leaves the core terms alone (a test reads those that we have). The addresses of the first are
 * all in use.
 */
const knownContexts: ReadonlySet<string> = new Set([
  activityStreamsContext,
  'https://www.w3.org/ns/activitystreams#',
  'http://www.w3.org/ns/activitystreams',
  securityContext,
  'https://w3id.org/security/v2',
  'https://w3id.org/security/data-integrity/v1',
  'https://w3id.org/security/data-integrity/v2',
  'https://w3id.org/security/multikey/v1',
  'https://w3id.org/security/suites/ed25519-2020/v1',
  'https://www.w3.org/ns/did/v1',
  'https://www.w3.org/ns/cid/v1',
  'https://gotosocial.org/ns',
  'http://joinmastodon.org/ns',
  'https://join-lemmy.org/context.json',
  'https://purl.archive.org/miscellany',
  'https://purl.archive.org/socialweb/webfinger',
  'https://purl.archive.org/socialweb/pending/1',
  'https://funkwhale.audio/ns',
])

/**
 * Contexts that each server of a program (Pleroma and Akkoma, Mbin, Hubzilla) serves from its own address, and those of the
 * Fediverse Enhancement Proposals. Only their names matter: none is ever fetched.
 */
const contextPatterns: readonly RegExp[] = [
  /^https?:\/\/[^/]+\/schemas\/litepub-0\.1\.jsonld$/,
  /^https?:\/\/[^/]+\/contexts$/,
  /^https?:\/\/[^/]+\/apschema(?:\/v[\d.]+)?$/,
  /^https:\/\/w3id\.org\/fep\/[0-9a-f]{4}$/,
]

/** Contexts that give core terms another meaning (`name`, `url`, `image` …): harmless only before that of ActivityStreams. */
const overridingContexts: ReadonlySet<string> = new Set([
  'https://w3id.org/identity/v1',
  'http://schema.org',
  'http://schema.org/',
  'https://schema.org',
  'https://schema.org/',
  'https://www.w3.org/ns/credentials/v2',
])

/** How a remote context bears on the core terms; `unknown` means that nobody here knows what it says. */
export function kindOfContext(url: string): 'core' | 'known' | 'overriding' | 'unknown' {
  if (url === activityStreamsContext) return 'core'
  if (knownContexts.has(url)) return url.includes('www.w3.org/ns/activitystreams') ? 'core' : 'known'
  if (overridingContexts.has(url)) return 'overriding'
  return contextPatterns.some((pattern) => pattern.test(url)) ? 'known' : 'unknown'
}
