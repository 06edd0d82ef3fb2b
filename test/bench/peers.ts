import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { signCavage } from '#federation/signatures/cavage.ts'
import { digestOf } from '#federation/signatures/digest.ts'
import { generateRsaPair, privateKey } from '#federation/signatures/keys.ts'

/** A remote actor that we play. */
export type Peer = Readonly<{ iri: string; send(inbox: string, activity: object): Promise<number> }>

type Delivery = Readonly<{ at: number; id: string; bytes: number }>

/** What a host does with deliveries. */
export type Manner = 'accept' | 'refuse' | 'hang' | 'fail'

/** A remote server on loopback: it serves the documents of its actors and takes deliveries. */
export type PeerHost = Readonly<{
  origin: string
  addPeer(name: string, followers?: string): Promise<Peer>
  /** Deliveries that were accepted: when, the id of the activity, and its length. */
  deliveries: Delivery[]
  /** Documents that were asked for so far. */
  fetches(): number
  setManner(manner: Manner): void
  manner(): Manner
  close(): Promise<void>
}>

const agent = new Agent({ connections: 32, pipelining: 1 })

/** One key pair for all: making two thousand would take longer than the measurement. */
const pair = generateRsaPair()

/** Opens a remote server on a port of its own, which is what makes it a host of its own. */
export async function openPeerHost(): Promise<PeerHost> {
  const documents = new Map<string, string>()
  const deliveries: Delivery[] = []
  let manner: Manner = 'accept'
  let fetches = 0
  const server = createServer((req, res) => {
    if (req.method === 'POST') return take(req, res, manner, deliveries)
    fetches++
    const document = documents.get(req.url?.split('?')[0] ?? '')
    if (!document) return res.writeHead(404).end()
    res.writeHead(200, { 'content-type': 'application/activity+json' }).end(document)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const { publicKeyPem, privateKeyPem } = await pair
  return {
    origin,
    deliveries,
    fetches: () => fetches,
    setManner: (next) => {
      manner = next
    },
    manner: () => manner,
    addPeer: async (name) => {
      const iri = `${origin}/users/${name}`
      documents.set(`/users/${name}`, JSON.stringify(actorDocument(origin, iri, name, publicKeyPem)))
      return {
        iri,
        send: (inbox, activity) =>
          deliver(inbox, activity, { keyId: `${iri}#main-key`, key: privateKey(privateKeyPem) }),
      }
    },
    close: () => closeServer(server),
  }
}

function take(req: IncomingMessage, res: ServerResponse, manner: Manner, deliveries: Delivery[]): void {
  if (manner === 'hang') return
  if (manner === 'refuse') {
    req.socket.destroy()
    return
  }
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks)
    if (manner === 'accept')
      deliveries.push({ at: performance.now(), id: JSON.parse(body.toString()).id, bytes: body.length })
    res.writeHead(manner === 'fail' ? 500 : 202).end()
  })
}

function actorDocument(origin: string, iri: string, name: string, publicKeyPem: string) {
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: iri,
    type: 'Person',
    preferredUsername: name,
    webfinger: `${name}@${new URL(origin).host}`,
    inbox: `${iri}/inbox`,
    followers: `${iri}/followers`,
    endpoints: { sharedInbox: `${origin}/inbox` },
    publicKey: { id: `${iri}#main-key`, owner: iri, publicKeyPem },
  }
}

async function deliver(
  inbox: string,
  activity: object,
  signer: { keyId: string; key: ReturnType<typeof privateKey> },
): Promise<number> {
  const body = JSON.stringify(activity)
  const signed = await signCavage({ method: 'POST', url: inbox, digest: digestOf(body), now: new Date(), ...signer })
  const headers = { ...signed, 'content-type': 'application/activity+json' }
  const answer = await request(inbox, { method: 'POST', headers, body, dispatcher: agent })
  await answer.body.dump()
  return answer.statusCode
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
