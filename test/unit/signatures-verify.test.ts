import { constants, type KeyObject, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type OutgoingRequest, signCavage } from '#federation/signatures/cavage.ts'
import { digestOf, isBodySigned, toContentDigestHeader, toDigestHeader } from '#federation/signatures/digest.ts'
import { generateEd25519Pair, generateRsaPair, privateKey, publicKey } from '#federation/signatures/keys.ts'
import type { RequestHeaders } from '#federation/signatures/request.ts'
import { signRfc9421 } from '#federation/signatures/rfc9421.ts'
import { readSignature } from '#federation/signatures/verify.ts'

type Pair = { shared: KeyObject; secret: KeyObject }
let rsa: Pair
let otherRsa: Pair
let ed25519: Pair

beforeAll(async () => {
  const pairs = await Promise.all([generateRsaPair(), generateRsaPair(), generateEd25519Pair()])
  const [first, second, third] = pairs.map((pair) => {
    const shared = publicKey(pair.publicKeyPem)
    if (shared === null) throw new Error('A key that was just made cannot be read')
    return { shared, secret: privateKey(pair.privateKeyPem) }
  })
  if (!first || !second || !third) throw new Error('Keys are missing')
  rsa = first
  otherRsa = second
  ed25519 = third
})

const now = new Date('2026-11-22T12:00:00Z')
const seconds = now.getTime() / 1000
const keyId = 'https://remote.example/users/ada#main-key'
const inbox = 'https://social.example/inbox'
const body = Buffer.from('{"type":"Follow"}')
const digest = digestOf(body)

const outgoing = (key: KeyObject, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url: inbox,
  digest,
  keyId,
  key,
  now,
  ...more,
})

/** What becomes of a request: true or false for the key, or why it was not even checked. */
function judge(headers: RequestHeaders, key: KeyObject, { method = 'POST', url = inbox, at = now } = {}) {
  const signature = readSignature({ method, url, headers }, at)
  return 'problem' in signature ? signature.problem : signature.check(key)
}

/** A draft-cavage signature made by hand. `text` is what is signed. */
function cavage(text: string, parameters: string, key = rsa.secret): string {
  const signature = sign(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from(text), key).toString('base64')
  return `keyId="${keyId}",${parameters},signature="${signature}"`
}

const posted = { host: 'social.example', date: now.toUTCString(), digest: toDigestHeader(digest) }
const postedText = `(request-target): post /inbox\nhost: social.example\ndate: ${now.toUTCString()}\ndigest: ${posted.digest}`
const covering = 'headers="(request-target) host date digest"'

