import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type Dispatcher, setGlobalDispatcher } from 'undici'
import { createAgent } from './outbound/agent.ts'
import { readAllowList } from './outbound/allow-list.ts'
import { acceptEncoding, bounded, discard, readDecoded, readStart } from './outbound/body.ts'
import { OutboundError, toOutboundError } from './outbound/error.ts'
import { limitDispatch } from './outbound/global.ts'
import { type Resolve, systemResolve } from './outbound/lookup.ts'

/** The headers of an answer by lower-case name; those that came several times are joined by a comma. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>

/** Makes the headers that prove who asks. Called for every hop, since a signature is for one URL. */
export type SignUrl = (url: URL) => Promise<Record<string, string>>

/** How a document is asked for. */
export type GetOptions = Readonly<{
  accept: string
  /** Sent to every host on the way, so nothing secret belongs in here. */
  headers?: Readonly<Record<string, string>>
  /** Counted after decompression. */
  maxBytes: number
  sign?: SignUrl
  /** 3 unless told. */
  maxRedirects?: number
  /** Called with each address to which a redirect leads, before it is asked; what it throws ends the request. */
  onHop?: (url: URL) => void | Promise<void>
  /** The operator has named the address: it is asked even where the instance speaks only with some. */
  isNamedByOperator?: boolean
  /** For all hops together, until the last byte; 20 s unless told. */
  deadlineMs?: number
}>

/** A document as it came. With a status of 400 and more, a body that cannot be used is empty instead of an error. */
export type Answer = Readonly<{
  status: number
  /** Where the document was in the end. */
  url: string
  headers: AnswerHeaders
  body: Buffer
  /** How many redirects were followed. */
  hops: number
}>

/** How something is delivered. */
export type PostOptions = Readonly<{
  headers: Readonly<Record<string, string>>
  body: string | Buffer
  /** 20 s unless told. */
  deadlineMs?: number
}>

/** The answer to a delivery; of its body only the beginning, for logs. */
export type Receipt = Readonly<{ status: number; headers: AnswerHeaders; body: Buffer }>

/** A file on its way; reading it fails with an OutboundError when it is too large, too slow or cut off. */
export type FileAnswer = Readonly<{ url: string; headers: AnswerHeaders; body: Readable; hops: number }>

/** Reaches other servers. Every method throws OutboundError and nothing else. */
export type Fetcher = Readonly<{
  /** Gets a document, following redirects; each hop is checked like the first. */
  get(url: string | URL, options: GetOptions): Promise<Answer>
  /** Posts once; a redirect is an answer like any other. */
  post(url: string | URL, options: PostOptions): Promise<Receipt>
  /** Gets a file as a stream; a status other than 2xx is the error `bad-status`. 60 s unless told. */
  stream(url: string | URL, options: GetOptions): Promise<FileAnswer>
  /** Waits for what is under way, then closes all connections. */
  close(): Promise<void>
  /** For `installGlobalDispatcher`. */
  dispatcher: Dispatcher
}>

/** What a fetcher needs to know. */
export type FetcherOptions = Readonly<{
  /** Host names, `host:port`, addresses and CIDRs that may be reached although private, and over plain http. */
  allow: readonly string[]
  userAgent: string
  /** Told when a connection is refused for its address, also when a library asked for it. */
  log?: Readonly<{ warn(fields: object, message: string): void }>
  /** The system's resolver unless told. */
  resolve?: Resolve
  /** How many connections may stay open for later, over all hosts; 2,000 unless told. */
  maxKept?: number
}>

const defaultDeadlineMs = 20_000
const defaultFileDeadlineMs = 60_000
const defaultMaxRedirects = 3
const maxReceiptBytes = 4_096

/** How long the text of an answer to a delivery may take: its status, which is all that counts, has arrived. */
const receiptBodyMs = 2_000

/** Longer URLs are attacks or mistakes. */
const maxUrlLength = 4_096

