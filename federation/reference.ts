import { createPrivateKey } from 'node:crypto'
import { boundDocument } from './read/bounds.ts'
import { isObject, isRefused, type JsonObject, listOf, type Refused } from './read/json.ts'
import { isPlain } from './read/plain.ts'
import { activityStreamsContext, coreTerms, extensionContext, knownPrefixes, securityContext } from './read/terms.ts'

/** The key of one of our actors; the address is that of its public half. Only RSA keys can sign in this way. */
export type LinkedDataKey = Readonly<{ keyId: string; privateKeyPem: string }>

/** What Fedify and its JSON-LD processor ask for contexts. */
type ContextLoader = (url: string) => Promise<{ contextUrl: string | null; document: unknown; documentUrl: string }>

type LoaderOption = Readonly<{ documentLoader: ContextLoader }>

/** The part of the JSON-LD processor that we use: it comes without types. */
type JsonLd = Readonly<{
  expand: (document: unknown, options: LoaderOption) => Promise<unknown[]>
  compact: (
    document: unknown,
    context: unknown,
    options: LoaderOption & Readonly<{ compactToRelative: false }>,
  ) => Promise<JsonObject>
}>

/** Fedify asks for a Temporal.Instant and only writes it out; Node 24 has no Temporal. */
type LinkedDataSigner = {
  signJsonLd(
    json: unknown,
    key: CryptoKey,
    keyId: URL,
    options: { contextLoader?: ContextLoader; created?: { toString(): string } },
  ): Promise<object>
}

const targetContext = [activityStreamsContext, securityContext, extensionContext]

/** The namespaces whose names are ours without a prefix, once everything else about the document is known. */
const shortened: readonly string[] = [...knownPrefixes].flatMap(([prefix, namespace]) => [`${prefix}:`, namespace])

/**
 * Brings a document that `isPlain` does not vouch for (other names for our terms, expanded form, unusual contexts) into the plain
 * shape, for the same readers. The result is for reading only: proofs are left out, they hold for the document as it came. The network
 * is never asked, and the work is bounded; what cannot be read within that is refused with its reason.
 */
export async function canonicalise(json: JsonObject): Promise<JsonObject | Refused> {
  const loader = await makeContextLoader()
  const bounded = boundDocument(json, loader.has)
  if (isRefused(bounded)) return bounded
  const expanded = await expand(bounded.document, loader.load)
  if (isRefused(expanded)) return expanded
  const jsonLd = await loadJsonLd()
  const options = { documentLoader: loader.load, compactToRelative: false } as const
  const compacted = await jsonLd.compact(expanded, targetContext, options).catch(ifMalformed)
  if (isRefused(compacted)) return compacted
  const { '@context': _, ...named } = compacted
  const plain = shorten(named)
  return isObject(plain) && isPlain(plain) ? plain : { refused: 'not-a-tree' }
}

/**
 * Adds an RsaSignature2017 to an activity, so that Mastodon forwards public replies to its followers' servers. `created` comes from
 * the activity, so that signing again gives the same bytes. Nobody need trust it and we do not: see `FEDERATION.md`.
 */
export async function signWithLinkedData(json: JsonObject, key: LinkedDataKey, created: Date): Promise<JsonObject> {
  const signer: LinkedDataSigner = await import('@fedify/fedify/sig')
  const loader = await makeContextLoader()
  const privateKey = await importPrivateKey(key.privateKeyPem)
  const instant = { toString: () => created.toISOString() }
  const signed = await signer.signJsonLd(json, privateKey, new URL(key.keyId), {
    contextLoader: loader.load,
    created: instant,
  })
  return { ...signed }
}

/** Fedify insists on keys that can be exported. */
async function importPrivateKey(pem: string): Promise<CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return crypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign'])
}

/** Whether a document carries a Linked Data signature. It is never authority. */
export function hasLinkedDataSignature(json: JsonObject): boolean {
  return listOf(json.signature).some((signature) => isObject(signature) && typeof signature.signatureValue === 'string')
}

/** The document as it was before a Linked Data signature was added: what an object proof is verified on. */
export function withoutLinkedDataSignature(json: JsonObject): JsonObject {
  const { signature: _, ...rest } = json
  return rest
}

/** Only the contexts that come with the library exist. It tries no other address, whatever a document says. */
async function makeContextLoader(): Promise<{ has: (url: string) => boolean; load: ContextLoader }> {
  const { preloadedContexts } = await import('@fedify/vocab-runtime')
  const find = (url: string) => (Object.hasOwn(preloadedContexts, url) ? preloadedContexts[url] : undefined)
  return {
    has: (url) => find(spellingOf(url)) !== undefined,
    load: async (url) => {
      const document = find(spellingOf(url))
      if (document === undefined) throw new Error(`The JSON-LD context ${url} is not at hand, and none is fetched.`)
      return { contextUrl: null, document, documentUrl: url }
    },
  }
}

/** The context of ActivityStreams is found under its namespace too, and under http. */
function spellingOf(url: string): string {
  return /^https?:\/\/www\.w3\.org\/ns\/activitystreams#?$/.test(url) ? activityStreamsContext : url
}

async function loadJsonLd(): Promise<JsonLd> {
  const { default: jsonLd } = await import('@fedify/vocab-runtime/jsonld')
  return jsonLd
}

/** The one thing that the document is about. */
async function expand(document: JsonObject, load: ContextLoader): Promise<JsonObject | Refused> {
  const jsonLd = await loadJsonLd()
  const nodes = await jsonLd.expand(document, { documentLoader: load }).catch(ifMalformed)
  if (isRefused(nodes)) return nodes
  const [node] = nodes
  return nodes.length === 1 && isObject(node) && isTree(node) ? node : { refused: 'not-a-tree' }
}

/**
 * The processor rejects what breaks its rules, and trips over what it does not expect at all (a number as an id, a property named
 * `hasOwnProperty`). Both are the document's doing; anything else is a bug and stays one.
 */
function ifMalformed(error: unknown): Refused {
  if (error instanceof TypeError) return { refused: 'malformed-json-ld' }
  if (error instanceof Error && error.name.startsWith('jsonld.')) return { refused: 'malformed-json-ld' }
  throw error
}

/** Named graphs and reversed properties would say about one thing what stands in another. */
function isTree(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isTree)
  if (!isObject(value)) return true
  if ('@graph' in value || '@reverse' in value || '@included' in value) return false
  return Object.values(value).every(isTree)
}

/**
 * What compaction leaves behind where a value has another type than the term expects: prefixed names, and values as objects. Two
 * spellings of one name become one list.
 */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shorten)
  if (!isObject(value)) return value
  if ('@value' in value) return value['@value']
  const result = new Map<string, unknown>()
  for (const [key, inner] of Object.entries(value)) {
    const name = shortNameOf(key)
    const known = result.get(name)
    result.set(name, known === undefined ? shorten(inner) : [...listOf(known), ...listOf(shorten(inner))])
  }
  return Object.fromEntries(result)
}

function shortNameOf(key: string): string {
  const start = shortened.find((candidate) => key.startsWith(candidate))
  const name = start === undefined ? key : key.slice(start.length)
  return coreTerms.has(name) || Object.hasOwn(extensionContext, name) ? name : key
}
