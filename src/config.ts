import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { isPublicAddress } from '#src/core/outbound/addresses.ts'
import { bareHost, isAddressRange, readAllowList } from '#src/core/outbound/allow-list.ts'

/** Thrown when settings are wrong; `problems` holds one sentence per setting, for a person to act on. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Settings need attention:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Entries separated by commas; `check` says what is wrong with one, or null. */
const listOf = (check: (entry: string) => string | null) =>
  z.string().transform((text, ctx) => {
    const entries = text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
    for (const entry of entries) {
      const message = check(entry)
      if (message) ctx.addIssue({ code: 'custom', message })
    }
    return entries
  })

function checkAllowed(entry: string): string | null {
  try {
    readAllowList([entry])
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A range of everybody would let anybody write the address under which they are counted. */
const checkProxy = (entry: string) =>
  isAddressRange(entry) && !entry.endsWith('/0')
    ? null
    : `"${entry}" is neither an address nor a CIDR such as 10.0.0.0/8`

const flag = z.enum(['true', 'false'], 'write true or false').transform((text) => text === 'true')

const origin = z.string().transform((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  if (url && isOrigin && !url.username) return url.origin
  ctx.addIssue({ code: 'custom', message: 'write scheme and host only, for example https://social.example' })
  return z.NEVER
})

const urlOf = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `write an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

const hostSentence = 'write a host name, for example example.org'
const upTo = (most: number, sentence: string) =>
  z.coerce.number(sentence).int(sentence).min(0, sentence).max(most, sentence)
const portSentence = 'write a port number, at most 65535'

/** Every setting: its meaning (also printed into `.env.example`) and how it is read from the environment. */
export const settings = {
  PORT: {
    about: 'The port on which the web process listens.',
    schema: z.coerce
      .number(portSentence)
      .int(portSentence)
      .min(0, portSentence)
      .max(65_535, portSentence)
      .default(3000),
  },
  HOST: {
    about:
      'The address on which it listens; 127.0.0.1 behind a reverse proxy on the same machine, 0.0.0.0 in a container.',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  DATA_DIR: {
    about: 'Where pictures and, unless DATABASE_URL is set, the database are kept.',
    schema: z.string().min(1).default('./data'),
  },
  PUBLIC_URL: {
    about:
      'The address by which people and other servers reach this instance. It begins with https:// but on this machine and on private networks. Never change it once others follow you. Unset: http://localhost and the port.',
    schema: origin.optional(),
  },
  HANDLE_HOST: {
    about: 'The host in handles (@name@host) when it differs from the host of PUBLIC_URL.',
    schema: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/, hostSentence)
      .optional(),
  },
  DATABASE_URL: {
    about: 'A PostgreSQL 15 or newer of your own. Unset: one is run from DATA_DIR.',
    schema: urlOf(['postgres:', 'postgresql:']).optional(),
  },
  REDIS_URL: {
    about: 'Redis or Valkey for queues and streams. Unset: PostgreSQL does their work.',
    schema: urlOf(['redis:', 'rediss:']).optional(),
  },
  ROLE: {
    about: 'What this process does: web, worker or all.',
    schema: z.enum(['web', 'worker', 'all'], 'write web, worker or all').default('all'),
  },
  OUTBOUND_ALLOW: {
    about:
      'Hosts and CIDRs that may be reached although they are private, separated by commas. Leave it empty on the Internet.',
    schema: listOf(checkAllowed).default([]),
  },
  TRUSTED_PROXIES: {
    about: 'Addresses and CIDRs of reverse proxies whose X-Forwarded-For is believed, separated by commas.',
    schema: listOf(checkProxy).default([]),
  },
  AUTHORIZED_FETCH: {
    about: 'true: other servers must sign their requests before they read profiles and public posts.',
    schema: flag.default(false),
  },
  SMTP_URL: {
    about:
      'Where mail is handed in, for example smtps://user:password@mail.example. Unset: invitations are links to copy, nobody can register, and mail about orders is kept in DATA_DIR/mail.',
    schema: urlOf(['smtp:', 'smtps:']).optional(),
  },
  SMTP_FROM: {
    about: 'The sender of mail. Unset: noreply@ the handle host.',
    schema: z
      .string()
      .regex(/^([^<>@]*<)?[^\s@<>]+@[^\s@<>]+>?$/, 'write an e-mail address, for example noreply@example.org')
      .optional(),
  },
  STORAGE_URL: {
    about: 'Where pictures are kept, a file: address. Unset: DATA_DIR/media.',
    schema: z
      .string()
      .regex(/^file:\/\/\/[^?#]+$/, 'write a folder of this machine as file:///srv/entremise/media')
      .optional(),
  },
  REMOTE_MEDIA_DAYS: {
    about:
      'For how many days the pictures of other servers are kept here; later they are fetched again when somebody looks at them. 0: for ever.',
    schema: upTo(3_650, 'write a number of days, at most 3650').default(14),
  },
  REMOTE_MEDIA_GB: {
    about: 'How many gigabytes of copies of their pictures are kept at the most; the oldest go first. 0: no bound.',
    schema: upTo(100_000, 'write a number of gigabytes, at most 100000').default(20),
  },
  ORDER_ADDRESS_DAYS: {
    about:
      'For how many days the names and addresses of buyers are kept after an order has come to its end, or twice as long after its last step, and mail about orders in DATA_DIR/mail. Receipts have them no longer then. 0: for ever.',
    schema: upTo(3_650, 'write a number of days, at most 3650').default(365),
  },
  LOG_LEVEL: {
    about: 'How much is logged: fatal, error, warn, info, debug, trace or silent.',
    schema: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'write fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
  },
} as const

/** What the process was told by its environment. */
export type Config = Readonly<{
  port: number
  host: string
  dataDir: string
  /** Scheme and host, without a slash at the end. */
  publicUrl: string
  /** The host of handles, with its port if it has one. */
  handleHost: string
  databaseUrl: string | undefined
  redisUrl: string | undefined
  role: 'web' | 'worker' | 'all'
  outboundAllow: readonly string[]
  trustedProxies: readonly string[]
  authorizedFetch: boolean
  smtpUrl: string | undefined
  smtpFrom: string
  storageUrl: string | undefined
  /** 0: the pictures of other servers are kept for ever. */
  remoteMediaDays: number
  /** 0: no bound. */
  remoteMediaBytes: number
  orderAddressDays: number
  logLevel: string
}>

const schema = z.object({
  PORT: settings.PORT.schema,
  HOST: settings.HOST.schema,
  DATA_DIR: settings.DATA_DIR.schema,
  PUBLIC_URL: settings.PUBLIC_URL.schema,
  HANDLE_HOST: settings.HANDLE_HOST.schema,
  DATABASE_URL: settings.DATABASE_URL.schema,
  REDIS_URL: settings.REDIS_URL.schema,
  ROLE: settings.ROLE.schema,
  OUTBOUND_ALLOW: settings.OUTBOUND_ALLOW.schema,
  TRUSTED_PROXIES: settings.TRUSTED_PROXIES.schema,
  AUTHORIZED_FETCH: settings.AUTHORIZED_FETCH.schema,
  SMTP_URL: settings.SMTP_URL.schema,
  SMTP_FROM: settings.SMTP_FROM.schema,
  STORAGE_URL: settings.STORAGE_URL.schema,
  REMOTE_MEDIA_DAYS: settings.REMOTE_MEDIA_DAYS.schema,
  REMOTE_MEDIA_GB: settings.REMOTE_MEDIA_GB.schema,
  ORDER_ADDRESS_DAYS: settings.ORDER_ADDRESS_DAYS.schema,
  LOG_LEVEL: settings.LOG_LEVEL.schema,
})

/** The settings that hold secrets may come from a file named by `<NAME>_FILE`, as container platforms mount them. */
export const secretNames = ['DATABASE_URL', 'REDIS_URL', 'SMTP_URL'] as const

/**
 * Reads the settings from an environment and checks all of them.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const { values, problems } = withSecretFiles(env)
  const parsed = schema.safeParse(values)
  const found = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (!parsed.success || problems.length > 0) throw new ConfigError([...problems, ...found])
  const config = toConfig(parsed.data)
  if (!isReachable(config)) throw new ConfigError([needsHttps])
  return config
}

const needsHttps =
  'PUBLIC_URL: write https://, since other servers speak with nobody by http; a host of this machine, a private address and what OUTBOUND_ALLOW names may do without'

/** Plain http is for trying things out: other servers, as this one does, refuse it everywhere but among themselves on private networks. */
function isReachable({ publicUrl, outboundAllow }: Config): boolean {
  const { protocol, hostname, port } = new URL(publicUrl)
  if (protocol === 'https:') return true
  const host = bareHost(hostname)
  if (/(^|\.)localhost$/.test(host) || (isIP(host) !== 0 && !isPublicAddress(host))) return true
  const allowed = readAllowList(outboundAllow)
  return allowed.permitsHost(host, Number(port || 80)) || allowed.permitsAddress(host)
}

function withSecretFiles(env: Readonly<Record<string, string | undefined>>) {
  const problems: string[] = []
  // An empty variable means "not set": compose files and systemd units write them so.
  const values: Record<string, string | undefined> = Object.fromEntries(
    Object.keys(settings).map((name) => [name, env[name]?.trim() || undefined]),
  )
  for (const name of secretNames) {
    const path = env[`${name}_FILE`]
    if (!path) continue
    try {
      values[name] = readFileSync(path, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE: the file ${path} cannot be read`)
    }
  }
  return { values, problems }
}

