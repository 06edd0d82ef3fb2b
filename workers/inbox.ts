import { setTimeout as wait } from 'node:timers/promises'
import { processInboxActivity } from '#federation/inbox.ts'
import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { mayPass, OutboundError } from '#src/core/outbound/error.ts'
import {
  announceLag,
  countParked,
  type Except,
  failReceived,
  finishReceived,
  type InboxRow,
  isMuchPutAside,
  type LeasedRow,
  leaseReceived,
  putAside,
  renewLeases,
} from '#src/db/inbox.ts'

/**
 * Activities taken at once: few enough that the last of them has not waited long when it is done. Their lease is renewed while this process
 * lives; after a kill it has to run out before another worker takes them, so it is short.
 */
const batch = { limit: 64, leaseMs: 30_000 }
const renewEveryMs = 10_000

/** When so many have waited so long for their turn, those who send more are asked to go slower: a few may be old because their server was slow. */
const behind = { rows: batch.limit / 2, ms: 100 } as const

/** Actors whose activities are worked off side by side. */
const actorsAtOnce = 32

/** After this many failures, which is some nine minutes after the first, an activity is parked with its body. */
const mostAttempts = 5

/** So many of one site are kept for an operator: a server that fails in earnest is understood by fewer, and an ill-willed one could fill the disk. */
const mostParked = 100

/** After 6 s, 24 s, 96 s and 384 s. */
const waitMs = (attempts: number) => 1_500 * 4 ** attempts

/**
 * What another server kept us from doing is put aside: for 10 s, then each time for twice as long, up to six hours, and up to a fifth longer, so that
 * not all come at once. After some two days it is given up. Where so many of one site are put aside already, each failure is an attempt, and what a
 * bound of our own holds up is given up after half an hour: so of one site wait that many, and no more than what it may send within that time.
 */
const aside = {
  ...{ firstMs: 10_000, longestMs: 6 * 3_600_000, mostDelays: 18 },
  ...{ mostOfSite: 2_000, longestOfMany: 30 * 60_000 },
} as const

const delayMs = (delays: number) => Math.min(aside.firstMs * 2 ** delays, aside.longestMs) * (1 + Math.random() / 5)

/** What waits for a server that takes its time is left to itself; so many of one site, and of all, go on beside the others. */
const mostSlow = { ofSite: 8, inAll: 64 }

/** What a bound of our own holds up goes on after a minute, in which it is over, and up to a fifth longer. */
const notNowMs = () => 60_000 * (1 + Math.random() / 5)

/** While nothing but the slow ones is left, it is looked so often whether something has come. */
const lookEveryMs = 250

/** What is being worked off. */
type Desk = Readonly<{
  /** Activities under way or about to be. */
  left: Set<string>
  /** Actors of whom something waits for another server, with the site that answers for it and its end. */
  slow: Map<string, Readonly<{ site: string; end: Promise<void> }>>
}>

const ends = ({ slow }: Desk) => [...slow.values()].map(({ end }) => end)

type Finish = (item: { id: string; outcome: string }) => Promise<void>
type Working = Readonly<{ desk: Desk; finish: Finish }>

/** Works off the activities that wait: those of one actor in the order in which they came. */
export async function drainInbox(ctx: Ctx): Promise<void> {
  const desk: Desk = { left: new Set(), slow: new Map() }
  const renewal = setInterval(() => renew(ctx, desk.left), renewEveryMs)
  try {
    for (;;) {
      const rows = await leaseReceived(ctx.db, { now: ctx.now(), ...batch, except: exceptOf(desk) })
      if (rows.length > 0) await Promise.all([tellLag(ctx, rows), workOff(ctx, rows, desk)])
      else if (desk.slow.size === 0) return
      else await Promise.race([...ends(desk), wait(lookEveryMs)])
    }
  } finally {
    clearInterval(renewal)
  }
}

/** By the one that came last, among those that were never taken before. What cannot be told costs the senders nothing. */
async function tellLag(ctx: Ctx, rows: readonly LeasedRow[]): Promise<void> {
  const fresh = rows.filter(({ isNew }) => isNew)
  const waitedMs = fresh.at(-1)?.waitedMs ?? 0
  if (fresh.length < behind.rows || waitedMs <= behind.ms) return
  await announceLag(ctx.db, waitedMs).catch((error) => ctx.log.warn({ err: error }, 'nobody was told of the lag'))
}

