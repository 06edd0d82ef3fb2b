import { registerHooks } from 'node:module'

/** One place of the driver's source and what stands there instead. */
type Repair = Readonly<{ found: string; mended: string }>

/**
 * What postgres.js 3.4.9 does wrong when a connection is lost under load, each of which was seen when PostgreSQL was ended in the middle:
 * what was to be written is kept, with a timer that has been cleared but is still taken for running, so that the connection never writes
 * again; a query that comes between an error of the socket and its end is never answered; and a transaction that is rolled back after the
 * loss writes to a socket that is no longer there, which ends the process.
 * See docs/decisions/0019.
 */
const repairs: readonly Repair[] = [
  {
    found: '    clearImmediate(nextWriteTimer)\n    socket.removeListener',
    mended: '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener',
  },
  {
    found: '    !hadError && (query || sent.length) && error(',
    mended: '    ;(query || sent.length) && error(',
  },
  {
    found: '    if (stream)\n      return queryError(',
    mended:
      "    if (!socket)\n      return queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true\n\n    if (stream)\n      return queryError(",
  },
]

const hooks = registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/postgres/src/connection.js')) return loaded
    const { source } = loaded
    if (!source) throw new Error('the source of postgres.js was not loaded')
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
    return { ...loaded, source: repairs.reduce(mend, text) }
  },
})

function mend(source: string, { found, mended }: Repair): string {
  if (source.split(found).length !== 2) {
    throw new Error('postgres.js is not the version that src/db/driver.ts mends: see docs/decisions/0019')
  }
  return source.replace(found, () => mended)
}

/** postgres.js, mended. */
export const { default: postgres } = await import('postgres')

hooks.deregister()
