import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import {
  drawPictures,
  findChromium,
  findFaults,
  findOverflow,
  findShifts,
  launch,
  shoot,
  type Visitor,
  visit,
} from '#test/support/browser.ts'
import { emptyHouse, furnish, type House, type Screen, type Who } from '#test/support/screens.ts'
import { type Instance, startInstance } from '#test/support/two-servers.ts'

const chromium = findChromium()

const languages = { fr: 'fr-FR', en: 'en-GB' } as const
type Language = keyof typeof languages

const opened: { close(): Promise<unknown> }[] = []

/** The addresses of all pages, as they are registered, and those that were answered with a page. */
const pages = { registered: new Set<string>(), answered: new Set<string>() }

/** Addresses that only lead on to a page, or hand out a file. */
const signposts = ['/settings', '/conversations/:id', '/servers/export.csv', '/products/export.csv']

/** Writes down the pages of every web process that is put together from now on. */
function watchPages(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url, config }) => {
    const isPage = config?.access === 'page' || config?.access === 'session'
    if (isPage && method === 'GET') pages.registered.add(url)
  })
  fastify.addHook('onResponse', async ({ method, routeOptions: { url } }, reply) => {
    const isPage = reply.statusCode === 200 && String(reply.getHeader('content-type')).startsWith('text/html')
    if (isPage && method === 'GET' && url) pages.answered.add(url)
  })
}

type Stage = Readonly<{ browser: Browser; instance: Instance; house: House; empty: Instance; setup: readonly Screen[] }>

let stage: Stage | undefined

beforeAll(async () => {
  if (!chromium) return
  subscribe('fastify.initialization', watchPages)
  const [browser, instance, empty] = await Promise.all([
    launch(chromium),
    // A server that is never reached: whether there is one decides if people may make an account.
    startInstance({ config: { smtpUrl: 'smtp://127.0.0.1:9' } }),
    startInstance({ workers: 'none' }),
  ])
  opened.push(instance, empty, browser)
  stage = { browser, instance, house: await furnish(instance.ctx), empty, setup: await emptyHouse(empty.ctx) }
  // Its pictures are made by processes that let all others go first, and other files run beside this one.
}, 400_000)

afterAll(async () => {
  unsubscribe('fastify.initialization', watchPages)
  for (const one of opened.toReversed()) await one.close()
})

function there(): Stage {
  if (!stage) throw new Error('the stage was not set')
  return stage
}

async function enter(who: Who, language: Language, at: Instance): Promise<Visitor> {
  const { browser, house } = there()
  const visitor = await visit(browser, at.url, { locale: languages[language] })
  // The language of the person comes before that of the browser; what was chosen in this browser before both.
  const cookies = [{ name: 'entremise_locale', value: String(language), url: at.url }]
  if (who !== 'stranger') {
    const value = await openSession(at.ctx, { ...house.logins[who], userAgent: 'Mozilla/5.0 (Linux) Firefox/140' })
    cookies.push({ name: sessionCookie, value, url: at.url })
  }
  await visitor.context.addCookies(cookies)
  return visitor
}

/** Of what axe looks for, light and dark differ in the contrast alone. */
const colours = ['color-contrast', 'link-in-text-block']

const looks = [
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
  { width: 1280, scheme: 'dark' },
  { width: 1280, scheme: 'light' },
] as const

/**
 * The width at which all rules are asked in a language, in the dark; at the other one those about colours are, in the light. The two
 * languages have the same elements and the same colours, so that together they see each look once.
 */
const thorough: Readonly<Record<Language, number>> = { fr: 390, en: 1280 }

/** What is wrong with a screen. One that cannot be opened at all does not hide what is wrong with the others. */
async function inspect(visitor: Visitor, screen: Screen, language: Language): Promise<string[]> {
  const faults = await lookAt(visitor, screen, language).catch((error: unknown) => [String(error)])
  return [...faults, ...visitor.complaints.splice(0)].map((fault) => `${screen.name} (${language}): ${fault}`)
}

async function lookAt({ page }: Visitor, screen: Screen, language: Language): Promise<string[]> {
  const faults: string[] = []
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'light' })
  // What is only a change of the window must not look like a page that moves.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  const answer = await page.goto(screen.path)
  if (answer?.status() !== (screen.status ?? 200)) faults.push(`answered with ${answer?.status()}`)
  await drawPictures(page)
  faults.push(...(await findShifts(page)))
  await screen.act?.(page)
  await drawPictures(page)
  for (const { width, scheme } of looks) {
    await page.setViewportSize({ width, height: 844 })
    await page.emulateMedia({ colorScheme: scheme })
    await shoot(page, `${screen.name}-${width}-${scheme}-${language}`)
    faults.push(...(await examine(page, width, scheme, language)).map((fault) => `${width} ${scheme}: ${fault}`))
  }
  if (await overflowsAt(page, 320)) faults.push('scrolls sideways at 320 pixels, which is 400 % of a usual window')
  return faults
}

async function examine(page: Page, width: number, scheme: 'light' | 'dark', language: Language): Promise<string[]> {
  const isDark = scheme === 'dark'
  if ((width === thorough[language]) !== isDark) return findOverflow(page)
  return findFaults(page, isDark ? undefined : colours)
}

async function overflowsAt(page: Page, width: number): Promise<boolean> {
  await page.setViewportSize({ width, height: 844 })
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
}

async function inspectAll(screens: readonly Screen[], language: Language, at: Instance): Promise<string[]> {
  const faults: string[] = []
  for (const who of new Set(screens.map((screen) => screen.who))) {
    const visitor = await enter(who, language, at)
    for (const screen of screens.filter((one) => one.who === who)) {
      faults.push(...(await inspect(visitor, screen, language)))
    }
    await visitor.context.close()
  }
  return faults
}

const both: readonly Language[] = ['fr', 'en']

/** In two windows at once: each mostly waits for the other half of the machine. */
async function inspectIn(spoken: readonly Language[], screens: readonly Screen[], at: Instance): Promise<string[]> {
  return (await Promise.all(spoken.map((language) => inspectAll(screens, language, at)))).flat()
}

const title = chromium ? 'every page' : 'every page: skipped, since no Chromium was found'

describe.skipIf(!chromium)(title, { timeout: 600_000 }, () => {
  it('can be used by everybody, stands still and fits, before the house is open', async () => {
    const { setup, empty } = there()
    expect(await inspectIn(both, setup, empty)).toEqual([])
  })

  // In two, since a busy machine takes minutes for each.
  it.each([
    ['those who are not signed in', (who: Who) => who === 'stranger'],
    ['those who are', (who: Who) => who !== 'stranger'],
  ])('can be used by everybody, stands still and fits, for %s', async (_whom, isOne) => {
    const { house, instance } = there()
    const screens = house.screens.filter(({ who }) => isOne(who))
    expect(screens.length).toBeGreaterThan(0)
    expect(await inspectIn(both, screens, instance)).toEqual([])
  })

  it('can be used when something is broken', async () => {
    const { instance } = there()
    const { $client: sql } = instance.ctx.db
    await sql`alter table tags rename to tags_lost`
    try {
      const broken: Screen = { name: 'error-500', who: 'stranger', path: '/tags/formats', status: 500 }
      expect(await inspectIn(both, [broken], instance)).toEqual([])
    } finally {
      await sql`alter table tags_lost rename to tags`
    }
  })

  it('has been looked at', () => {
    const unseen = [...pages.registered].filter((url) => !pages.answered.has(url) && !signposts.includes(url))
    expect(unseen).toEqual([])
    expect(pages.registered.size).toBeGreaterThan(0)
  })
})
