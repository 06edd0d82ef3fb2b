import postgres from 'postgres'

type Options = NonNullable<Parameters<typeof postgres>[1]>

/**
 * Opens connections with postgres.js. It understands what libpq and `pg` understand and postgres.js does not: a folder with a unix socket
 * as the parameter `host`, as in `postgres://me@localhost/entremise?host=/run/postgresql`.
 */
export function connect(url: string, options: Options): postgres.Sql {
  const address = new URL(url)
  const folder = address.searchParams.get('host')
  if (!folder?.startsWith('/')) return postgres(url, options)
  const port = address.searchParams.get('port') ?? (address.port || '5432')
  // postgres.js hands every parameter that it does not know to the server, which refuses these.
  address.searchParams.delete('host')
  address.searchParams.delete('port')
  return postgres(address.href, { ...options, path: `${folder}/.s.PGSQL.${port}` })
}