/**
 * Makes the fetcher of a process: one pool of connections for everything that goes out.
 * @throws Error when an entry of `allow` cannot be read
 */
export function createFetcher(options: FetcherOptions): Fetcher {
  const dispatcher = createAgent({
    allow: readAllowList(options.allow),
    resolve: options.resolve ?? systemResolve,
    maxKept: options.maxKept ?? 2_000,
    onRefused: (error) => options.log?.warn({ code: error.code }, error.message),
  })
  const send = sender(dispatcher, options.userAgent)
  return {
    get: (url, how) => get(send, url, how),
    post: (url, how) => post(send, url, how),
    stream: (url, how) => stream(send, url, how),
    close: () => dispatcher.close(),
    dispatcher,
  }
}

/**
 * Makes the global `fetch` of this process obey the address checks of the fetcher, with a deadline of 20 s and 2 MB for each answer:
 * libraries use it and set no limits. Streams that stay open are cut off too, so this is for servers, not for clients in tests.
 */
export function installGlobalDispatcher(fetcher: Fetcher): void {
  const limits = { deadlineMs: defaultDeadlineMs, maxBytes: 2 * 1024 * 1024 }
  setGlobalDispatcher(fetcher.dispatcher.compose(limitDispatch(limits)))
}

type Request = Readonly<{
  method: 'GET' | 'POST'
  headers: Readonly<Record<string, string>>
  body?: string | Buffer
  bodyTimeout?: number
}>
type Send = (url: URL, request: Request, signal: AbortSignal) => Promise<Dispatcher.ResponseData>

function sender(dispatcher: Dispatcher, userAgent: string): Send {
  return (url, { headers, ...request }, signal) =>
    dispatcher.request({
      ...request,
      origin: url.origin,
      path: url.pathname + url.search,
      headers: { 'user-agent': userAgent, ...headers },
      signal,
    })
}

async function get(send: Send, url: string | URL, options: GetOptions): Promise<Answer> {
  return withDeadline(options.deadlineMs ?? defaultDeadlineMs, async (signal) => {
    const encoded = { ...options, headers: { ...options.headers, 'accept-encoding': acceptEncoding } }
    const { response, ...place } = await follow(send, url, encoded, signal)
    const headers = flatten(response.headers)
    const body = await readDocument(response, headers['content-encoding'], options.maxBytes)
    return { ...place, status: response.statusCode, headers, body }
  })
}

/** What matters of an error is its status: a 410 with a huge page behind it is still a 410. */
async function readDocument(response: Dispatcher.ResponseData, encoding: string | undefined, maxBytes: number) {
  try {
    return await readDecoded(response.body, encoding, maxBytes)
  } catch (error) {
    if (response.statusCode < 400) throw error
    return Buffer.alloc(0)
  }
}

async function post(send: Send, target: string | URL, options: PostOptions): Promise<Receipt> {
  return withDeadline(options.deadlineMs ?? defaultDeadlineMs, async (signal) => {
    const request = {
      method: 'POST',
      headers: options.headers,
      body: options.body,
      bodyTimeout: receiptBodyMs,
    } as const
    const response = await send(checkUrl(target), request, signal)
    // The status is the answer; a text that breaks off after it takes nothing away.
    const body = await readStart(response.body, maxReceiptBytes).catch(() => Buffer.alloc(0))
    // Undici takes a connection back one turn later: whoever posts again at once would open a second one, TLS and all.
    await setImmediate()
    return { status: response.statusCode, headers: flatten(response.headers), body }
  })
}

async function stream(send: Send, url: string | URL, options: GetOptions): Promise<FileAnswer> {
  const deadline = startDeadline(options.deadlineMs ?? defaultFileDeadlineMs)
  try {
    const plain = { ...options, headers: { ...options.headers, 'accept-encoding': 'identity' } }
    const { response, ...place } = await deadline.race(follow(send, url, plain, deadline.signal))
    const headers = flatten(response.headers)
    rejectUnusable(response, headers)
    return { ...place, headers, body: readableOf(response.body, options.maxBytes, deadline) }
  } catch (error) {
    deadline.end()
    throw toOutboundError(error)
  }
}

