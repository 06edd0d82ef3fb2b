import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import type { Received } from '#src/db/inbox.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { isActivityStreams, toPlain } from './documents.ts'
import type { Keyring, OwnedKey } from './keys.ts'
import { lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import { parseDocument } from './parse.ts'
import { isProvenBy, provenKeyOf } from './proven.ts'
import { isObject, isRefused, type JsonObject } from './read/json.ts'
import { publicIri } from './read/terms.ts'
import { addressesOf, idOf, iriOf } from './read/values.ts'
import { isBodySigned } from './signatures/digest.ts'
import { readSignature, type Signature } from './signatures/verify.ts'

/** A POST to an inbox, as it came. */
export type Posted = Readonly<{
  /** Path and query, as the sender wrote them. */
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  /** Whose inbox; null for the shared one. */
  recipientId: string | null
  /** From where it came, as requests are counted. */
  address: string
}>

/** What the gate decides: an activity to store, or an answer. */
export type Admission = { received: Received } | { status: 202 | 400 | 401 | 403 | 415; reason: string }

const refuse = (status: 400 | 401 | 403 | 415, reason: string): Admission => ({ status, reason })
const ignore = (reason: string): Admission => ({ status: 202, reason })

/**
 * Decides whether an activity is let in, before anything else looks at it: signed over what matters, lately, by a key that its owner's
 * document lists, and spoken by that owner under an id of its own origin. What is stored are the very bytes that were verified.
 */
export async function admit(ctx: Ctx, keyring: Keyring, posted: Posted): Promise<Admission> {
  if (!isActivityStreams(single(posted.headers['content-type']))) return refuse(415, 'content-type')
  const request = { method: 'POST', url: ctx.uris.publicUrl + posted.path, headers: posted.headers }
  const signature = readSignature(request, ctx.now())
  if ('problem' in signature) return refuse(401, signature.detail)
  if (!isBodySigned(request, signature.covered, posted.body)) return refuse(401, 'digest')
  const keyHost = URL.canParse(signature.keyId) ? new URL(signature.keyId).host : null
  if (!keyHost) return refuse(401, 'key-id')
  if ((await lookupsOf(ctx).policy(keyHost)).severity === 'block') return refuse(403, 'blocked')
  const parsed = parseDocument(posted.body)
  if (!parsed.ok || !isObject(parsed.value)) return refuse(400, parsed.ok ? 'no-object' : parsed.reason)
  const document = parsed.value
  const leaving = whoLeaves(document)
  if (leaving && (await isNobody(ctx, leaving))) return ignore('somebody left of whom we have nothing')
  const key = await verify(keyring, signature, posted.address)
  if (!key)
    return leaving ? farewell(ctx, { actorIri: leaving, id: iriOf(document.id) }, posted) : refuse(401, 'signature')
  // Only now: what is not plain JSON costs fifty times as much, and a stranger could send much of it.
  const activity = await toPlain(document)
  if (isRefused(activity)) return ignore(activity.refused)
  return weigh(ctx, keyring, { activity, signer: key.owner.iri, signedAt: signature.createdAt, posted, document })
}

/** The actor whose deletion a document announces, if it is that. Every program that sends them writes them as plain JSON. */
function whoLeaves({ type, actor, object }: JsonObject): string | null {
  const leaving = type === 'Delete' ? idOf(actor) : null
  return leaving !== null && idOf(object) === leaving ? leaving : null
}

/** Mastodon tells every server it knows of each deleted account: no key is fetched for somebody of whom we have nothing. */
async function isNobody(ctx: Ctx, iri: string): Promise<boolean> {
  const actor = await findActorByIri(ctx.db, iri)
  return actor === null || actor.deletedAt !== null
}

const hour = 3_600_000

/**
 * Somebody may leave with a key that we never had, and that can be had no more. Its server is asked, later and once an hour: anybody may
 * have sent this.
 */
function farewell(
  ctx: Ctx,
  { actorIri, id }: { actorIri: string; id: string | null },
  { recipientId }: Posted,
): Admission {
  if (!id) return refuse(400, 'no id')
  const activityKey = `hint farewell ${Math.floor(ctx.now().getTime() / hour)}`
  // Nothing of it was verified: no more is kept than what is to be asked.
  const body = JSON.stringify({ id, type: 'Delete', actor: actorIri, object: actorIri })
  return {
    received: { actorIri, activityKey, authority: 'none', signerIri: null, body, recipientId, synchronization: null },
  }
}

/** A key that no longer fits may have been changed: its owner is read again, once in five minutes. */
async function verify(keyring: Keyring, signature: Signature, address: string): Promise<OwnedKey | null> {
  const found = await keyring.find(signature.keyId, address)
  if (!found) return null
  if (signature.check(found.key)) return found
  const fresh = await keyring.refresh(signature.keyId, found.owner, address)
  return fresh && signature.check(fresh.key) ? fresh : null
}

type Weighed = Readonly<{
  activity: JsonObject
  signer: string | null
  signedAt: Date
  posted: Posted
  document: JsonObject
}>

async function weigh(ctx: Ctx, keyring: Keyring, weighed: Weighed): Promise<Admission> {
  const { activity, signer, posted, document } = weighed
  const id = iriOf(activity.id)
  const actor = Array.isArray(activity.actor) ? null : idOf(activity.actor)
  if (!id || !actor) return refuse(400, 'no id or no actor')
  if (!isSameOrigin(id, actor)) return refuse(401, 'the id is of another origin than the actor')
  const isByActor = actor === signer
  const authority = isByActor
    ? 'signature'
    : (await isProven(ctx, keyring, { document, actor, address: posted.address }))
      ? 'proof'
      : 'none'
  // A hint under a foreign name must never stand in the way of the real activity, nor of that of a relay: it gets a key of its own.
  const prefix = authority === 'none' ? `hint ${signer} ` : ''
  return {
    received: {
      actorIri: actor,
      activityKey: shortened(actor, [`${prefix}${id}`, ...differenceOf(weighed)].join(' ')),
      authority,
      signerIri: isByActor ? null : signer,
      body: posted.body.toString('utf8'),
      recipientId: posted.recipientId,
      // Only a server's own word about the followers of its own actor is of use.
      synchronization: isByActor
        ? (single(posted.headers['collection-synchronization'])?.slice(0, 8_192) ?? null)
        : null,
    },
  }
}

/** What PostgreSQL takes into an index is 2,704 bytes; here are those of two addresses and more. */
const mostKeyBytes = 2_500

/** One entry too long for the index would be refused with all that are stored at the same time. */
function shortened(actor: string, key: string): string {
  if (Buffer.byteLength(actor) + Buffer.byteLength(key) <= mostKeyBytes) return key
  return `sha256 ${createHash('sha256').update(key).digest('base64url')}`
}

/** What makes an activity another one although its id is the same. */
function differenceOf({ activity, signedAt, posted }: Weighed): string[] {
  // Hollo sends changed content under one constant id.
  if (activity.type === 'Update') return [createHash('sha256').update(posted.body).digest('base64url')]
  // Who got no answer asks again under the same id, and is answered again. A copy of the same request has the same time.
  if (activity.type === 'Follow') return [signedAt.toISOString()]
  // Each inbox may stand for a recipient who is not named.
  if (activity.type === 'Create' && posted.recipientId && !isForAll(activity)) return [`for ${posted.recipientId}`]
  return []
}

function isForAll({ to, cc, object }: JsonObject): boolean {
  const inner = isObject(object) ? object : {}
  return [to, cc, inner.to, inner.cc].some((addresses) => addressesOf(addresses).includes(publicIri))
}

/**
 * What others pass on is taken as its actor's own when the actor's document lists the key that proves it. Of somebody whom we do not know
 * that document is read first, once.
 */
async function isProven(
  ctx: Ctx,
  keyring: Keyring,
  { document, actor, address }: { document: JsonObject; actor: string; address: string },
) {
  const keyId = provenKeyOf(document)
  if (!keyId || !isSameOrigin(keyId, actor)) return false
  const known = (await findActorByIri(ctx.db, actor)) ?? (await keyring.find(keyId, address))?.owner
  return known?.iri === actor && isProvenBy(known, document, ctx.now())
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
