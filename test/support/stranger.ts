import { generateKeyPair, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Json } from './client.ts'
import { eventually } from './eventually.ts'
import { contentDigestHeader, digestHeader, prove, signCavage, signRfc9421, toMultikey, type Wire } from './signing.ts'

/** A request that a stranger got, byte for byte. `json` is the body parsed, or null when it is none. */
export type Recorded = Wire & Readonly<{ json: Json; rawHeaders: readonly string[]; at: number }>

/** How a stranger answers; `delayMs` Infinity: never. */
export type Answering = Readonly<{
  status?: number
  delayMs?: number
  headers?: Readonly<Record<string, string>>
  body?: string | Buffer | object
}>

/** What makes a POST differ from a usual one: signed by its actor as most programs sign. */
export type Variant = Readonly<{
  scheme?: 'cavage' | 'rfc9421' | 'none'
  keyId?: string
  key?: KeyObject
  algorithm?: string | null
  covered?: readonly string[]
  /** The time that is signed. */
  at?: Date
  /** Headers that differ from the usual ones; they are signed like these. */
  headers?: Readonly<Record<string, string>>
  /** What happens to the request after it was signed. */
  tamper?: (wire: Wire) => void
}>

/** Somebody on a server that is not ours. */
export type StrangerActor = Readonly<{
  iri: string
  acct: string
  keyId: string
  key: KeyObject
  /** The Ed25519 key, for proofs; its id is `iri#ed25519-key`. */
  assertionKey: KeyObject
  inbox: string
  followers: string
  /** What is served at `iri`. */
  document: Json
  /** Posts to an inbox, signed by this actor. */
  post(inbox: string, activity: Json, variant?: Variant): Promise<Got>
  /** Gets a document, signed by this actor. */
  get(url: string, variant?: Variant): Promise<Got>
  /** An activity of this actor with an id of its own. */
  activity(type: string, object: Json, more?: Json): Json
  /** A note of this actor; served at its id when it is public or unlisted. */
  note(more?: Json): Json
  /** Adds an object proof by this actor's Ed25519 key. */
  prove(document: Json): Json
}>

/** An answer. */
export type Got = Readonly<{ status: number; headers: Readonly<Record<string, string>>; text: string; json: Json }>

/** A server that is not ours: it does what the test says and remembers what it got. */
export type Stranger = Readonly<{
  url: string
  host: string
  now(): Date
  actor(name: string, more?: Json): Promise<StrangerActor>
  /** Serves something at a path (or a whole address of this server), as ActivityStreams unless the headers say otherwise. */
  serve(path: string, answer: Answering | ((request: Recorded) => Answering)): void
  /** How deliveries are answered from now on; 202 at first. */
  answer(deliveries: Answering | ((delivery: Recorded) => Answering)): void
  deliveries: Recorded[]
  gets: Recorded[]
  /** Waits for a delivery of which something is so. */
  delivered(isIt: (activity: Json, delivery: Recorded) => boolean): Promise<Recorded>
  close(): Promise<void>
}>

const rsaKey = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
const ed25519Key = () => promisify(generateKeyPair)('ed25519')

/** Everybody, as most programs write it. */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public'

/** The type of documents that servers exchange. */
export const ACTIVITY_JSON = 'application/activity+json'