describe('a request signed by draft-cavage', () => {
  test('is sent as everybody reads it', async () => {
    const headers = await signCavage(outgoing(rsa.secret))
    expect(headers).toMatchObject({
      host: 'social.example',
      date: 'Sun, 22 Nov 2026 12:00:00 GMT',
      digest: `SHA-256=${digest}`,
    })
    expect(headers.signature).toMatch(
      /^keyId="https:\/\/remote.example\/users\/ada#main-key",algorithm="rsa-sha256",headers="\(request-target\) host date digest",signature="[\w+/]+=*"$/,
    )
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(judge(headers, otherRsa.shared)).toBe(false)
    expect(judge(headers, ed25519.shared)).toBe(false)
  })

  test('may cover the content type', async () => {
    const headers = await signCavage(outgoing(rsa.secret, { contentType: 'application/activity+json' }))
    expect(headers['content-type']).toBe('application/activity+json')
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(judge({ ...headers, 'content-type': 'text/plain' }, rsa.shared)).toBe(false)
  })

  test('needs no digest when it is a GET', async () => {
    const url = 'https://social.example/users/ada?page=1'
    const { digest: _digest, ...get } = outgoing(rsa.secret, { method: 'GET', url })
    const headers = await signCavage(get)
    expect(headers.digest).toBe(undefined)
    expect(judge(headers, rsa.shared, { method: 'GET', url })).toBe(true)
    expect(judge(headers, rsa.shared, { method: 'POST', url })).toBe('uncovered')
  })

  test('may be signed by Ed25519', async () => {
    const headers = await signCavage(outgoing(ed25519.secret))
    expect(headers.signature).toContain('algorithm="hs2019"')
    expect(judge(headers, ed25519.shared)).toBe(true)
    expect(judge(headers, rsa.shared)).toBe(false)
  })

  test.each([
    ['rsa-sha256', `algorithm="rsa-sha256",${covering}`],
    ['hs2019', `algorithm="hs2019",${covering}`],
    ['no algorithm', covering],
    ['other order and spaces', `${covering} , algorithm="hs2019"`],
    ['names in capitals', 'headers="(Request-Target) Host Date Digest"'],
  ])('is accepted with %s', (_name, parameters) => {
    expect(judge({ ...posted, signature: cavage(postedText, parameters) }, rsa.shared)).toBe(true)
  })

  test.each([
    ['hmac-sha256', 'unsupported'],
    ['rsa-sha1', 'unsupported'],
    ['constructor', 'unsupported'],
    ['ed25519', false],
  ])('is refused with the algorithm %s and an RSA key', (algorithm, outcome) => {
    const signature = cavage(postedText, `algorithm="${algorithm}",${covering}`)
    expect(judge({ ...posted, signature }, rsa.shared)).toBe(outcome)
  })

  test('may give its time as (created) and (expires)', () => {
    const text = `(request-target): post /inbox\nhost: social.example\n(created): ${seconds}\n(expires): ${seconds + 60}\ndigest: ${posted.digest}`
    const parameters = `algorithm="hs2019",created=${seconds},expires=${seconds + 60},headers="(request-target) host (created) (expires) digest"`
    const headers = { ...posted, signature: cavage(text, parameters) }
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(judge(headers, rsa.shared, { at: new Date(now.getTime() + 61_000) })).toBe('expired')
    const later = headers.signature.replace(`created=${seconds}`, `created=${seconds + 1}`)
    expect(judge({ ...headers, signature: later }, rsa.shared)).toBe(false)
    expect(judge({ ...headers, signature: later.replace(/created=\d+,/, '') }, rsa.shared)).toBe('unreadable')
  })

  test('is accepted whether it covers the query of the target or not', () => {
    const url = 'https://social.example/inbox?for=a'
    for (const target of ['/inbox?for=a', '/inbox']) {
      const signature = cavage(postedText.replace('/inbox', target), covering)
      expect(judge({ ...posted, signature }, rsa.shared, { url })).toBe(true)
    }
    const other = cavage(postedText.replace('/inbox', '/inbox?for=b'), covering)
    expect(judge({ ...posted, signature: other }, rsa.shared, { url })).toBe(false)
  })

  test('is for the target as it was written', () => {
    const url = 'https://social.example/users/%7Eada/../é/inbox'
    const signature = cavage(postedText.replace('/inbox', '/users/%7Eada/../é/inbox'), covering)
    expect(judge({ ...posted, signature }, rsa.shared, { url })).toBe(true)
  })

  test('holds when a proxy has replaced the Host header, but not when it was made for another host', () => {
    const signature = cavage(postedText, covering)
    expect(judge({ ...posted, host: '127.0.0.1:3000', signature }, rsa.shared)).toBe(true)
    const elsewhere = cavage(postedText.replace('host: social.example', 'host: victim.example'), covering)
    expect(judge({ ...posted, host: 'victim.example', signature: elsewhere }, rsa.shared)).toBe(false)
    const capitals = cavage(postedText.replace('host: social.example', 'host: Social.Example:443'), covering)
    expect(judge({ ...posted, host: 'Social.Example:443', signature: capitals }, rsa.shared)).toBe(true)
  })

  test.each([
    ['(request-target)', 'host date digest'],
    ['host', '(request-target) date digest'],
    ['digest', '(request-target) host date'],
    ['date', '(request-target) host digest'],
  ])('is refused when it does not cover %s', (_name, names) => {
    const lines = new Map(postedText.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line]))
    const text = names
      .split(' ')
      .map((name) => lines.get(name))
      .join('\n')
    expect(judge({ ...posted, signature: cavage(text, `headers="${names}"`) }, rsa.shared)).toBe('uncovered')
  })

  test.each([
    ['a parameter twice', `${covering},${covering}`],
    ['a second keyId', `${covering},keyId="https://evil.example/key"`],
    ['a header twice', 'headers="(request-target) host date digest digest"'],
    ['a header that is not there', 'headers="(request-target) host date digest x-missing"'],
    ['a name that every object has', 'headers="(request-target) host date digest constructor"'],
    ['no list', 'algorithm="rsa-sha256",created="x y"'],
    ['a broken quote', 'headers="(request-target) host date digest'],
    ['an escape', 'headers="(request-target) host date digest",note="a\\"b"'],
    ['a broken time', `${covering},expires=soon`],
    ['an endless time', `${covering},expires="Infinity"`],
  ])('is refused with %s', (name, parameters) => {
    const outcome = judge({ ...posted, signature: cavage(postedText, parameters) }, rsa.shared)
    expect(outcome).toBe(name === 'no list' ? 'uncovered' : 'unreadable')
  })

  test.each([
    ['no keyId', 'headers="date",signature="AAAA"'],
    ['an empty keyId', 'keyId="",headers="date",signature="AAAA"'],
    ['no signature', `keyId="${keyId}",headers="date"`],
    ['a signature that is not base64', `keyId="${keyId}",headers="date",signature="**"`],
    ['nothing', ''],
    ['something else', 'Bearer abc'],
  ])('is refused with %s', (_name, signature) => {
    expect(judge({ ...posted, signature }, rsa.shared)).toBe('unreadable')
  })

  test('is refused when a header came twice', () => {
    const signature = cavage(postedText, covering)
    expect(judge({ ...posted, date: [posted.date, posted.date], signature }, rsa.shared)).toBe('unreadable')
    expect(judge({ ...posted, signature: [signature, signature] }, rsa.shared)).toBe('unreadable')
    expect(judge({ ...posted, digest: [posted.digest, posted.digest], signature }, rsa.shared)).toBe(false)
  })

  test.each(['2026-11-22T12:00:00Z', 'yesterday', 'Sun, 22 Nov 2026 12:00:00', 'Sun, 99 Nov 2026 12:00:00 GMT', ''])(
    'is refused with the date "%s"',
    (date) => {
      const signature = cavage(postedText.replace(posted.date, date), covering)
      expect(judge({ ...posted, date, signature }, rsa.shared)).toBe('unreadable')
    },
  )
})

