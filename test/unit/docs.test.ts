import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeContext, createContext } from '#src/assemble.ts'
import { configPage } from '#src/cli/config-page.ts'
import { commands } from '#src/cli/run.ts'
import { envExample, loadConfig } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'
import * as errors from '#src/errors.ts'
import { registerFeatures } from '#src/features/register.ts'
import type { Access } from '#src/http/auth.ts'
import { useLimits } from '#src/http/limits.ts'
import { useZod } from '#src/http/zod.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The rows of all tables of a page, cell by cell, without their heads. */
function rowsOf(page: string): string[][] {
  const lines = read(page).split('\n')
  return lines
    .filter((line, index) => line.startsWith('|') && !line.startsWith('|---') && !lines[index + 1]?.startsWith('|---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
}

const bare = (cell: string | undefined) => (cell ?? '').replaceAll('`', '')

describe('the pages that are made from the program', () => {
  it('list every setting as the program knows it', () => {
    expect(read('docs/install/config.md')).toBe(configPage())
    expect(read('.env.example')).toBe(envExample())
  })

  it('explain every code of an error, with its status', () => {
    const moment = new Date(0)
    const made = [
      errors.invalid(''),
      errors.unauthenticated(),
      errors.forbidden(),
      errors.notFound(),
      errors.gone(),
      errors.conflict(''),
      errors.limited('', moment),
      errors.tooLarge(''),
      errors.storageFull(null),
      errors.remoteFailed(''),
      errors.unavailable(),
    ]
    // The list of codes is a type, which is gone at run time: its text says whether one is missing above.
    const [, list = ''] = /type ProblemCode =((?:\s*\| '\w+')+)/.exec(read('src/errors.ts')) ?? []
    const codes = [...list.matchAll(/'(\w+)'/g)].map(([, code]) => code)
    expect(made.map(({ code }) => code)).toEqual(codes)
    const explained = rowsOf('docs/errors.md').map(([code, status]) => `${bare(code)} ${status}`)
    expect(explained).toEqual(made.map(({ code, status }) => `${code} ${status}`))
  })
})

describe('the page of the command line', () => {
  it('has every command as the help writes it', () => {
    const usages = rowsOf('docs/operate/cli.md').map(([usage]) => bare(usage))
    expect(usages).toEqual(commands.map(({ usage }) => usage.replaceAll('|', '\\|')))
  })
})

/** A route of the client API with whom it lets in, as the page writes it. */
type Listed = Readonly<{ method: string; address: string; scope: string }>

const line = ({ method, address, scope }: Listed) => `${method} ${address} (${scope})`

function inWords(access: Access | undefined): string {
  if (access === 'public') return 'none'
  if (access === 'app') return 'any token'
  if (access === 'page' || access === 'session') return 'page'
  if (typeof access !== 'object') return '–'
  const scope = access.scope.replaceAll(' ', ' or ')
  return access.isOptional ? `${scope} or none` : scope
}

/** What clients call; everything else is pages, or spoken between servers. */
const clientApi = /^\/(api|oauth)\/|^\/\.well-known\/oauth-/

describe('the page of the client API', () => {
  let ctx: Ctx
  const routes: Listed[] = []

  beforeAll(async () => {
    // Nothing is asked of the database until a request comes.
    ctx = createContext({ ...loadConfig({ LOG_LEVEL: 'silent' }), databaseUrl: 'postgres://nobody@localhost/nothing' })
    const app = fastify()
    app.addHook('onRoute', ({ method, url, config }) => {
      if (method === 'HEAD' || !clientApi.test(url)) return
      routes.push({ method: String(method), address: url, scope: inWords(config?.access) })
    })
    await useLimits(app)
    await registerFeatures(useZod(app), ctx)
    await app.ready()
    await app.close()
  })

  afterAll(() => closeContext(ctx))

  it('has every route with its scope, and none that does not exist', () => {
    const listed = rowsOf('docs/api.md').map(([method = '', address, scope]) =>
      line({ method, address: bare(address), scope: bare(scope) }),
    )
    expect(listed.toSorted()).toEqual(routes.map(line).toSorted())
  })
})

describe('the manual', () => {
  const pages = [
    ...['README.md', 'FEDERATION.md', 'CHANGELOG.md'],
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ]

  it('links only to what is there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => relative(root, join(root, dirname(page), target.replace(/#.*$/, ''))))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page} → ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('names only files that are there', () => {
    const named = /`((?:src|federation|workers|drizzle|docs|test|\.ci)\/[\w./-]*\w)`/g
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(named)]
        .map(([, path = '']) => path)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    )
    expect(missing).toEqual([])
  })
})
