/** The words that our documents use beyond ActivityStreams, inline: a context of our own address would have to be fetched by everybody. */
const terms = {
  toot: 'http://joinmastodon.org/ns#',
  schema: 'http://schema.org#',
  manuallyApprovesFollowers: 'as:manuallyApprovesFollowers',
  sensitive: 'as:sensitive',
  Hashtag: 'as:Hashtag',
  Emoji: 'toot:Emoji',
  discoverable: 'toot:discoverable',
  indexable: 'toot:indexable',
  featured: { '@id': 'toot:featured', '@type': '@id' },
  featuredTags: { '@id': 'toot:featuredTags', '@type': '@id' },
  attributionDomains: { '@id': 'toot:attributionDomains', '@container': '@set' },
  showFeatured: 'toot:showFeatured',
  showMedia: 'toot:showMedia',
  showRepliesInMedia: 'toot:showRepliesInMedia',
  blurhash: 'toot:blurhash',
  focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
  PropertyValue: 'schema:PropertyValue',
  value: 'schema:value',
  alsoKnownAs: { '@id': 'as:alsoKnownAs', '@type': '@id' },
  movedTo: { '@id': 'as:movedTo', '@type': '@id' },
  webfinger: 'https://purl.archive.org/socialweb/webfinger#webfinger',
  implements: { '@id': 'https://w3id.org/fep/844e/implements', '@type': '@id', '@container': '@list' },
  // None of the well-known contexts has this one, and without it Fedify 2.3 finds no key to a proof.
  assertionMethod: { '@id': 'https://w3id.org/security#assertionMethod', '@type': '@id', '@container': '@set' },
  votersCount: 'toot:votersCount',
  gts: 'https://gotosocial.org/ns#',
  // Both hold objects, never addresses.
  interactionPolicy: 'gts:interactionPolicy',
  canQuote: 'gts:canQuote',
  canReply: 'gts:canReply',
  automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
  manualApproval: { '@id': 'gts:manualApproval', '@type': '@id' },
  approvedBy: { '@id': 'gts:approvedBy', '@type': '@id' },
  replyAuthorization: { '@id': 'gts:replyAuthorization', '@type': '@id' },
  ReplyAuthorization: 'gts:ReplyAuthorization',
  ReplyRequest: 'gts:ReplyRequest',
  LikeRequest: 'gts:LikeRequest',
  AnnounceRequest: 'gts:AnnounceRequest',
  interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
  interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
  quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
  quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
  QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
  quoteUrl: 'as:quoteUrl',
  quoteUri: 'http://fedibird.com/ns#quoteUri',
  _misskey_quote: 'https://misskey-hub.net/ns/#_misskey_quote',
  conversation: 'http://ostatus.org#conversation',
  lemmy: 'https://join-lemmy.org/ns#',
  postingRestrictedToMods: 'lemmy:postingRestrictedToMods',
  moderators: { '@id': 'lemmy:moderators', '@type': '@id' },
  Lock: 'lemmy:Lock',
  removeData: 'lemmy:removeData',
} as const

/** The words of a product. Prices and numbers are texts. @see https://w3id.org/fep/0837 */
const proposalTerms = {
  vf: 'https://w3id.org/valueflows/ont/vf#',
  om2: 'http://www.ontology-of-units-of-measure.org/resource/om-2/',
  ...Object.fromEntries(
    [
      ...['Proposal', 'Intent', 'Agreement', 'Commitment', 'purpose', 'publishes', 'reciprocal', 'unitBased', 'action'],
      ...['stipulates', 'stipulatesReciprocal', 'satisfies', 'resourceConformsTo', 'resourceQuantity'],
      ...['availableQuantity', 'minimumQuantity'],
    ].map((term) => [term, `vf:${term}`]),
  ),
  hasUnit: 'om2:hasUnit',
  hasNumericalValue: 'om2:hasNumericalValue',
  sdo: 'https://schema.org/',
  price: 'sdo:price',
  priceCurrency: 'sdo:priceCurrency',
  availability: { '@id': 'sdo:availability', '@type': '@id' },
  sku: 'sdo:sku',
  toot: 'http://joinmastodon.org/ns#',
  blurhash: 'toot:blurhash',
  focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
}

/** The context of a product, and of what is said about it and about its orders. */
export const proposalContext: readonly unknown[] = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/data-integrity/v1',
  proposalTerms,
]

type Term = keyof typeof terms

const activityStreams = 'https://www.w3.org/ns/activitystreams'

/** The context of an activity that needs no words of its own. */
export const plainContext = [activityStreams] as const

/** What everybody may read. */
export const publicAudience = 'https://www.w3.org/ns/activitystreams#Public'

