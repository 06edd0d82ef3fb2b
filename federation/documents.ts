import type { Ctx } from '#src/context.ts'
import type { Answer } from '#src/core/fetch.ts'
import { mayPass, OutboundError } from '#src/core/outbound/error.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { createSigners, type Signer, type Signers } from './delivery/signer.ts'
import { isSameOrigin } from './origin.ts'
import { parseDocument } from './parse.ts'
import { isObject, isRefused, type JsonObject, type Refused } from './read/json.ts'
import { isPlain } from './read/plain.ts'

/** The kinds of ActivityStreams documents that are asked for, as every server understands. */
const accept = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

/** One document at the most, after decompression. */
const maxBytes = 1_048_576

/** A person or an activity waits for the answer. */
const deadlineMs = 10_000

/** A fetched document that stands at its own id, in the plain shape. */
export type Fetched = Readonly<{ iri: string; document: JsonObject }>

/** The signers of a process, and the id of the instance's own actor, which never is another one. */
type Own = { readonly signers: Signers; instanceId: string | null }

const ownOf = new WeakMap<Ctx['db'], Own>()

/** Signs fetches as the instance: some servers serve nothing to strangers. */
export async function instanceSigner(ctx: Ctx): Promise<Signer> {
  const own = ownOf.get(ctx.db) ?? { signers: createSigners(ctx), instanceId: null }
  ownOf.set(ctx.db, own)
  own.instanceId ??= (await ensureInstanceActor(ctx)).id
  const signer = await own.signers.of(own.instanceId)
  if (!signer) throw new Error('the instance actor has no key')
  return signer
}

/**
 * Fetches the document of an id. It must say of itself that it is that id; where it names another one of the same address's origin, that
 * one is fetched once, so that nobody can speak under a foreign id.
 * @throws OutboundError when the server does not answer
 */
export async function fetchDocument(ctx: Ctx, iri: string): Promise<Fetched | Refused> {
  // Nothing is asked of a server with which the instance does not speak; here that is an answer, and no failure.
  if (await isHostBlocked(ctx.db, new URL(iri).host)) return { refused: 'blocked' }
  const first = await fetchOnce(ctx, iri)
  if (isRefused(first)) return first
  const id = first.document.id
  if (typeof id !== 'string') return { refused: 'no-id' }
  // An address that leads away from its server does not speak for it: many servers have one that leads wherever one wants.
  const isAtHome = id === first.finalUrl || (id === iri && isSameOrigin(iri, first.finalUrl))
  if (isAtHome) return { iri: id, document: first.document }
  if (!URL.canParse(id) || (await isHostBlocked(ctx.db, new URL(id).host))) return { refused: 'other-id' }
  const second = await fetchOnce(ctx, id)
  if (isRefused(second)) return second
  if (second.document.id !== id || second.finalUrl !== id) return { refused: 'other-id' }
  return { iri: id, document: second.document }
}

/**
 * Fetches a document without asking for its id: for keys, which may lie in a part of another document.
 * @throws OutboundError when the server does not answer, or only that it cannot now
 */
export async function fetchOnce(ctx: Ctx, iri: string): Promise<{ finalUrl: string; document: JsonObject } | Refused> {
  const answer = await ask(ctx, iri)
  if (isRefused(answer)) return answer
  if (answer.status === 410) return { refused: 'gone' }
  if (answer.status === 404) return { refused: 'not-found' }
  const { status } = answer
  const failure = new OutboundError('bad-status', `${iri} was answered with status ${status}`, { status })
  if (mayPass(failure)) throw failure
  if (status !== 200) return { refused: `status-${status}` }
  if (!isActivityStreams(answer.headers['content-type'])) return { refused: 'content-type' }
  const parsed = parseDocument(answer.body)
  if (!parsed.ok) return { refused: parsed.reason }
  if (!isObject(parsed.value)) return { refused: 'no-object' }
  const document = await toPlain(parsed.value)
  return isRefused(document) ? document : { finalUrl: answer.url, document }
}

/** What would be the same at any other time is an answer: it says something of what was asked for, wherever that has led. */
async function ask(ctx: Ctx, iri: string): Promise<Answer | Refused> {
  const signer = await instanceSigner(ctx)
  const sign = (url: URL) => signer.sign({ scheme: 'cavage', url: url.href, now: ctx.now() })
  try {
    return await ctx.fetcher.get(iri.replace(/#.*$/, ''), { accept, maxBytes, sign, deadlineMs })
  } catch (error) {
    if (!(error instanceof OutboundError) || mayPass(error)) throw error
    return { refused: error.code === 'refused-host' ? 'blocked' : error.code }
  }
}

/** Reads as it is what is plain; everything else goes through the reference lane, which costs fifty times as much. */
export async function toPlain(document: JsonObject): Promise<JsonObject | Refused> {
  if (isPlain(document)) return document
  const { canonicalise } = await import('./reference.ts')
  return canonicalise(document)
}

/**
 * Whether a content type is that of an ActivityStreams document. Plain JSON is not: it could be a file that somebody uploaded.
 * @see https://www.w3.org/TR/activitypub/#retrieving-objects
 */
export function isActivityStreams(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  if (type === 'application/activity+json') return true
  if (type !== 'application/ld+json') return false
  return parameters.some(
    (parameter) => parameter.replaceAll('"', '') === 'profile=https://www.w3.org/ns/activitystreams',
  )
}
