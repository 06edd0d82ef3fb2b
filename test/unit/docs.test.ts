import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { apiPage, listRoutes } from '#src/cli/api-page.ts'
import { configPage } from '#src/cli/config-page.ts'
import { commands } from '#src/cli/run.ts'
import { envExample } from '#src/config.ts'
import * as errors from '#src/errors.ts'
import { absent } from '#src/features/reference/absent.ts'
import type { Route } from '#src/features/reference/route.ts'
import { methods, sections } from '#src/features/reference/sections.ts'

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

  it('name every word by which a field may be wrong', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ts$/.test(name),
    )
    const words = sources.flatMap((name) => read(join('src', name)).match(/(?<=')ERR_[A-Z_]+(?=')/g) ?? [])
    const named = read('docs/errors.md').match(/(?<=`)ERR_[A-Z_]+(?=`)/g)
    expect(named).toEqual([...new Set(words)].toSorted())
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

describe('the page of the client API', () => {
  const list = '../../../shared/client-api.json'
  const listPath = fileURLToPath(new URL(list, import.meta.url))
  let routes: readonly Route[] = []

  beforeAll(async () => {
    routes = await listRoutes()
  })

  it('is what the program says of itself', () => {
    expect(read('docs/api.md')).toBe(apiPage(routes))
  })

  it('has every route, and none that does not exist', () => {
    const registered = routes.map(({ method, url }) => `${method} ${url}`)
    expect(Object.keys(methods).toSorted()).toEqual(registered.toSorted())
    const named = sections.flatMap((section) => Object.keys(section.methods))
    expect(new Set(named).size).toBe(named.length)
  })

  it('says of what is not there that it is not there', () => {
    const registered = new Set(routes.map(({ method, url }) => anonymous(`${method} ${url}`)))
    const both = Object.values(absent)
      .flat()
      .filter((name) => registered.has(anonymous(name)))
    expect(both).toEqual([])
  })

  it.skipIf(!existsSync(listPath))('says of every method that clients may know whether it is there', () => {
    const { endpoints } = JSON.parse(readFileSync(listPath, 'utf8')) as {
      endpoints: { method: string; path: string }[]
    }
    const told = new Set([...Object.keys(methods), ...Object.values(absent).flat()].map(anonymous))
    const ofServers = /^GET \/(\.well-known\/(nodeinfo|host-meta)|nodeinfo\/)/
    const untold = endpoints
      .map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !told.has(anonymous(name)) && !ofServers.test(name))
    expect(untold).toEqual([])
  })
})

/** What is in a path has a name, which is nobody's business. */
const anonymous = (name: string) => name.replaceAll(/:\w+/g, ':')

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