async function workOff(ctx: Ctx, rows: readonly InboxRow[], desk: Desk): Promise<void> {
  const finished = createBatcher<{ id: string; outcome: string }>((items) => finishReceived(ctx.db, items, ctx.now()))
  for (const { id } of rows) desk.left.add(id)
  const actors = [...Map.groupBy(rows, (row) => row.actorIri).values()]
  const lanes = Array.from({ length: actorsAtOnce }, async () => {
    for (let list = actors.shift(); list; list = actors.shift()) {
      if (isCrowded(desk, list)) await giveBack(ctx, desk, list)
      else await untilDoneOrSlow(ctx, list, { desk, finish: finished.add })
    }
  })
  await Promise.all(lanes)
}

/** Of whom nothing is begun at present: who is slow, and sites with too much of it; when all places are taken, all sites that have one. */
function exceptOf({ slow }: Desk): Except {
  const most = slow.size < mostSlow.inAll ? mostSlow.ofSite : 1
  const bySite = Map.groupBy(slow.values(), ({ site }) => site)
  return {
    actors: [...slow.keys()],
    sites: [...bySite].flatMap(([site, { length }]) => (length >= most ? site : [])),
  }
}

function isCrowded(desk: Desk, [first]: readonly InboxRow[]): boolean {
  return first !== undefined && exceptOf(desk).sites.includes(first.site)
}

/** They are taken again as soon as their site is not crowded. */
async function giveBack(ctx: Ctx, { left }: Desk, rows: readonly InboxRow[]): Promise<void> {
  await renewLeases(ctx.db, forget(left, rows), ctx.now())
}

function forget(left: Set<string>, rows: readonly InboxRow[]): string[] {
  const ids = rows.map(({ id }) => id)
  for (const id of ids) left.delete(id)
  return ids
}

/** Others must not wait for a server that does not answer: what does is left to itself as soon as it is known, as long as there is a place. */
async function untilDoneOrSlow(ctx: Ctx, rows: readonly InboxRow[], { desk, finish }: Working): Promise<void> {
  const { promise: isSlow, resolve } = Promise.withResolvers<void>()
  const onSlow = (row: InboxRow) => {
    const hasPlace = takePlace(ctx, desk, { row, done })
    if (hasPlace) resolve()
    return hasPlace
  }
  const done = workInOrder(ctx, rows, { desk, finish, onSlow })
  await Promise.race([done, isSlow])
}

function takePlace(ctx: Ctx, { slow }: Desk, { row, done }: { row: InboxRow; done: Promise<void> }): boolean {
  const { actorIri: actor, site } = row
  if (slow.has(actor)) return true
  const ofSite = [...slow.values()].filter((other) => other.site === site).length
  if (slow.size >= mostSlow.inAll || ofSite >= mostSlow.ofSite) return false
  // Where even its failure cannot be written, its lease runs out and it is done again.
  const end = done
    .catch((error) => ctx.log.error({ err: error, actor }, 'the inbox could not be worked off'))
    .finally(() => slow.delete(actor))
  slow.set(actor, { site, end })
  return true
}

/** Whether what has turned out to be slow has a place; if not, it is put aside with all that its actor has said after it. */
type OnSlow = (row: InboxRow) => boolean

async function workInOrder(
  ctx: Ctx,
  rows: readonly InboxRow[],
  { desk, finish, onSlow }: Working & { onSlow: OnSlow },
): Promise<void> {
  for (const [at, row] of rows.entries()) {
    let hasPlace = true
    const hold = () => {
      hasPlace = onSlow(row)
      if (!hasPlace) throw noPlace()
    }
    await work(ctx, row, { finish, onSlow: hold })
    desk.left.delete(row.id)
    if (!hasPlace) return putOff(ctx, desk, rows.slice(at + 1))
  }
}

const noPlace = () => new OutboundError('not-now', 'too much waits for other servers at present')