/**
 * A context with the words that a document uses, their prefixes included.
 * @param urls well-known contexts besides ActivityStreams
 */
export function contextWith(urls: readonly string[], used: readonly Term[]): unknown[] {
  const words = used.length > 0 ? [Object.fromEntries(used.map((term) => [term, terms[term]]))] : []
  return [activityStreams, ...urls, ...words]
}

/** What a post has that not every post has. */
export type PostTraits = Readonly<{
  hasPictures: boolean
  hasHashtags: boolean
  hasEmojis: boolean
  hasPoll: boolean
  /** Others may ask whether they may quote or answer it. */
  isAskedFor: boolean
  /** Not everybody may answer it. */
  isAnsweredBySome: boolean
  /** Whom it answers has let it in. */
  isLetIn: boolean
}>

const policyTerms = ['interactionPolicy', 'canQuote', 'automaticApproval'] as const
const postTerms = ['gts', 'sensitive', 'conversation', ...policyTerms] as const
const approvalTerms = ['approvedBy', 'replyAuthorization'] as const
const pictureTerms = ['blurhash', 'focalPoint'] as const
const quoteTerms = ['quote', 'quoteAuthorization', 'quoteUrl', 'quoteUri', '_misskey_quote'] as const

const ofPosts = (terms: readonly Term[]) => contextWith(['https://w3id.org/security/data-integrity/v1'], terms)

/** The context of a post, and of the activity that carries it: it stands in each of them twice, since the proof repeats it. */
export function contextOfPost({
  hasPictures,
  hasHashtags,
  hasEmojis,
  hasPoll,
  isAskedFor,
  isAnsweredBySome,
  isLetIn,
}: PostTraits): unknown[] {
  return ofPosts([
    ...(hasPictures || hasPoll || hasEmojis ? (['toot'] as const) : []),
    ...postTerms,
    ...(isAskedFor ? (['manualApproval'] as const) : []),
    ...(isAnsweredBySome ? (['canReply'] as const) : []),
    ...(isLetIn ? approvalTerms : []),
    ...(hasHashtags ? (['Hashtag'] as const) : []),
    ...(hasEmojis ? (['Emoji'] as const) : []),
    ...(hasPictures ? pictureTerms : []),
    ...(hasPoll ? (['votersCount'] as const) : []),
  ])
}

/** The context of what is left of a post, of the activity that takes it back, and of a boost: nothing but what proofs need. */
export const bareContext = ofPosts([])

/** The context of a post that quotes another one, and of the question whether it may. */
export const quoteContext = ofPosts([
  ...(['toot', ...postTerms, 'canReply', 'manualApproval', 'Hashtag', 'Emoji', ...pictureTerms] as const),
  ...(['votersCount', ...quoteTerms, 'QuoteRequest', ...approvalTerms] as const),
])

/** The context of a consent to a quote, and of what is said about it. */
export const quoteAuthorizationContext = contextWith(
  [],
  ['gts', 'QuoteRequest', 'QuoteAuthorization', 'interactingObject', 'interactionTarget'],
)

/** The context of a consent to an answer, and of what is said about it, or about others who want to do something with a post. */
export const replyAuthorizationContext = contextWith(
  [],
  [
    ...(['gts', 'ReplyRequest', 'LikeRequest', 'AnnounceRequest', 'ReplyAuthorization'] as const),
    ...(['interactingObject', 'interactionTarget'] as const),
  ],
)

/** The context of what names a hashtag by itself. */
export const hashtagContext = contextWith([], ['Hashtag'])

/** The context of an emoji by itself. */
export const emojiContext = contextWith([], ['toot', 'Emoji'])

/** The context of what somebody who looks after a group says about it. */
export const groupActContext = ofPosts(['lemmy', 'Lock', 'removeData'])

const actorContexts = [
  'https://w3id.org/security/v1',
  'https://w3id.org/security/data-integrity/v1',
  'https://w3id.org/security/multikey/v1',
]

const actorTerms = [
  'toot',
  'schema',
  'manuallyApprovesFollowers',
  'Emoji',
  'discoverable',
  'indexable',
  'featured',
  'featuredTags',
  'attributionDomains',
  'showFeatured',
  'showMedia',
  'showRepliesInMedia',
  'PropertyValue',
  'value',
  'alsoKnownAs',
  'movedTo',
  'webfinger',
  'implements',
  'assertionMethod',
] as const

/** The context of an actor's document. */
export const actorContext = contextWith(actorContexts, actorTerms)

/** The context of the document of a group. */
export const groupContext = contextWith(actorContexts, [
  ...actorTerms,
  'lemmy',
  'postingRestrictedToMods',
  'moderators',
])

/** A moment as all programs read it: without milliseconds. */
export function toTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}
