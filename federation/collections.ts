import type { Ctx } from '#src/context.ts'
import { fetchDocument } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { isObject, isRefused, type JsonObject, listOf } from './read/json.ts'
import { idOf } from './read/values.ts'

/** How much of a collection is read; `pages` beyond the collection itself. */
export type Most = Readonly<{ items: number; pages: number }>

/** What was read of a collection, in its order. `isWhole` is false where it goes on, or a page of it could not be read. */
export type ReadItems = Readonly<{ items: readonly unknown[]; isWhole: boolean }>

/** What is in a small collection: its own items, or those of its first page, which may stand elsewhere on the same server. */
export async function readItems(ctx: Ctx, collection: JsonObject): Promise<readonly unknown[]> {
  const own = itemsOf(collection)
  if (own.length > 0) return own
  return (await readPages(ctx, collection, { items: Number.POSITIVE_INFINITY, pages: 1 })).items
}

/**
 * What is in a collection and its pages, which may stand elsewhere on the same server. Pages that lead back to one another end it.
 * @throws OutboundError when the server does not answer
 */
export async function readPages(ctx: Ctx, collection: JsonObject, most: Most): Promise<ReadItems> {
  const items = [...itemsOf(collection)]
  const seen = new Set<string>()
  let next: unknown = collection.first ?? collection.next
  for (let pages = 0; next && pages < most.pages && items.length < most.items; pages++) {
    const page = await readPage(ctx, next, { id: collection.id, seen })
    if (!page) return { items: items.slice(0, most.items), isWhole: false }
    items.push(...itemsOf(page))
    next = page.next
  }
  return { items: items.slice(0, most.items), isWhole: !next && items.length <= most.items }
}

/** A page that stands in what leads to it, or is fetched; null when it is of another server, was read before, or cannot be read. */
async function readPage(
  ctx: Ctx,
  page: unknown,
  { id, seen }: { id: unknown; seen: Set<string> },
): Promise<JsonObject | null> {
  if (isObject(page) && hasItems(page)) return page
  const iri = idOf(page)
  if (!iri || typeof id !== 'string' || !isSameOrigin(iri, id) || seen.has(iri)) return null
  seen.add(iri)
  const fetched = await fetchDocument(ctx, iri)
  return isRefused(fetched) ? null : fetched.document
}

function hasItems({ orderedItems, items, next }: JsonObject): boolean {
  return orderedItems !== undefined || items !== undefined || next !== undefined
}

function itemsOf({ orderedItems, items }: JsonObject): readonly unknown[] {
  return listOf(orderedItems ?? items)
}