describe('the clock', () => {
  const hour = 3_600_000
  test.each([
    ['12 hours old', 12 * hour, true],
    ['older', 12 * hour + 1_000, 'stale'],
    ['1 hour ahead', -hour, true],
    ['further ahead', -hour - 1_000, 'early'],
  ])('lets pass what is no more than 12 hours old or 1 hour ahead: %s', async (_name, ageMs, outcome) => {
    const at = new Date(now.getTime() + ageMs)
    expect(judge(await signCavage(outgoing(rsa.secret)), rsa.shared, { at })).toBe(outcome)
    expect(judge(await signRfc9421(outgoing(rsa.secret)), rsa.shared, { at })).toBe(outcome)
  })

  test('must agree with all times that a signature gives', () => {
    const hours = (count: number) => new Date(now.getTime() + count * hour)
    const outcomeOf = (date: Date, created: Date) => {
      const text = `${postedText.replace(posted.date, date.toUTCString())}\n(created): ${created.getTime() / 1000}`
      const parameters = `created=${created.getTime() / 1000},headers="(request-target) host date digest (created)"`
      return judge({ ...posted, date: date.toUTCString(), signature: cavage(text, parameters) }, rsa.shared)
    }
    expect(outcomeOf(now, hours(-1))).toBe(true)
    expect(outcomeOf(now, hours(-13))).toBe('stale')
    expect(outcomeOf(hours(-13), now)).toBe('stale')
    expect(outcomeOf(now, hours(2))).toBe('early')
    expect(outcomeOf(hours(2), now)).toBe('early')
  })

  test('tells when the signature was made', async () => {
    const headers = await signCavage(outgoing(rsa.secret))
    expect(readSignature({ method: 'POST', url: inbox, headers }, now)).toMatchObject({
      keyId,
      scheme: 'cavage',
      createdAt: now,
    })
  })
})