/** Starts a server of somebody else on 127.0.0.1, whose clock may be another one. */
export async function startStranger({ now = () => new Date() }: { now?: () => Date } = {}): Promise<Stranger> {
  const served = new Map<string, (request: Recorded) => Answering>()
  const [deliveries, gets]: [Recorded[], Recorded[]] = [[], []]
  let answerDelivery: (delivery: Recorded) => Answering = () => ({ status: 202 })
  const server = createServer(async (request, response) => {
    const recorded = await record(request)
    if (request.method === 'POST') deliveries.push(recorded)
    else gets.push(recorded)
    const answer =
      request.method === 'POST' ? answerDelivery(recorded) : (served.get(recorded.path)?.(recorded) ?? { status: 404 })
    await reply(response, answer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const host = `127.0.0.1:${address.port}`
  const url = `http://${host}`
  const pathOf = (path: string) => (path.startsWith(url) ? path.slice(url.length) : path)
  const stranger: Stranger = {
    url,
    host,
    deliveries,
    gets,
    now,
    actor: (name, more = {}) => makeActor(stranger, name, more),
    serve: (path, answer) => served.set(pathOf(path), typeof answer === 'function' ? answer : () => answer),
    answer: (answer) => {
      answerDelivery = typeof answer === 'function' ? answer : () => answer
    },
    delivered: (isIt) =>
      eventually(() => {
        const found = deliveries.find((delivery) => delivery.json !== null && isIt(delivery.json, delivery))
        if (!found) throw new Error(`not delivered; there is: ${deliveries.map(({ json }) => json?.type).join(', ')}`)
        return found
      }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return stranger
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const at = performance.now()
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const { method = '', url: path = '', rawHeaders } = request
  return { method, path, headers, rawHeaders, body, json: parse(body), at }
}

function parse(body: Buffer): Json {
  try {
    return JSON.parse(body.toString())
  } catch {
    return null
  }
}

async function reply(response: ServerResponse, { status = 200, delayMs = 0, headers = {}, body = '' }: Answering) {
  if (delayMs === Number.POSITIVE_INFINITY) return
  if (delayMs > 0) await pause(delayMs, undefined, { ref: false })
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': ACTIVITY_JSON, ...headers }).end(bytes)
}

let count = 0

async function makeActor(server: Stranger, name: string, more: Json): Promise<StrangerActor> {
  const [rsa, ed25519] = await Promise.all([rsaKey(), ed25519Key()])
  const iri = `${server.url}/people/${name}`
  const keyId = `${iri}#main-key`
  const document = {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: iri,
    type: 'Person',
    preferredUsername: name,
    name,
    inbox: `${iri}/inbox`,
    outbox: `${iri}/outbox`,
    followers: `${iri}/followers`,
    endpoints: { sharedInbox: `${server.url}/inbox` },
    url: `${server.url}/@${name}`,
    publicKey: { id: keyId, owner: iri, publicKeyPem: rsa.publicKey.export({ type: 'spki', format: 'pem' }) },
    assertionMethod: [
      {
        id: `${iri}#ed25519-key`,
        type: 'Multikey',
        controller: iri,
        publicKeyMultibase: toMultikey(ed25519.privateKey),
      },
    ],
    ...more,
  }
  server.serve(iri, () => ({ body: document }))
  const acct = `${name}@${server.host}`
  serveWebFinger(server, acct, iri)
  const actor: StrangerActor = {
    iri,
    acct,
    keyId,
    key: rsa.privateKey,
    assertionKey: ed25519.privateKey,
    inbox: document.inbox,
    followers: document.followers,
    document,
    post: (inbox, activity, variant = {}) => send(actor, 'POST', inbox, activity, { at: server.now(), ...variant }),
    get: (url, variant = {}) => send(actor, 'GET', url, null, { at: server.now(), ...variant }),
    activity: (type, object, extra = {}) => ({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${server.url}/activities/${++count}`,
      type,
      actor: iri,
      object,
      ...extra,
    }),
    note: (extra = {}) => makeNote(server, actor, extra),
    prove: (json) => prove(json, { keyId: `${iri}#ed25519-key`, key: ed25519.privateKey, created: new Date() }),
  }
  return actor
}

function serveWebFinger(server: Stranger, acct: string, iri: string): void {
  server.serve(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:${acct}`)}`, {
    headers: { 'content-type': 'application/jrd+json' },
    body: { subject: `acct:${acct}`, links: [{ rel: 'self', type: ACTIVITY_JSON, href: iri }] },
  })
}

function makeNote(server: Stranger, actor: StrangerActor, extra: Json): Json {
  const id = `${server.url}/notes/${++count}`
  const note = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id,
    type: 'Note',
    attributedTo: actor.iri,
    content: `<p>Note ${count}</p>`,
    published: new Date().toISOString(),
    to: [PUBLIC],
    cc: [actor.followers],
    ...extra,
  }
  if ([note.to, note.cc].flat().includes(PUBLIC)) server.serve(id, () => ({ body: note }))
  return note
}

const usuallyCovered = {
  POST: {
    cavage: ['(request-target)', 'host', 'date', 'digest'],
    rfc9421: ['@method', '@target-uri', 'content-digest'],
  },
  GET: { cavage: ['(request-target)', 'host', 'date'], rfc9421: ['@method', '@target-uri'] },
} as const

/** Signs and sends a request as `actor`, with what `variant` changes. */
function send(
  actor: StrangerActor,
  method: 'GET' | 'POST',
  url: string,
  payload: Json,
  variant: Variant,
): Promise<Got> {
  const { origin, host, pathname, search } = new URL(url)
  const { scheme = 'cavage', keyId = actor.keyId, key = actor.key, at = new Date() } = variant
  const body = toBody(payload)
  const wire: Wire = {
    method,
    path: pathname + search,
    body,
    headers: { host, date: at.toUTCString(), accept: ACTIVITY_JSON },
  }
  if (method === 'POST') {
    wire.headers['content-type'] = ACTIVITY_JSON
    wire.headers[scheme === 'rfc9421' ? 'content-digest' : 'digest'] =
      scheme === 'rfc9421' ? contentDigestHeader(body) : digestHeader(body)
  }
  Object.assign(wire.headers, variant.headers)
  const covered = variant.covered ?? (scheme === 'none' ? [] : usuallyCovered[method][scheme])
  if (scheme === 'cavage') {
    const algorithm = variant.algorithm === undefined ? 'rsa-sha256' : variant.algorithm
    wire.headers.signature = signCavage(wire, { keyId, key, covered, algorithm })
  }
  if (scheme === 'rfc9421') {
    Object.assign(wire.headers, signRfc9421(wire, origin, { keyId, key, covered, created: at }))
  }
  variant.tamper?.(wire)
  return sendWire(url, wire)
}

function toBody(payload: Json): Buffer {
  if (Buffer.isBuffer(payload)) return payload
  if (payload === null) return Buffer.alloc(0)
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

/** Sends exactly these bytes and headers. */
async function sendWire(url: string, wire: Wire): Promise<Got> {
  const { method, path, headers, body } = wire
  const { hostname, port } = new URL(url)
  const outgoing = httpRequest({ hostname, port, method, path, headers: { ...headers, 'content-length': body.length } })
  outgoing.end(body)
  // A connection kept from before may be closed at the moment in which it is used again: clients then ask anew (RFC 9112, 9.3.1).
  const answer = await once(outgoing, 'response').then(
    ([response]: IncomingMessage[]) => response,
    (error) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') return null
      throw error
    },
  )
  if (!answer) return sendWire(url, wire)
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const got = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
  return { status: answer.statusCode ?? 0, headers: got, text: bytes.toString(), json: parse(bytes) }
}
