import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'

/** An empty text means that it was not said. */
const pageId = z
  .string()
  .refine((text) => text === '' || isId(text), 'must be an id')
  .transform((text) => text || undefined)
  .optional()

/**
 * The query parameters of a paged list.
 * @param usual how many without `limit`
 * @param most how many at the most; more is cut to it, as Mastodon does
 */
export function pageQuery(usual = 20, most = 40) {
  return z.object({
    max_id: pageId,
    since_id: pageId,
    min_id: pageId,
    limit: z.coerce
      .number('must be a number')
      .int()
      .min(1)
      .default(usual)
      .transform((limit) => Math.min(limit, most)),
  })
}

/** Turns the parameters into a page. */
export function toPage(query: z.output<ReturnType<typeof pageQuery>>): Page {
  return { maxId: query.max_id, sinceId: query.since_id, minId: query.min_id, limit: query.limit }
}

/**
 * Writes the Link header by which clients find the neighbouring pages. `next` comes first, since toot reads only the start of the header,
 * and only when the page is full, or clients would loop.
 * @param ids the ids by which the list is ordered, in its order
 */
export function linkPages(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
  ids: string[],
  page: Page,
): void {
  const [first, last] = [ids[0], ids.at(-1)]
  if (!first || !last) return
  const links = [`<${pageUrl(request, publicUrl, 'min_id', first)}>; rel="prev"`]
  if (ids.length >= page.limit) links.unshift(`<${pageUrl(request, publicUrl, 'max_id', last)}>; rel="next"`)
  reply.header('link', links.join(', '))
}

function pageUrl(request: FastifyRequest, publicUrl: string, name: string, id: string): string {
  const url = new URL(request.url, publicUrl)
  for (const other of ['max_id', 'since_id', 'min_id']) url.searchParams.delete(other)
  url.searchParams.set(name, id)
  // masto.js splits the header at commas.
  return url.href.replaceAll(',', '%2C')
}
