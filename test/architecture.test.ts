import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The order of the features: each may import only those before it. This list is the map of the domain; `teams/policy.ts` is pure and
 * may be asked by all.
 */
const features = [
  'users',
  'emoji',
  'actors',
  'teams',
  'oauth',
  'media',
  'blocks',
  'cards',
  'links',
  'products',
  'orders',
  'follows',
  'filters',
  'polls',
  'mutes',
  'notes',
  'lists',
  'moves',
  'posts',
  'schedule',
  'tags',
  'announcements',
  'endorsements',
  'reactions',
  'groups',
  'conversations',
  'pushes',
  'rules',
  'domains',
  'relays',
  'reports',
  'notifications',
  'timelines',
  'streams',
  'trends',
  'search',
  'instance',
  'registrations',
  'jobs',
  'reference',
]

/** Files of the repository, from git where there is one, so that a build folder or a note of somebody's does not count. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

const sources = files.filter((file) => /^(src|federation|workers)\/.*\.ts$/.test(file))
const code = files.filter((file) => /^(src|federation|workers|test)\/.*\.ts$/.test(file))

const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

type Import = { from: string; to: string; isType: boolean }

/** What a file imports, with paths of ours from the root of the repository. */
function importsOf(file: string): Import[] {
  const statements = textOf(file).matchAll(
    /^(?:import|export)\s+(type\s+)?[^'"`;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...statements].map(([, isType, from, bare, lazy]) => ({
    from: file,
    to: resolveImport(file, from ?? bare ?? lazy ?? ''),
    isType: isType !== undefined,
  }))
}

function resolveImport(file: string, target: string): string {
  if (target.startsWith('#')) return target.slice(1)
  if (target.startsWith('.')) return relative(root, join(root, dirname(file), target))
  return target
}

const imports = sources.flatMap(importsOf)

