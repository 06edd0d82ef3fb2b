import { AsyncLocalStorage } from 'node:async_hooks'
import type { Ctx } from '#src/context.ts'
import type { Answer, GetOptions } from '#src/core/fetch.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { siteOf } from '#src/core/site.ts'
import { createSilences, type Silences } from './silences.ts'

/**
 * What one cause may cost: requests to other servers, and the time and the bytes of all answers together. `onSlow` is called when one of them does
 * not come within a second; what it throws ends the request. `canWait`: it is tried again later, so servers that gave no answer lately are not asked for it. `site`: who answers for it, where that is known:
 * it takes no more than its part of what may be asked of another.
 */
export type Costs = Readonly<{
  requests: number
  ms: number
  bytes: number
  onSlow?: (() => void) | undefined
  canWait?: boolean
  site?: string
}>

/** A context in which requests to other servers can be made until the budget is spent; then they fail as if nobody answered. */
export type Budget = Readonly<{ ctx: Ctx; spent(): 'requests' | 'bytes' | 'time' | null }>

/** What one cause may still spend. `until`: by the clock that only runs forward. */
type Purse = {
  left: number
  bytes: number
  readonly until: number
  readonly onSlow: (() => void) | undefined
  readonly canWait: boolean
  readonly site: string | undefined
}

/** How long one request may take where nothing is said. */
const usualMs = 20_000

/** A request that is not answered by then waits for another server, and not for us. */
const slowMs = 1_000

const purses = new AsyncLocalStorage<Purse>()

/** One for each context, so that what is remembered for a context is shared by all that have a budget. */
const watched = new WeakMap<Ctx, Ctx>()

/** What all causes together may ask in a minute of one site: nobody makes us a weapon by many small activities that name it. */
const mostOfSite = 1_000

/** What one site alone may cause of that: nobody uses up what all others may ask. */
const partOfOne = 1 / 4

/** Bounds what one cause may make us fetch, whatever the documents lead to, redirects included. */
export async function withBudget<T>(ctx: Ctx, most: Costs, work: (budget: Budget) => Promise<T>): Promise<T> {
  const bounded = watched.get(ctx) ?? watch(ctx)
  watched.set(ctx, bounded)
  const { requests: left, bytes, ms, onSlow, canWait = false, site } = most
  const purse: Purse = { left, bytes, until: performance.now() + ms, onSlow, canWait, site }
  return purses.run(purse, () => work({ ctx: bounded, spent: () => spentOf(purse) }))
}

/** The same where the cause itself is bounded: only what all together ask of one site is counted. */
export function withinSites<T>(ctx: Ctx, work: (bounded: Ctx) => Promise<T>): Promise<T> {
  const most = Number.POSITIVE_INFINITY
  return withBudget(ctx, { requests: most, ms: most, bytes: most }, (budget) => work(budget.ctx))
}

function spentOf(purse: Purse): ReturnType<Budget['spent']> {
  if (purse.left === 0) return 'requests'
  if (purse.bytes <= 0) return 'bytes'
  return leftMs(purse) === 0 ? 'time' : null
}

function leftMs({ until }: Purse): number {
  return Math.max(0, Math.ceil(until - performance.now()))
}

async function tellWhenSlow<T>(answer: Promise<T>, onSlow: () => void): Promise<T> {
  const { promise: refused, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    try {
      onSlow()
    } catch (error) {
      reject(error)
    }
  }, slowMs)
  try {
    // The answer may come yet: what it says of its server is heard all the same.
    return await Promise.race([answer, refused])
  } finally {
    clearTimeout(timer)
  }
}

