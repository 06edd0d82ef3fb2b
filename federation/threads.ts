import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { Post } from '#src/features/posts/queries.ts'
import {
  continueReading,
  endReading,
  findThreadIris,
  leaseReadings,
  type Reading,
} from '#src/features/posts/reading-queries.ts'
import { type Budget, type Costs, withBudget } from './budget.ts'
import { type Most, readPages } from './collections.ts'
import { fetchDocument } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { isRefused, type JsonObject } from './read/json.ts'
import { idOf, typeOf } from './read/values.ts'
import { findKnownPost, knowPost, mostParents } from './receive-posts.ts'

/** What a collection of a conversation may name, and in how many pages. */
const most: Most = { items: 200, pages: 10 }

/** Requests at once for a conversation; a longer one is read on a minute later. Another process takes over after ten minutes. */
const mostAtOnce: Costs = { requests: 50, ms: 8 * 60_000, bytes: 32_000_000 }
const restMs = 60_000

/** Of answers to answers without a collection of their own: how far down, and how many. */
const mostLevels = 5
const mostReplies = 100

/** Conversations that are read side by side, and how long one may take before another process reads it. */
const batch = { limit: 4, leaseMs: 10 * 60_000 }

/** Reads the conversations that are due. @see https://w3id.org/fep/f228 */
export async function readThreads(ctx: Ctx): Promise<void> {
  const readings = await leaseReadings(ctx.db, { now: ctx.now(), ...batch })
  await Promise.all(readings.map((reading) => readThread(ctx, reading)))
}

async function readThread(ctx: Ctx, reading: Reading): Promise<void> {
  const position = await withBudget(ctx, mostAtOnce, (budget) =>
    unlessUnreachable(ctx, reading.iri, read(budget, reading)),
  )
  if (position === null) return endReading(ctx.db, reading.iri, ctx.now())
  await continueReading(ctx.db, reading.iri, { position, dueAt: new Date(ctx.now().getTime() + restMs) })
}

/** @returns where to read on; null at the end */
async function read(budget: Budget, reading: Reading): Promise<number | null> {
  const { ctx } = budget
  const named = await findThreadIris(ctx.db, reading.postId)
  const ids = named?.context ? await unlessUnreachable(ctx, named.context, readContext(ctx, named.context)) : null
  if (ids) return knowAll(budget, ids, reading.position)
  if (named?.replies) await readReplies(budget, named.replies)
  return null
}

/** The posts of a conversation in the order in which its owner names them; null when there is no such collection. */
async function readContext(ctx: Ctx, iri: string): Promise<string[] | null> {
  if (iri.startsWith(`${ctx.uris.publicUrl}/`)) return null
  const collection = await fetchCollection(ctx, iri)
  const owner = collection && idOf(collection.attributedTo)
  if (!collection || (owner && !isSameOrigin(owner, iri))) return null
  return idsIn(ctx, collection)
}

async function idsIn(ctx: Ctx, collection: JsonObject): Promise<string[]> {
  const { items } = await readPages(ctx, collection, most)
  return [...new Set(items.map((item) => idOf(item)).filter((id) => id !== null))]
}

const collections = new Set(['Collection', 'OrderedCollection'] as const)

async function fetchCollection(ctx: Ctx, iri: string): Promise<JsonObject | null> {
  const fetched = await fetchDocument(ctx, iri)
  return !isRefused(fetched) && typeOf(fetched.document, collections) ? fetched.document : null
}

async function knowAll(budget: Budget, ids: readonly string[], from: number): Promise<number | null> {
  for (const [place, id] of ids.entries()) {
    if (place < from) continue
    if (budget.spent()) return place
    const post = await knowOne(budget, id)
    // What the budget cut off in the middle is begun again, unless nothing else was done with it.
    if (!post && budget.spent()) return Math.max(place, from + 1)
  }
  return null
}

/** Each post is read at its own origin, which alone can say what it is: a collection only says where to look. */
async function knowOne({ ctx }: Budget, id: string): Promise<Post | null> {
  const known = await findKnownPost(ctx, id)
  if (known) return known
  return unlessUnreachable(ctx, id, knowPost(ctx, id, mostParents))
}

/** What cannot be had now is left out: the rest may well be there. */
function unlessUnreachable<T>(ctx: Ctx, iri: string, reading: Promise<T | null>): Promise<T | null> {
  return reading.catch((error) => {
    if (!(error instanceof OutboundError)) throw error
    ctx.log.info({ iri, err: error }, 'a part of a conversation could not be read')
    return null
  })
}

/** The answers to a post, then the answers to those, level by level, as long as the budget lasts. */
async function readReplies(budget: Budget, iri: string): Promise<void> {
  const seen = new Set<string>()
  let level = [iri]
  let left = mostReplies
  for (let depth = 0; depth < mostLevels && level.length > 0; depth++) {
    const below: string[] = []
    for (const replies of level.filter((one) => !seen.has(one))) {
      if (budget.spent() || left <= 0) return
      seen.add(replies)
      const posts = await readAnswers(budget, replies, left)
      left -= posts.length
      const named = await Promise.all(posts.map(({ id }) => findThreadIris(budget.ctx.db, id)))
      below.push(...named.flatMap((one) => one?.replies ?? []))
    }
    level = below
  }
}

async function readAnswers(budget: Budget, iri: string, left: number): Promise<Post[]> {
  const collection = await fetchCollection(budget.ctx, iri)
  const ids = collection ? await idsIn(budget.ctx, collection) : []
  const posts: Post[] = []
  for (const id of ids.slice(0, left)) {
    if (budget.spent()) break
    const post = await knowOne(budget, id)
    if (post) posts.push(post)
  }
  return posts
}
