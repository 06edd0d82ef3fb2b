import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { settleStandings } from '#src/db/severities.ts'
import { invalid, notFound } from '#src/errors.ts'
import { readList } from './csv.ts'
import { maxListBytes, type Plan, planList } from './import.ts'
import {
  applyEntries,
  type DomainList,
  deleteList,
  findList,
  insertList,
  listDueLists,
  noteReading,
  replaceEntries,
  takeList,
} from './list-queries.ts'
import { type Decider, ourHosts } from './service.ts'

const day = 24 * 60 * 60_000

type Reading = Readonly<{ text: string; etag: string | null }> | 'unchanged'

/** @throws Problem `invalid` with what was wrong, in a sentence */
async function fetchList(ctx: Ctx, url: string, etag: string | null): Promise<Reading> {
  const headers: Record<string, string> = etag ? { 'if-none-match': etag } : {}
  const answer = await ctx.fetcher
    .get(url, {
      accept: 'text/csv, text/plain;q=0.9, */*;q=0.1',
      headers,
      maxBytes: maxListBytes,
      isNamedByOperator: true,
    })
    .catch((error) => {
      throw error instanceof OutboundError ? refused(error.message) : error
    })
  if (answer.status === 304) return 'unchanged'
  if (answer.status !== 200) throw refused(`The server answered with status ${answer.status}`)
  const type = answer.headers['content-type'] ?? ''
  if (/html|json|xml/.test(type)) throw refused(`That is not a list but ${type.split(';')[0]}`)
  return {
    text: answer.body.toString('utf8'),
    etag: answer.headers.etag?.slice(0, 500) ?? null,
  }
}

const refused = (sentence: string) =>
  invalid(`Validation failed: ${sentence}`, {
    url: [{ error: 'ERR_INVALID', description: sentence }],
  })

/** The address of a list. @throws Problem `invalid` for what is none */
function readAddress(text: string): string {
  const url = URL.parse(text.trim())
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href
  throw refused('Write an address that begins with https://')
}

/** What a subscription to a list would do, before there is one. @throws Problem `invalid` when it cannot be read */
export async function planSubscription(ctx: Ctx, url: string): Promise<Plan & { url: string }> {
  const address = readAddress(url)
  const read = await fetchList(ctx, address, null)
  return {
    ...(await planList(ctx, read === 'unchanged' ? '' : read.text, 'subscription')),
    url: address,
  }
}

/** Subscribes to a list and applies it. @throws Problem `invalid` when it cannot be read, or is subscribed to already */
export async function subscribe(ctx: Ctx, url: string, by: Decider): Promise<DomainList> {
  const address = readAddress(url)
  const read = await fetchList(ctx, address, null)
  const list = await transaction(ctx.db, async (tx) => {
    const row = await insertList(tx, {
      url: address,
      userId: by?.userId ?? null,
    })
    if (!row) throw refused('This instance subscribes to that list already')
    await recordAct(tx, {
      viewer: by,
      action: 'domain-list.added',
      subjectId: row.id,
      details: { url: address },
    })
    return row
  })
  if (read !== 'unchanged') await apply(ctx, list, read)
  return list
}

/** Ends a subscription: what it alone decided is undone. @throws Problem `not_found` */
export async function unsubscribe(ctx: Ctx, id: string, by: Decider): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const list = await findList(tx, id)
    if (!list || !(await deleteList(tx, id))) throw notFound()
    await applyEntries(tx)
    await settleStandings(tx, ctx.now())
    await recordAct(tx, {
      viewer: by,
      action: 'domain-list.removed',
      subjectId: id,
      details: { url: list.url },
    })
  })
}

async function apply(ctx: Ctx, { id }: DomainList, { text, etag }: Exclude<Reading, string>): Promise<void> {
  const { rulings } = readList(text, ourHosts(ctx))
  // A page in the place of a list, or half of one, would undo everything that it decided.
  if (rulings.length === 0) throw refused('There is no server in the list; what it said before still holds')
  const now = ctx.now()
  await transaction(ctx.db, async (tx) => {
    await replaceEntries(tx, id, rulings)
    await applyEntries(tx)
    await settleStandings(tx, now)
    await noteReading(tx, id, {
      etag,
      triedAt: now,
      readAt: now,
      lastError: null,
    })
  })
}

/** Reads a list again now. What cannot be read is noted with the reason, and what it said before still holds. */
export async function refreshList(ctx: Ctx, list: DomainList): Promise<void> {
  try {
    const read = await fetchList(ctx, list.url, list.etag)
    if (read !== 'unchanged') return await apply(ctx, list, read)
    await noteReading(ctx.db, list.id, {
      triedAt: ctx.now(),
      readAt: ctx.now(),
      lastError: null,
    })
  } catch (error) {
    const sentence = error instanceof Error ? error.message.replace(/^Validation failed: /, '') : String(error)
    ctx.log.warn({ err: error, url: list.url }, 'a list of servers could not be read')
    await noteReading(ctx.db, list.id, {
      triedAt: ctx.now(),
      lastError: sentence.slice(0, 500),
    })
  }
}

/** Reads the lists whose day has come. */
export async function refreshLists(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - day)
  for (const list of await listDueLists(ctx.db, before)) {
    if (await takeList(ctx.db, list.id, { before, now: ctx.now() })) await refreshList(ctx, list)
  }
}