function watch(ctx: Ctx): Ctx {
  const sites = createSiteCounts(() => ctx.now().getTime(), mostOfSite)
  const silences = createSilences(() => ctx.now().getTime())
  const take = (purse: Purse, url: string | URL, isHop = false) => {
    const spent = spentOf(purse)
    if (spent === 'time') throw new OutboundError('timeout', 'the time for requests is spent')
    if (spent) throw new OutboundError('network', `the budget of ${spent} is spent`)
    purse.left--
    const host = URL.parse(String(url))?.host
    if (!host) return
    if (purse.canWait && silences.isSilent(host))
      throw new OutboundError('network', `${host} has given no answer lately`)
    if (!sites.take(host, purse.site))
      throw new OutboundError('not-now', `too much is asked of ${siteOf(host)} at present`)
    // Last of all: who is refused by a bound of ours has asked for nobody.
    if (purse.canWait && !isHop) silences.mayAsk(host)
  }
  // A redirect is a request like any other, often of somebody else; but nobody asks for all by what comes of it.
  const counted = <T extends GetOptions>(purse: Purse, options: T): T => ({
    ...options,
    onHop: async (url: URL) => {
      take(purse, url, true)
      await options.onHop?.(url)
    },
  })
  const get: Ctx['fetcher']['get'] = async (url, options) => {
    const purse = purseOf()
    take(purse, url)
    const usual = options.deadlineMs ?? usualMs
    const deadlineMs = Math.min(usual, leftMs(purse))
    // Where we have not waited as long as we would, it says nothing of the server.
    const listening = purse.canWait && deadlineMs === usual ? silences : null
    const coming = getListening(ctx, url, { ...counted(purse, options), deadlineMs }, listening)
    const answer = await (purse.onSlow ? tellWhenSlow(coming, purse.onSlow) : coming)
    // Each answer has its own bound, so that no more than one of them is over.
    purse.bytes -= answer.body.length
    return answer
  }
  // Whoever reads a file bounds it by its own measure.
  const stream: Ctx['fetcher']['stream'] = async (url, options) => {
    const purse = purseOf()
    take(purse, url)
    return ctx.fetcher.stream(url, counted(purse, options))
  }
  return { ...ctx, fetcher: { ...ctx.fetcher, get, stream } }
}

/** Whichever it was: a server that leads elsewhere has answered. */
const redirected = 302

/**
 * Gets something, and notes whether the server that was asked has answered. What comes of it where that one leads says nothing of anybody: how
 * much time was left was up to the first.
 */
async function getListening(
  ctx: Ctx,
  url: string | URL,
  options: GetOptions,
  silences: Silences | null,
): Promise<Answer> {
  let asked = URL.parse(String(url))?.host ?? null
  const heard = (outcome: number | OutboundError) => {
    if (asked) silences?.heard(asked, outcome)
  }
  const onHop = async (next: URL) => {
    heard(redirected)
    asked = null
    await options.onHop?.(next)
  }
  try {
    const answer = await ctx.fetcher.get(url, { ...options, onHop })
    heard(answer.status)
    return answer
  } catch (error) {
    if (error instanceof OutboundError) heard(error)
    throw error
  }
}

function purseOf(): Purse {
  const purse = purses.getStore()
  if (!purse) throw new Error('a context with a budget is used outside its work')
  return purse
}

/** Counts requests by site, in windows of a minute: memory holds the sites of a minute at the most. */
export function createSiteCounts(now: () => number, most: number) {
  let counts = new Map<string, number>()
  let endsAt = 0
  return {
    /** Whether one more may be asked of the site of a host, and `by` another site may cause one more. */
    take(host: string, by?: string): boolean {
      if (now() >= endsAt) {
        counts = new Map()
        endsAt = now() + 60_000
      }
      const site = siteOf(host)
      const bounds = [{ name: site, most }]
      if (by !== undefined && by !== site) bounds.push({ name: `${site} by ${by}`, most: most * partOfOne })
      if (bounds.some((bound) => (counts.get(bound.name) ?? 0) >= bound.most)) return false
      for (const { name } of bounds) counts.set(name, (counts.get(name) ?? 0) + 1)
      return true
    },
  }
}
