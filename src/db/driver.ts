import { registerHooks } from 'node:module'

/** One place of the driver's source and what stands there instead. */
type Repair = Readonly<{ file: 'connection.js' | 'index.js'; found: string; mended: string }>

/**
 * What postgres.js 3.4.9 does wrong when connections are lost under load. Each was seen when PostgreSQL was ended in the middle, or follows
 * from the same lines; docs/decisions/0019 says what each did.
 */
const repairs: readonly Repair[] = [
  // What was to be written to a connection that is gone is forgotten, and so is the timer that was to write it.
  {
    file: 'connection.js',
    found: '    clearImmediate(nextWriteTimer)\n    socket.removeListener',
    mended:
      '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    connection.epoch++\n    socket.removeListener',
  },
  { file: 'connection.js', found: '    count: 0,\n    id\n  }', mended: '    count: 0,\n    epoch: 0,\n    id\n  }' },
  // What comes between an error of the socket and its end is told that it is lost.
  {
    file: 'connection.js',
    found: '    !hadError && (query || sent.length) && error(',
    mended: '    ;(query || sent.length) && error(',
  },
  // A connection that is lost while it asks for types is told of by its end; nobody waits for this promise.
  {
    file: 'connection.js',
    found: '        return fetchArrayTypes()\n',
    mended: '        return fetchArrayTypes().catch(() => {})\n',
  },
  // A transaction ends with its connection: it may not speak on the next one, which could be in somebody else's.
  {
    file: 'index.js',
    found: '    let savepoints = 0\n      , connection\n',
    mended: '    let savepoints = 0\n      , connection\n      , epoch\n',
  },
  { file: 'index.js', found: '      connection = c\n', mended: '      connection = c\n      epoch = c.epoch\n' },
  {
    file: 'index.js',
    found: '        c.queue === full\n          ? queries.push(q)',
    mended:
      "        if (c.epoch !== epoch)\n          return q.reject(Errors.connection('CONNECTION_CLOSED', options, options))\n\n        c.queue === full\n          ? queries.push(q)",
  },
  {
    file: 'index.js',
    found: 'new Promise((_, reject) => connection.onclose = reject)',
    mended:
      'new Promise((_, reject) => connection.onclose = e => {\n          while (queries.length) queries.shift().reject(e)\n          reject(e)\n        })',
  },
]

const hooks = registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    const file = /\/node_modules\/postgres\/src\/(\w+\.js)$/.exec(url)?.[1]
    const due = repairs.filter((repair) => repair.file === file)
    if (due.length === 0) return loaded
    const { source } = loaded
    if (!source) throw new Error('the source of postgres.js was not loaded')
    return {
      ...loaded,
      source: due.reduce(mend, typeof source === 'string' ? source : new TextDecoder().decode(source)),
    }
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