function toConfig(data: z.infer<typeof schema>): Config {
  const publicUrl = data.PUBLIC_URL ?? `http://localhost:${data.PORT}`
  const handleHost = data.HANDLE_HOST ?? new URL(publicUrl).host
  return Object.freeze({
    port: data.PORT,
    host: data.HOST,
    dataDir: resolve(data.DATA_DIR),
    publicUrl,
    handleHost,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    role: data.ROLE,
    outboundAllow: data.OUTBOUND_ALLOW,
    trustedProxies: data.TRUSTED_PROXIES,
    authorizedFetch: data.AUTHORIZED_FETCH,
    smtpUrl: data.SMTP_URL,
    smtpFrom: data.SMTP_FROM ?? `noreply@${handleHost.replace(/:\d+$/, '')}`,
    storageUrl: data.STORAGE_URL,
    remoteMediaDays: data.REMOTE_MEDIA_DAYS,
    remoteMediaBytes: data.REMOTE_MEDIA_GB * 1e9,
    orderAddressDays: data.ORDER_ADDRESS_DAYS,
    logLevel: data.LOG_LEVEL,
  })
}

/** The text of `.env.example`: every setting with its meaning and default. */
export function envExample(): string {
  const entries = Object.entries(settings).map(([name, { about, schema: type }]) => {
    const parsed = type.safeParse(undefined)
    const value = parsed.success && parsed.data !== undefined ? String(parsed.data) : ''
    return `# ${about}\n#${name}=${value}`
  })
  const intro = '# Settings of an Entremise instance. Every one is optional; remove the # before a line to change it.'
  const extraCa =
    '# A further certificate authority for requests to other servers (read by Node itself).\n#NODE_EXTRA_CA_CERTS='
  return `${[intro, ...entries, extraCa].join('\n\n')}\n`
}
