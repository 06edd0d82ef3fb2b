import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forbidden } from '#src/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The page is made to stand in a frame on other sites: it has neither scripts nor forms. Its errors may not. */
    isFramed?: boolean
  }
}

/** Scheme and host by which browsers reach this instance, without a slash at the end. */
export type SecurityOptions = Readonly<{ publicUrl: string }>

const pagePolicy = [
  "default-src 'none'",
  // data: for the colours behind pictures, blob: for previews of chosen files.
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Where the forms of an answer lead besides here. */
const formPlaces = new WeakMap<FastifyReply, string>()

/** A host as a policy can name it. URLs allow more in it, a semicolon for one, which would begin another directive. */
const webOrigin = /^https?:\/\/[a-z0-9._-]+(:\d+)?$/

/** A client program of its own kind; and a host that no policy can name, which an IPv6 address is. */
const plainScheme = /^[a-z][a-z0-9+.-]*:$/

/**
 * Lets the forms of a page lead on to an address elsewhere: that of the client program for which somebody signs in or agrees. Chromium applies
 * `form-action` to every redirect after the POST, and with `'self'` alone Phanpy, enafore and Tusky could not log in.
 */
export function letFormsLeadTo(reply: FastifyReply, address: string): void {
  const place = formPlaceOf(address)
  if (place) formPlaces.set(reply, place)
}

function formPlaceOf(address: string): string | null {
  const url = URL.parse(address)
  if (!url) return null
  if (webOrigin.test(url.origin)) return url.origin
  const isWeb = /^https?:$/.test(url.protocol)
  return plainScheme.test(url.protocol) && (!isWeb || url.hostname.startsWith('[')) ? url.protocol : null
}

function formPolicyOf(reply: FastifyReply): string {
  return `; form-action ${["'self'", formPlaces.get(reply) ?? []].flat().join(' ')}`
}

// What stands in a frame shows something and does nothing.
const framedPolicy = [
  "default-src 'none'",
  "img-src 'self' data:",
  "style-src 'self'",
  'frame-ancestors *',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

// Whatever else is opened as a document – an upload, a JSON answer – may load, run and frame nothing.
const filePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** Called by programs that show who they are in the request itself: a cookie plays no part, so nothing can be forged with it. */
const tokenEndpoints = /^\/oauth\/(token|revoke|introspect)(\/|\?|$)/

const permissions = 'camera=(), microphone=(), geolocation=(), payment=(), usb=()'

/**
 * The headers that protect pages, and the refusal of forms that other sites send in a visitor's name. Neither
 * Cross-Origin-Opener-Policy nor Cross-Origin-Resource-Policy is sent: the first cuts the popup in which Phanpy logs in from its
 * opener, the second blocks avatars and pictures in every browser client.
 */
export function useSecurity(app: FastifyInstance, options: SecurityOptions): void {
  const { origin, protocol } = new URL(options.publicUrl)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    // Not `no-referrer`: with it browsers send `Origin: null` from our own forms, and the check below could not tell them.
    reply.header('referrer-policy', 'same-origin')
    // Without includeSubDomains: what else runs beside us under that name is not ours to decide.
    if (protocol === 'https:') reply.header('strict-transport-security', 'max-age=31536000')
    if (isForged(request, origin)) {
      throw forbidden('This form was sent from another site. Open the page here and send it again', 'otherSite')
    }
  })
  app.addHook('onSend', async (request, reply) => {
    const isPage = String(reply.getHeader('content-type') ?? '').startsWith('text/html')
    if (isPage) setPageHeaders(request, reply)
    else if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', filePolicy)
    if (!reply.hasHeader('cache-control')) setCaching(request, reply, isPage)
  })
}

function setPageHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const isFramed = request.routeOptions.config.isFramed && reply.statusCode === 200
  if (isFramed) reply.header('content-security-policy', framedPolicy)
  else {
    reply.header('content-security-policy', pagePolicy + formPolicyOf(reply))
    reply.header('x-frame-options', 'DENY')
  }
  reply.header('permissions-policy', permissions)
  // The same address is another document for a program, in another language, or for somebody who has signed in.
  addVary(reply, ['accept', 'accept-language', 'cookie'])
}

function setCaching(request: FastifyRequest, reply: FastifyReply, isPage: boolean): void {
  if (request.session || request.headers.authorization) reply.header('cache-control', 'private, no-store')
  else if (isPage) reply.header('cache-control', 'no-cache')
}

function addVary(reply: FastifyReply, names: readonly string[]): void {
  const before = String(reply.getHeader('vary') ?? '')
  const known = before
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean)
  reply.header('vary', [...known, ...names.filter((name) => !known.includes(name))].join(', '))
}

/**
 * Whether a browser sends this in somebody's name from a page that is not ours. Programs and other servers send neither
 * `Sec-Fetch-Site` nor `Origin`, and no cookie that could be misused.
 */
function isForged(request: FastifyRequest, origin: string): boolean {
  const { method, headers, url } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || tokenEndpoints.test(url)) return false
  // Browser clients call the API from their own origin, as they should: with a token, or without any credentials at all.
  if (url.startsWith('/api/') && (headers.authorization || !headers.cookie)) return false
  const site = headers['sec-fetch-site']
  // `none` is the person's own doing, such as sending a form again after a restart of the browser.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  return headers.origin !== undefined && headers.origin !== origin && hostOf(headers.origin) !== request.host
}

// Browsers name the site only on secure origins. On a plain address in a local network, which may differ from the public one,
// the origin must have the host that was asked for.
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
