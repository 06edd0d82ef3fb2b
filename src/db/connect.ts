import type { Sql } from 'postgres'
import { postgres } from './driver.ts'

type Options = NonNullable<Parameters<typeof postgres>[1]>

/**
 * How long a connection waits before it is opened again, in seconds. Left to itself postgres.js doubles and trebles that up to twenty
 * seconds, and every query that it has chosen the connection for waits as long, though the database is back.
 */
const backoff = () => 0.2 + Math.random() / 3

/** How long the server may take to let a connection in, in seconds: while it starts it lets people wait who should be told to come again. */
const connectTimeout = 3

const usual = { backoff, connect_timeout: connectTimeout }

/**
 * Opens connections with postgres.js. It understands what libpq and `pg` understand and postgres.js does not: a folder with a unix socket
 * as the parameter `host`, as in `postgres://me@localhost/entremise?host=/run/postgresql`.
 */
export function connect(url: string, options: Options): Sql {
  const address = new URL(url)
  const folder = address.searchParams.get('host')
  if (!folder?.startsWith('/')) return postgres(url, { ...usual, ...options })
  const port = address.searchParams.get('port') ?? (address.port || '5432')
  // postgres.js hands every parameter that it does not know to the server, which refuses these.
  address.searchParams.delete('host')
  address.searchParams.delete('port')
  return postgres(address.href, { ...usual, ...options, path: `${folder}/.s.PGSQL.${port}` })
}
