import type { Ctx } from '#src/context.ts'
import { fetchDocument } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { isObject, isRefused, type JsonObject, listOf } from './read/json.ts'
import { idOf } from './read/values.ts'

/** What is in a small collection: its own items, or those of its first page, which may stand elsewhere on the same server. */
export async function readItems(ctx: Ctx, collection: JsonObject): Promise<readonly unknown[]> {
  const own = itemsOf(collection)
  if (own.length > 0 || !collection.first) return own
  if (isObject(collection.first)) return itemsOf(collection.first)
  const first = idOf(collection.first)
  if (!first || typeof collection.id !== 'string' || !isSameOrigin(first, collection.id)) return []
  const page = await fetchDocument(ctx, first)
  return isRefused(page) ? [] : itemsOf(page.document)
}

function itemsOf({ orderedItems, items }: JsonObject): readonly unknown[] {
  return listOf(orderedItems ?? items)
}
