import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isPublicAddress } from './addresses.ts'
import { type AllowList, bareHost } from './allow-list.ts'
import { OutboundError } from './error.ts'
import { checkedLookup, type Resolve, refused } from './lookup.ts'
import { countSockets, type Sockets } from './sockets.ts'

/** What an agent needs to know. */
export type AgentOptions = Readonly<{
  allow: AllowList
  resolve: Resolve
  /** How many connections may stay open for later requests, over all hosts. */
  maxKept: number
  /** Called for every connection that is refused for its address, whoever asked for it. */
  onRefused(error: OutboundError): void
}>

/** Few connections a host, since others have work to do too; short limits, since one slow host must not hold a worker. */
const limits = {
  connections: 2,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 60_000,
  headersTimeout: 10_000,
  bodyTimeout: 10_000,
  // One request a host and post: HTTP/2 has nothing to share, and costs more.
  allowH2: false,
} as const

const connectTimeoutMs = 5_000

/**
 * Makes the one agent by which this process reaches other servers. Addresses are checked while connecting, for every connection: no
 * caller, redirect or library goes round it.
 */
export function createAgent(options: AgentOptions): Dispatcher {
  const sockets = countSockets(options.maxKept)
  const agent = new Agent({ ...limits, connect: guardedConnector(options, sockets) })
  return agent.compose((dispatch) => (request, handler) => {
    const isSurplus = sockets.isSurplus(String(request.origin))
    return dispatch(isSurplus ? { ...request, reset: true } : request, handler)
  })
}

/** Over https any public address will do; over plain http, which anybody on the way can read and change, only listed ones. */
function guardedConnector(options: AgentOptions, sockets: Sockets): buildConnector.connector {
  const { allow } = options
  const rules: Rules = {
    listed: () => true,
    'https:': (address) => isPublicAddress(address) || allow.permitsAddress(address),
    'http:': allow.permitsAddress,
  }
  const connectorOf = lazyConnectors(options.resolve, rules)
  return (target, callback) => {
    const host = bareHost(target.hostname)
    const protocol = target.protocol === 'https:' ? 'https:' : 'http:'
    const port = Number(target.port) || (protocol === 'https:' ? 443 : 80)
    const kind = allow.permitsHost(host, port) ? 'listed' : protocol
    const done: buildConnector.Callback = (...[error, socket]) => {
      if (error instanceof OutboundError) options.onRefused(error)
      if (error !== null) return callback(error, null)
      sockets.add(`${protocol}//${target.host ?? host}`, socket)
      callback(null, socket)
    }
    // An address that stands in the URL itself is never looked up.
    if (isIP(host) !== 0 && !rules[kind](host)) return process.nextTick(done, refused(host, host), null)
    connectorOf(kind)(target, done)
  }
}

type Kind = 'listed' | 'https:' | 'http:'
type Rules = Readonly<Record<Kind, (address: string) => boolean>>

/** One connector for each kind, made when first needed: reading the certificates of the system costs 20 ms. */
function lazyConnectors(resolve: Resolve, rules: Rules): (kind: Kind) => buildConnector.connector {
  const made = new Map<Kind, buildConnector.connector>()
  let secureContext: SecureContext | undefined
  return (kind) => {
    const existing = made.get(kind)
    if (existing) return existing
    // One context for all connections; by default each would build its own.
    secureContext ??= kind === 'http:' ? undefined : createSecureContext()
    const lookup = checkedLookup(resolve, rules[kind])
    const connector = buildConnector({
      timeout: connectTimeoutMs,
      allowH2: false,
      lookup,
      ...(secureContext && { secureContext }),
    })
    made.set(kind, connector)
    return connector
  }
}