/** An RFC 9421 signature made by hand over these lines. */
function rfc9421(
  lines: string[],
  parameters: string,
  how: Parameters<typeof sign>[2] = rsa.secret,
  hash: string | null = 'sha256',
) {
  const text = [...lines, `"@signature-params": ${parameters}`].join('\n')
  return {
    'signature-input': `sig=${parameters}`,
    signature: `sig=:${sign(hash, Buffer.from(text), how).toString('base64')}:`,
  }
}

const contentDigest = toContentDigestHeader(digest)
const base = ['"@method": POST', `"@target-uri": ${inbox}`, `"content-digest": ${contentDigest}`]
const baseNames = '"@method" "@target-uri" "content-digest"'
const made = `created=${seconds};keyid="${keyId}"`

describe('a request signed by RFC 9421', () => {
  test('is sent as Mastodon 4.5 asks for it (item 5)', async () => {
    const headers = await signRfc9421(outgoing(rsa.secret))
    expect(headers['signature-input']).toBe(`sig1=(${baseNames});${made};alg="rsa-v1_5-sha256"`)
    expect(headers['content-digest']).toBe(`sha-256=:${digest}:`)
    expect(headers.signature).toMatch(/^sig1=:[\w+/]+=*:$/)
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(judge(headers, otherRsa.shared)).toBe(false)
    expect(judge(headers, rsa.shared, { url: 'https://other.example/inbox' })).toBe(false)
    expect(judge(headers, rsa.shared, { url: `${inbox}?x` })).toBe(false)
  })

  test('needs no digest when it is a GET', async () => {
    const url = 'https://social.example/users/ada?page=1'
    const { digest: _digest, ...get } = outgoing(rsa.secret, { method: 'GET', url })
    const headers = await signRfc9421(get)
    expect(headers['signature-input']).toContain('("@method" "@target-uri");')
    expect(judge(headers, rsa.shared, { method: 'GET', url })).toBe(true)
    expect(judge(headers, rsa.shared, { method: 'POST', url })).toBe('uncovered')
  })

  test('may be signed by RSA-PSS and Ed25519, named or not', () => {
    const posted = { 'content-digest': contentDigest }
    const pss = { key: rsa.secret, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
    const byPss = rfc9421(base, `(${baseNames});${made};alg="rsa-pss-sha512"`, pss, 'sha512')
    expect(judge({ ...posted, ...byPss }, rsa.shared)).toBe(true)
    const byEd25519 = rfc9421(base, `(${baseNames});${made};alg="ed25519"`, ed25519.secret, null)
    expect(judge({ ...posted, ...byEd25519 }, ed25519.shared)).toBe(true)
    expect(judge({ ...posted, ...byEd25519 }, rsa.shared)).toBe(false)
    expect(judge({ ...posted, ...rfc9421(base, `(${baseNames});${made}`, ed25519.secret, null) }, ed25519.shared)).toBe(
      true,
    )
    expect(judge({ ...posted, ...rfc9421(base, `(${baseNames});${made}`) }, rsa.shared)).toBe(true)
    const unknown = rfc9421(base, `(${baseNames});${made};alg="hmac-sha256"`)
    expect(judge({ ...posted, ...unknown }, rsa.shared)).toBe('unsupported')
  })

  test('may cover every part of a request', () => {
    const url = 'https://social.example/inbox?a=1&b'
    const headers = {
      'content-digest': contentDigest,
      host: 'social.example',
      date: posted.date,
      'x-list': ['a ', ' b'],
    }
    const lines = [
      '"@method": POST',
      '"@target-uri": https://social.example/inbox?a=1&b',
      '"@authority": social.example',
      '"@scheme": https',
      '"@path": /inbox',
      '"@query": ?a=1&b',
      '"@request-target": /inbox?a=1&b',
      '"host": social.example',
      `"date": ${posted.date}`,
      '"x-list": a, b',
      `"content-digest": ${contentDigest}`,
    ]
    const names = lines.map((line) => line.slice(0, line.indexOf(': '))).join(' ')
    expect(judge({ ...headers, ...rfc9421(lines, `(${names});${made}`) }, rsa.shared, { url })).toBe(true)
  })

  test('has an empty query when there is none', () => {
    const lines = [...base, '"@query": ?']
    const headers = { 'content-digest': contentDigest, ...rfc9421(lines, `(${baseNames} "@query");${made}`) }
    expect(judge(headers, rsa.shared)).toBe(true)
  })

  test('may take its time from the Date header', () => {
    const headers = { date: posted.date, 'content-digest': contentDigest }
    const signed = rfc9421([...base, `"date": ${posted.date}`], `(${baseNames} "date");keyid="${keyId}"`)
    expect(judge({ ...headers, ...signed }, rsa.shared)).toBe(true)
    expect(judge({ ...headers, ...rfc9421(base, `(${baseNames});keyid="${keyId}"`) }, rsa.shared)).toBe('uncovered')
  })

  test('ends when it says so', () => {
    const headers = {
      'content-digest': contentDigest,
      ...rfc9421(base, `(${baseNames});${made};expires=${seconds + 60}`),
    }
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(judge(headers, rsa.shared, { at: new Date(now.getTime() + 61_000) })).toBe('expired')
  })

  test('may be one of several: the first that will do is taken', () => {
    const good = rfc9421(base, `(${baseNames});${made}`)
    const proxy = 'proxy=("@authority");created=1;keyid="proxy"'
    const headers = {
      'content-digest': contentDigest,
      'signature-input': [proxy, good['signature-input']],
      signature: ['proxy=:AAAA:', good.signature],
    }
    expect(judge(headers, rsa.shared)).toBe(true)
    expect(
      judge(
        { ...headers, 'signature-input': `${proxy}, ${good['signature-input']}`, signature: good.signature },
        rsa.shared,
      ),
    ).toBe(true)
  })

  test.each([
    ['the method', [1, 2]],
    ['the target', [0, 2]],
    ['the digest', [0, 1]],
  ])('is refused when it does not cover %s', (_name, kept) => {
    const lines = kept.map((index) => base[index] ?? '')
    const names = kept.map((index) => baseNames.split(' ')[index]).join(' ')
    const headers = { 'content-digest': contentDigest, ...rfc9421(lines, `(${names});${made}`) }
    expect(judge(headers, rsa.shared)).toBe('uncovered')
  })

  test.each([
    ['covers something twice', `(${baseNames} "@method");${made}`, 'unreadable'],
    ['covers a header that is not there', `(${baseNames} "x-missing");${made}`, 'unreadable'],
    ['covers what every object has', `(${baseNames} "constructor");${made}`, 'unreadable'],
    ['covers the status of an answer', `(${baseNames} "@status");${made}`, 'unreadable'],
    ['covers a parameter of the query', `(${baseNames} "@query-param";name="a");${made}`, 'unsupported'],
    ['covers another request', `("@method";req "@target-uri" "content-digest");${made}`, 'unsupported'],
    ['covers a number', `(${baseNames} 1);${made}`, 'unsupported'],
    ['covers a name in capitals', `("@method" "@target-uri" "Content-Digest");${made}`, 'unsupported'],
    ['has no keyid', `(${baseNames});created=${seconds}`, 'unreadable'],
    ['has a keyid of another kind', `(${baseNames});created=${seconds};keyid=1`, 'unreadable'],
    ['has two keyids', `(${baseNames});${made};keyid="https://evil.example/key"`, 'unreadable'],
    ['has a time that is text', `(${baseNames});created="${seconds}";keyid="${keyId}"`, 'unreadable'],
    ['has a broken time', `(${baseNames});created=1.5;keyid="${keyId}"`, 'unreadable'],
    ['ends at no time', `(${baseNames});${made};expires`, 'unreadable'],
    ['is no list', `"@method";${made}`, 'unreadable'],
    ['is an open list', `(${baseNames};${made}`, 'unreadable'],
    ['is a list without spaces', `("@method""@target-uri");${made}`, 'unreadable'],
    ['has something behind it', `(${baseNames});${made} x`, 'unreadable'],
  ])('is refused when it %s', (_name, parameters, outcome) => {
    expect(judge({ 'content-digest': contentDigest, ...rfc9421(base, parameters) }, rsa.shared)).toBe(outcome)
  })

  test.each([
    ['no signature under its label', 'other=:AAAA:'],
    ['a signature that is text', 'sig="AAAA"'],
    ['two signatures under one label', 'sig=:AAAA:, sig=:BBBB:'],
    ['a signature of draft-cavage', `keyId="${keyId}",signature="AAAA"`],
    ['an empty header', ''],
  ])('is refused with %s', (_name, signature) => {
    const headers = { 'content-digest': contentDigest, ...rfc9421(base, `(${baseNames});${made}`), signature }
    expect(judge(headers, rsa.shared)).toBe('unreadable')
  })

  test('is refused when the list of signatures is empty', () => {
    expect(judge({ 'signature-input': '', signature: 'sig=:AAAA:' }, rsa.shared)).toBe('unreadable')
  })
})

test('a request without a signature is unsigned', () => {
  expect(judge(posted, rsa.shared)).toBe('unsigned')
  expect(judge({ ...posted, 'signature-input': `sig=();${made}` }, rsa.shared)).toBe('unsigned')
})

describe('a body', () => {
  const isSigned = (headers: RequestHeaders, covered: string[], bytes = body) =>
    isBodySigned({ method: 'POST', url: inbox, headers }, covered, bytes)
  const other = digestOf('other')
  const sha512 = 'SHA-512=WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=='

  test.each([
    [{ digest: `SHA-256=${digest}` }],
    [{ digest: `sha-256=${digest}` }],
    [{ digest: `unixsum=30637, SHA-256=${digest}` }],
    [{ digest: [`SHA-256=${digest}`, 'md5=AAAA'] }],
  ])('is the signed one by %j', (headers) => {
    expect(isSigned(headers, ['digest'])).toBe(true)
    expect(isSigned(headers, ['digest'], Buffer.from('other'))).toBe(false)
    expect(isSigned(headers, ['date'])).toBe(false)
  })

  test.each([[`sha-256=:${digest}:`], [`SHA-256=:${digest}:`], [`sha-999=:AAAA:, sha-256=:${digest}:`]])(
    'is the signed one by the newer header: %s',
    (value) => {
      expect(isSigned({ 'content-digest': value }, ['content-digest'])).toBe(true)
      expect(isSigned({ 'content-digest': value }, ['content-digest'], Buffer.from('other'))).toBe(false)
    },
  )

  test('is not the signed one when one of several digests is wrong', () => {
    expect(isSigned({ digest: `SHA-256=${digest},SHA-256=${other}` }, ['digest'])).toBe(false)
    expect(isSigned({ digest: `SHA-256=${digest},${sha512}` }, ['digest'])).toBe(false)
    expect(isSigned({ digest: `SHA-256=${digest}`, 'content-digest': `sha-256=:${other}:` }, ['digest'])).toBe(false)
  })

  test('is not the signed one when the right digest is in a header that is not covered', () => {
    const headers = { digest: 'MD5=AAAA', 'content-digest': `sha-256=:${digest}:` }
    expect(isSigned(headers, ['digest'])).toBe(false)
    expect(isSigned(headers, ['content-digest'])).toBe(true)
    expect(isSigned(headers, ['digest', 'content-digest'])).toBe(false)
  })

  test.each([
    '',
    'SHA-256',
    'SHA-256=',
    `SHA-256=${digest.slice(0, -4)}`,
    `SHA-256=${digest}!`,
    `=${digest}`,
    'MD5=AAAA',
  ])('is not the signed one by "%s"', (value) => expect(isSigned({ digest: value }, ['digest'])).toBe(false))
})
