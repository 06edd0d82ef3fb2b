import type { Ctx } from '#src/context.ts'
import type { Tx } from '#src/db/client.ts'
import { findCardLink } from './links.ts'
import {
  type CardState,
  deleteUnusedCard,
  insertCards,
  listCardStates,
  listUnusedCards,
  setCardDue,
} from './queries.ts'

const day = 24 * 60 * 60_000

/** What was read of a page counts for this long: then it is read again when somebody links to it. */
const freshForMs = 14 * day

/** A page that could not be read is left alone for this long. */
const failedForMs = day

/** A post comes to hundreds of servers at once; were they all to read its link at once, that would be an attack. */
const herdMs = 60_000

/** What of a post decides about its card; `content` is HTML that may be shown. */
export type CardSource = Readonly<{ content: string; hasMedia: boolean }>

/** Whose posts: somebody of ours looks at once for what becomes of them. */
type Origin = Readonly<{ isLocal: boolean }>

/**
 * The card of a post, made when nobody has linked to its page yet; its page is read later, by the workers, and not again for two weeks.
 * Who links to the same page meanwhile waits for the end of the transaction.
 * @returns null for a post with pictures or without a link, as in Mastodon
 */
export async function cardFor(ctx: Ctx, tx: Tx, source: CardSource & Origin): Promise<string | null> {
  const [id] = await cardsFor(ctx, tx, [source], source)
  return id ?? null
}

/** The cards of several posts, in their order, in as many queries. */
export async function cardsFor(
  ctx: Ctx,
  tx: Tx,
  sources: readonly CardSource[],
  origin: Origin,
): Promise<(string | null)[]> {
  const urls = sources.map(({ content, hasMedia }) => (hasMedia ? null : findCardLink(content, ctx.config.publicUrl)))
  // In one order, so that transactions with the same links wait for each other and never in a circle.
  const wanted = [...new Set(urls.filter((url) => url !== null))].sort()
  if (wanted.length === 0) return urls
  const now = ctx.now().getTime()
  const dueAt = () => new Date(origin.isLocal ? now : now + Math.random() * herdMs)
  const known = await listCardStates(tx, wanted)
  const missing = wanted.filter((url) => !known.has(url))
  if (missing.length > 0) {
    await insertCards(
      tx,
      missing.map((url) => ({ url, dueAt: dueAt() })),
    )
    for (const [url, state] of await listCardStates(tx, missing)) known.set(url, state)
  }
  for (const url of wanted.filter((one) => !missing.includes(one))) {
    const card = known.get(url)
    if (card && isStale(card, now, origin)) await setCardDue(tx, card.id, dueAt())
  }
  return urls.map((url) => (url === null ? null : (known.get(url)?.id ?? null)))
}

function isStale({ dueAt, triedAt, readAt }: CardState, now: number, { isLocal }: Origin): boolean {
  // One that waits its turn is hurried by somebody of ours, who looks at it.
  if (dueAt) return isLocal && triedAt === null && dueAt.getTime() - now < herdMs
  const since = now - (triedAt?.getTime() ?? 0)
  return since > (readAt && triedAt && readAt >= triedAt ? freshForMs : failedForMs)
}

/** Removes cards of which no post is left, with their pictures. */
export async function sweepCards(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - day)
  for (const { id, imageKey, spareKey } of await listUnusedCards(ctx.db, before)) {
    if (!(await deleteUnusedCard(ctx.db, id))) continue
    for (const key of [imageKey, spareKey]) if (key) await ctx.storage.removeFolder(key)
  }
}