function rejectUnusable({ statusCode, body }: Dispatcher.ResponseData, headers: AnswerHeaders): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (statusCode >= 200 && statusCode < 300 && encoding === 'identity') return
  discard(body)
  if (encoding !== 'identity')
    throw new OutboundError('bad-response', `The file has the content encoding "${encoding}"`)
  throw new OutboundError('bad-status', `The file was answered with status ${statusCode}`, { status: statusCode })
}

function readableOf(body: Dispatcher.ResponseData['body'], maxBytes: number, deadline: Deadline): Readable {
  const readable = Readable.from(translated(bounded(body, maxBytes)), { objectMode: false })
  readable.once('close', () => {
    deadline.end()
    discard(body)
  })
  return readable
}

async function* translated(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    throw toOutboundError(error)
  }
}

type Followed = Readonly<{ response: Dispatcher.ResponseData; url: string; hops: number }>

async function follow(send: Send, start: string | URL, options: GetOptions, signal: AbortSignal): Promise<Followed> {
  const maxRedirects = options.maxRedirects ?? defaultMaxRedirects
  let url = checkUrl(start)
  for (let hops = 0; ; hops += 1) {
    const headers = { accept: options.accept, ...options.headers, ...(await options.sign?.(url)) }
    const response = await send(url, { method: 'GET', headers }, signal)
    if (!isRedirect(response.statusCode)) return { response, url: url.href, hops }
    discard(response.body)
    if (hops >= maxRedirects)
      throw new OutboundError('too-many-redirects', `More than ${maxRedirects} redirects, last at ${url.href}`)
    url = checkUrl(targetOf(response, url))
    await options.onHop?.(url)
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

function targetOf(response: Dispatcher.ResponseData, from: URL): URL {
  const location = flatten(response.headers).location
  const target = location === undefined ? null : URL.parse(location, from)
  if (target === null) throw new OutboundError('bad-response', `The redirect at ${from.href} leads nowhere`)
  return target
}

/** A URL that may be asked for. Whether its address is public shows only when connecting. */
function checkUrl(target: string | URL): URL {
  const text = String(target)
  const url = text.length <= maxUrlLength ? URL.parse(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new OutboundError('bad-url', `"${text.slice(0, 200)}" is no http(s) address`)
  }
  // Names in URLs are for deceiving people and for reaching what asks for a password.
  if (url.username || url.password)
    throw new OutboundError('bad-url', `The address of ${url.host} has a user name in it`)
  url.hash = ''
  return url
}

function flatten(headers: Dispatcher.ResponseData['headers']): AnswerHeaders {
  const pairs = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  return Object.fromEntries(pairs)
}

type Deadline = Readonly<{ signal: AbortSignal; race<T>(work: Promise<T>): Promise<T>; end(): void }>

/** A signal alone is not enough: undici sees it only once a connection is free. */
function startDeadline(deadlineMs: number): Deadline {
  const controller = new AbortController()
  const { promise: expired, reject } = Promise.withResolvers<never>()
  // Once the work has ended nobody waits for the deadline.
  expired.catch(() => {})
  const timer = setTimeout(() => {
    const error = new OutboundError('timeout', `No complete answer within ${deadlineMs} ms`)
    controller.abort(error)
    reject(error)
  }, deadlineMs)
  return {
    signal: controller.signal,
    race: (work) => Promise.race([work, expired]),
    end: () => clearTimeout(timer),
  }
}

async function withDeadline<T>(deadlineMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = startDeadline(deadlineMs)
  try {
    return await deadline.race(work(deadline.signal))
  } catch (error) {
    throw toOutboundError(error)
  } finally {
    deadline.end()
  }
}
