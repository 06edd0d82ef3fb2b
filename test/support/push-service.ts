import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from './client.ts'

/** A message as it came, opened with the keys of the device. `claims` are those of a VAPID token whose signature is good. */
export type Pushed = Readonly<{ path: string; headers: IncomingHttpHeaders; message: Json; claims: Json; key: string }>

/** A push service with its devices. Everything here is written from the RFCs, with nothing of the program in it. */
export type PushService = Readonly<{
  url: string
  /** A device: what its browser gives to a client. */
  device(name: string): { endpoint: string; keys: { p256dh: string; auth: string } }
  /** How messages for a device are answered from now on, by name; 201 at first. */
  answer(name: string, status: number): void
  /** What a device got and accepted, in its order. */
  of(name: string): Pushed[]
  /** How often it was tried, whatever the answer. */
  triesOf(name: string): number
  close(): Promise<void>
}>

type Keys = Readonly<{ ecdh: ECDH; auth: Buffer }>

/** Starts a push service on a free loopback port. */
export async function startPushService(): Promise<PushService> {
  const devices = new Map<string, Keys>()
  const statuses = new Map<string, number>()
  const pushed: Pushed[] = []
  const tries: string[] = []
  const faults: unknown[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const name = (request.url ?? '').replace('/push/', '')
      tries.push(name)
      const status = statuses.get(name) ?? 201
      const keys = devices.get(name)
      try {
        if (status < 300 && keys)
          pushed.push(open(keys, { origin, path: name }, request.headers, Buffer.concat(chunks)))
      } catch (error) {
        faults.push(error)
      }
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: origin,
    device: (name) => {
      const ecdh = createECDH('prime256v1')
      ecdh.generateKeys()
      const auth = randomBytes(16)
      devices.set(name, { ecdh, auth })
      const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') }
      return { endpoint: `${origin}/push/${name}`, keys }
    },
    answer: (name, status) => void statuses.set(name, status),
    of: (name) => {
      if (faults.length > 0) throw faults[0]
      return pushed.filter(({ path }) => path === name)
    },
    triesOf: (name) => tries.filter((one) => one === name).length,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function open(
  keys: Keys,
  { origin, path }: { origin: string; path: string },
  headers: IncomingHttpHeaders,
  body: Buffer,
): Pushed {
  const encoding = headers['content-encoding']
  const { token, key } = encoding === 'aes128gcm' ? readVapid(headers) : readOldVapid(headers)
  const claims = verifyToken(token, key)
  if (claims.aud !== origin) throw new Error(`the token is for ${claims.aud}`)
  const plain = encoding === 'aes128gcm' ? openAes128gcm(keys, body) : openAesgcm(keys, headers, body)
  return { path, headers, message: JSON.parse(plain.toString('utf8')), claims, key }
}

/** @see https://www.rfc-editor.org/rfc/rfc8292#section-3 */
function readVapid({ authorization = '' }: IncomingHttpHeaders) {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? []
  return { token, key }
}

/** @see https://datatracker.ietf.org/doc/html/draft-ietf-webpush-vapid-01 */
function readOldVapid({ authorization = '', ...headers }: IncomingHttpHeaders) {
  const [, token = ''] = /^WebPush (.+)$/.exec(authorization) ?? []
  return { token, key: parameter(headers['crypto-key'], 'p256ecdsa') }
}

function parameter(header: unknown, name: string): string {
  const [, value = ''] = new RegExp(`(?:^|[;,])\\s*${name}=([^;,]+)`).exec(String(header)) ?? []
  if (value === '') throw new Error(`${name} is missing in ${header}`)
  return value
}

function verifyToken(token: string, key: string): Json {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const isGood = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isGood) throw new Error('the token is not signed by its key')
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

const derive = (secret: Buffer, salt: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))

function decrypt(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
}

/** @see https://www.rfc-editor.org/rfc/rfc8291#section-3.4 */
function openAes128gcm({ ecdh, auth }: Keys, body: Buffer): Buffer {
  const salt = body.subarray(0, 16)
  const idLength = body.readUInt8(20)
  const theirs = body.subarray(21, 21 + idLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), theirs])
  const secret = derive(ecdh.computeSecret(theirs), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const padded = decrypt(key, nonce, body.subarray(21 + idLength))
  // The last record ends with a 2 and zeros.
  const end = padded.lastIndexOf(2)
  return padded.subarray(0, end)
}

/** @see https://datatracker.ietf.org/doc/html/draft-ietf-webpush-encryption-04 */
function openAesgcm({ ecdh, auth }: Keys, headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const salt = Buffer.from(parameter(headers.encryption, 'salt'), 'base64url')
  const theirs = Buffer.from(parameter(headers['crypto-key'], 'dh'), 'base64url')
  const sized = (point: Buffer) => Buffer.concat([Buffer.from([0, point.length]), point])
  const context = Buffer.concat([Buffer.from('P-256\0'), sized(ecdh.getPublicKey()), sized(theirs)])
  const secret = derive(ecdh.computeSecret(theirs), auth, Buffer.from('Content-Encoding: auth\0'), 32)
  const key = derive(secret, salt, Buffer.concat([Buffer.from('Content-Encoding: aesgcm\0'), context]), 16)
  const nonce = derive(secret, salt, Buffer.concat([Buffer.from('Content-Encoding: nonce\0'), context]), 12)
  const padded = decrypt(key, nonce, body)
  return padded.subarray(2 + padded.readUInt16BE(0))
}