async function putOff(ctx: Ctx, { left }: Desk, rows: readonly InboxRow[]): Promise<void> {
  const until = new Date(ctx.now().getTime() + notNowMs())
  await putAside(ctx.db, forget(left, rows), { error: String(noPlace()), until, countsAs: null })
}

/** Without a renewal another worker may do the same work beside this one, which is safe: the next renewal is soon. */
function renew(ctx: Ctx, left: ReadonlySet<string>): void {
  renewLeases(ctx.db, [...left], new Date(ctx.now().getTime() + batch.leaseMs)).catch((error) =>
    ctx.log.warn({ err: error }, 'the lease of activities was not renewed'),
  )
}

async function work(
  ctx: Ctx,
  row: InboxRow,
  { finish, onSlow }: { finish: Finish; onSlow: () => void },
): Promise<void> {
  try {
    const outcome = await processInboxActivity(ctx, row, onSlow)
    ctx.log.debug({ inboxId: row.id, actor: row.actorIri, outcome }, 'an activity was worked off')
    await finish({ id: row.id, outcome })
  } catch (error) {
    if (error instanceof OutboundError && mayPass(error)) return waitForServer(ctx, row, { error, finish })
    await fail(ctx, row, { error, finish })
  }
}

type Failed<E> = Readonly<{ error: E; finish: Finish }>

/** Nobody here is to blame, and nothing would come of looking at it. Until it is due, it is not passed at each look for new ones. */
async function waitForServer(ctx: Ctx, row: InboxRow, failed: Failed<OutboundError>): Promise<void> {
  const { error } = failed
  const { id, actorIri: actor } = row
  const isMuch = await isMuchPutAside(ctx.db, row.site, aside.mostOfSite)
  const waiting = waitingOf(row, { isOurs: error.code === 'not-now', isMuch, now: ctx.now().getTime() })
  if (!waiting) return giveUp(ctx, row, failed)
  const until = new Date(ctx.now().getTime() + waiting.ms)
  ctx.log.info({ err: error, inboxId: id, actor, until }, 'an activity waits for another server')
  await putAside(ctx.db, [id], { error: String(error), until, countsAs: waiting.countsAs })
}

type Waiting = Readonly<{ ms: number; countsAs: 'delay' | 'attempt' | null }>

/** How long one waits yet, and as what that counts; null when it has waited long enough. `isOurs`: it says nothing of that server. */
function waitingOf(
  { attempts, delays, receivedAt }: InboxRow,
  { isOurs, isMuch, now }: { isOurs: boolean; isMuch: boolean; now: number },
): Waiting | null {
  if (isOurs)
    return isMuch && now - receivedAt.getTime() > aside.longestOfMany ? null : { ms: notNowMs(), countsAs: null }
  if (delays >= aside.mostDelays) return null
  if (!isMuch) return { ms: delayMs(delays), countsAs: 'delay' }
  return attempts + 1 < mostAttempts ? { ms: waitMs(attempts + 1), countsAs: 'attempt' } : null
}

/** It is our fault, or that of what was sent: it is tried again a few times. */
async function fail(ctx: Ctx, row: InboxRow, failed: Failed<unknown>): Promise<void> {
  const attempts = row.attempts + 1
  if (attempts >= mostAttempts) return giveUp(ctx, row, failed)
  const { error } = failed
  const retryAt = new Date(ctx.now().getTime() + waitMs(attempts))
  ctx.log.warn({ err: error, inboxId: row.id, attempts }, 'an activity could not be worked off')
  await failReceived(ctx.db, row.id, { error: String(error), retryAt, now: ctx.now() })
}

/** It is kept for somebody to look at, and to have it tried again. */
async function giveUp(ctx: Ctx, row: InboxRow, { error, finish }: Failed<unknown>): Promise<void> {
  const { id, actorIri: actor } = row
  const level = error instanceof OutboundError && mayPass(error) ? 'warn' : 'error'
  ctx.log[level]({ err: error, inboxId: id, actor }, 'an activity was given up')
  if ((await countParked(ctx.db, row.site)) >= mostParked) return finish({ id, outcome: `given up: ${String(error)}` })
  await failReceived(ctx.db, id, { error: String(error), retryAt: null, now: ctx.now() })
}