/** The rooms, each with those that it may import. Entries tie the rooms together and are imported by nobody. */
const entries = /^(src\/(main|server|app|cli|assemble)\.ts|src\/(cli|demo|boot)\/.*|workers\/main\.ts)$/
const rooms: readonly [string, RegExp, RegExp][] = [
  ['core', /^src\/core\//, /^src\/(core\/|errors\.ts|locales\/)/],
  ['locales', /^src\/locales\//, /^src\/(core|locales)\//],
  ['db', /^src\/db\//, /^src\/(core|db)\//],
  ['http', /^src\/http\//, /^src\/(core\/|http\/|web\/|context\.ts|errors\.ts|config\.ts|locales\/)/],
  ['web', /^src\/web\//, /^src\/(core\/|web\/|http\/|locales\/|errors\.ts|context\.ts|version\.ts)/],
  ['features', /^src\/features\//, /^src\/(core\/|db\/|features\/|http\/|web\/|locales\/|[a-z]+\.ts$)/],
  ['federation', /^federation\//, /^(federation\/|src\/(core\/|db\/|features\/|http\/|[a-z]+\.ts$))/],
  ['workers', /^workers\//, /^(workers\/|federation\/|src\/(core\/|db\/|features\/|[a-z]+\.ts$))/],
]

const isOurs = (target: string) => /^(src|federation|workers|test)\//.test(target)

describe('the walls of the house', () => {
  it('keeps the direction of imports from room to room', () => {
    const wrong = imports.filter(({ from, to }) => {
      const room = rooms.find(([, inside]) => inside.test(from))
      return room && !entries.test(from) && isOurs(to) && !room[2].test(to)
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('lets nobody import an entry but another entry', () => {
    const wrong = imports.filter(({ from, to }) => entries.test(to) && !entries.test(from))
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('keeps the order of the features', () => {
    const featureOf = (path: string) => /^src\/features\/([^/]+)\//.exec(path)?.[1]
    const wrong = imports.filter(({ from, to }) => {
      const [user, used] = [featureOf(from), featureOf(to)]
      if (!user || !used || user === used || to === 'src/features/teams/policy.ts') return false
      return features.indexOf(used) > features.indexOf(user)
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
    const folders = new Set(sources.map(featureOf).filter((name) => name !== undefined))
    expect([...folders].filter((name) => !features.includes(name))).toEqual([])
  })

  it('lets only the faces of a feature know HTTP and HTML', () => {
    const isFace = (file: string) =>
      /(^|[/-])(routes|pages|views|fields)\.ts$/.test(file) || file === 'src/features/register.ts'
    // An entity names the picture that stands for a missing one.
    const isPicture = ({ from, to }: Import) =>
      from.endsWith('/entity.ts') && /^src\/web\/(assets|letters)\.ts$/.test(to)
    const wrong = imports
      .filter(
        ({ from, to, isType }) =>
          from.startsWith('src/features/') && /^src\/(http|web)\//.test(to) && !isFace(from) && !isType,
      )
      .filter((one) => !isPicture(one))
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('has no circle of imports', () => {
    // Tables point at each other: an actor has pictures, a picture has an actor. They are one room for that reason.
    const isBetweenTables = ({ from, to }: Import) =>
      from.startsWith('src/db/schema/') && to.startsWith('src/db/schema/')
    const edges = imports.filter((one) => isOurs(one.to) && !one.isType && !isBetweenTables(one))
    const graph = Map.groupBy(edges, ({ from }) => from)
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      state.set(file, 'open')
      for (const { to } of graph.get(file) ?? []) visit(to, [...path, file])
      state.set(file, 'done')
    }
    for (const file of sources) visit(file, [])
    expect(circles).toEqual([])
  })

  it('keeps each vendor in its room', () => {
    const homes: readonly [RegExp, RegExp][] = [
      [/^@fedify\//, /^federation\//],
      [/^bullmq$/, /^workers\/queues\.ts$/],
      [/^pg$/, /^(workers\/queues\.ts$|src\/boot\/)/],
      [/^drizzle-orm/, /^src\/(db\/|features\/[^/]+\/([a-z]+-)?queries\.ts$)/],
      [/^postgres$/, /^src\/(db|boot)\//],
      [/^htmlparser2$/, /^src\/core\/hypertext\.ts$/],
      [/^undici$/, /^src\/core\/(fetch\.ts|outbound\/)/],
      [/^sharp$/, /^src\/core\/images(\.ts|\/)/],
      [/^nodemailer$/, /^src\/core\/mail\.ts$/],
      [/^tar$/, /^src\/core\/source-archive\.ts$/],
      [/^ioredis$/, /^src\/core\/redis-streams\.ts$/],
      [/^uqr$/, /^src\/core\/qr\.ts$/],
      [/^web-push$/, /^src\/features\/pushes\//],
      [/^tldts$/, /^src\/core\/site\.ts$/],
    ]
    const wrong = imports.filter(({ from, to }) =>
      homes.some(([vendor, home]) => vendor.test(to) && !home.test(from) && !from.startsWith('src/demo/')),
    )
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
    const readers = sources.filter(
      (file) => /\bprocess\.env\b/.test(textOf(file)) && !/^src\/(config\.ts|boot\/|main\.ts)/.test(file),
    )
    expect(readers).toEqual([])
  })
})

describe('how files are written', () => {
  it('keeps every source file under 300 lines', () => {
    const long = sources.filter((file) => textOf(file).split('\n').length > 301)
    expect(long).toEqual([])
  })

  it('imports with the .ts ending and without default exports or barrels', () => {
    const wrong = code.flatMap(importsOf).filter(({ to }) => isOurs(to) && !/\.(ts|cjs|js)$/.test(to))
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
    expect(sources.filter((file) => /^export default\b/m.test(textOf(file)))).toEqual([])
    expect(sources.filter((file) => /^export \* from\b/m.test(textOf(file)))).toEqual([])
  })

  it('gives every exported function, type and value a docstring', () => {
    const bare = sources.flatMap((file) => {
      const lines = textOf(file).split('\n')
      return lines.flatMap((line, index) => {
        const name = /^export (?:async )?(?:function\*?|type|const|class|interface) (\w+)/.exec(line)?.[1]
        const isDocumented = lines[index - 1]?.trimEnd().endsWith('*/')
        return name && !isDocumented ? [`${file}: ${name}`] : []
      })
    })
    expect(bare).toEqual([])
  })

  it('has no word for leftovers in a file name', () => {
    expect(sources.filter((file) => /(helper|util|manager|common|misc)/.test(file))).toEqual([])
  })

  it('uses no escape from types, no unfinished work, no raw HTML but from the sanitiser', () => {
    expect(sources.filter((file) => /@ts-(ignore|nocheck|expect-error)/.test(textOf(file)))).toEqual([])
    expect(sources.filter((file) => /\b(TODO|FIXME|XXX)\b/.test(textOf(file)))).toEqual([])
    // Data for search engines is no script: no browser runs it.
    const inline = sources.filter((file) =>
      /<script(?![^>]*\bsrc=|\stype="application\/ld\+json")|<[a-z][^>]*\sstyle=/.test(textOf(file)),
    )
    expect(inline).toEqual([])
  })

  it('takes what nobody may guess from the system, and chance only to spread things over time (row 73)', () => {
    const dice = sources.filter((file) => /\bMath\.random\b/.test(textOf(file)))
    expect(dice).toEqual([
      'federation/delivery/health.ts',
      'federation/delivery/piece.ts',
      'federation/delivery/retries.ts',
      'federation/thread-wishes.ts',
      'src/db/connect.ts',
      'src/features/cards/service.ts',
      'workers/inbox.ts',
    ])
  })

  it('sends to other servers only from the delivery lane, and to devices', () => {
    const senders = sources.filter((file) => /\bsendActivity\b|fetcher\.post\(/.test(textOf(file)))
    expect(senders).toEqual(['federation/delivery/send.ts', 'src/features/pushes/send.ts'])
  })
})

describe('what is at the top', () => {
  it('has only what belongs there', () => {
    const allowed = new Set([
      '.ci',
      '.editorconfig',
      '.env.example',
      '.gitignore',
      'CHANGELOG.md',
      'FEDERATION.md',
      'LICENSE',
      'README.md',
      'docs',
      'drizzle',
      'drizzle.config.ts',
      'federation',
      'package-lock.json',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
      'workers',
    ])
    const top = new Set(files.map((file) => file.split('/')[0] ?? ''))
    expect([...top].filter((name) => !allowed.has(name))).toEqual([])
  })
})
