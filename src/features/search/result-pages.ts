import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { readingScenery } from '#src/features/posts/reading-pages.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { toPostValue } from '#src/features/posts/views.ts'
import { listTags } from '#src/features/tags/queries.ts'
import { placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import type { PagerValue } from '#src/web/components/pager.ts'
import { type SearchKind, searchHref, searchKinds, searchResults } from '#src/web/components/search-results.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { type Found, search } from './service.ts'

/** Results of one kind on its own page, and of each where all stand together. */
const lengths = { one: 20, each: 5 } as const

/** A search reads much, and an address in it may have another server asked. */
const limit = { max: 120, windowMs: 5 * 60_000, per: 'caller' } as const

const query = placeQuery.pick({ max_id: true }).extend({
  q: z.string().max(2_000).catch(''),
  type: z.enum(searchKinds).optional().catch(undefined),
  offset: z.coerce.number().int().min(0).max(10_000).catch(0),
})

type Asked = z.output<typeof query>

/** People, posts and hashtags by a name, words, an address or a link. Who is not signed in finds people and hashtags that are known here. */
export function registerResultPages(app: App, ctx: Ctx): void {
  app.get(paths.search, { config: { access: 'page', limit }, schema: { querystring: query } }, (request, reply) =>
    sendResults(ctx, request, reply, request.query),
  )
}

const nothing: Found = { actors: [], postIds: [], tagNames: [] }

const apiKinds = { people: 'accounts', posts: 'statuses', tags: 'hashtags' } as const

async function sendResults(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked,
): Promise<FastifyReply> {
  const { viewer } = request
  const typed = asked.q.trim()
  const kind = asked.type ?? null
  const length = kind ? lengths.one : lengths.each
  const found =
    typed === ''
      ? nothing
      : await search(ctx, viewer, {
          text: typed,
          kind: kind && apiKinds[kind],
          mayLookUp: viewer !== null,
          isFollowed: false,
          authorId: null,
          limit: length + 1,
          offset: kind === 'posts' || !kind ? 0 : asked.offset,
          maxId: kind === 'posts' ? asked.max_id : undefined,
        })
  const t = translatorFor(localeOf(request))
  const counts = { people: found.actors.length, posts: found.postIds.length, tags: found.tagNames.length }
  const more = searchKinds.filter((one) => counts[one] > length)
  return sendPage(request, reply, {
    title: typed === '' ? t.reading.search.title : `${typed} · ${t.reading.search.title}`,
    isIndexable: false,
    body: searchResults(
      {
        typed,
        kind,
        ...(await toValues(ctx, request, found, length)),
        more: kind ? [] : more,
        pager: pagerOf({ ...asked, q: typed }, more, found.postIds[length - 1]),
        isVisitor: viewer === null,
        now: ctx.now(),
      },
      t,
    ),
  })
}

/** What was found as it is shown, in a constant number of queries. */
async function toValues(ctx: Ctx, request: FastifyRequest, { actors, postIds, tagNames }: Found, length: number) {
  const readerId = request.viewer?.actorId ?? null
  const names = tagNames.slice(0, length)
  const [scenery, posts, tags] = await Promise.all([
    readingScenery(ctx, request),
    loadShownPosts(ctx, readerId, postIds.slice(0, length), { context: 'public' }),
    listTags(ctx.db, readerId, names),
  ])
  const labels = new Map(tags.map(({ name, label }) => [name, label]))
  return {
    people: actors.slice(0, length).map((actor) => toActorValue(ctx, actor)),
    posts: posts.map((post) => toPostValue(scenery, post)),
    tags: names.map((name) => ({ label: labels.get(name) ?? name, href: `/tags/${encodeURIComponent(name)}` })),
  }
}

/** Posts are paged by their ids; people and hashtags, which are ordered by how well they fit, by their number. */
function pagerOf({ q, type, offset, max_id: maxId }: Asked, more: readonly SearchKind[], lastId?: string): PagerValue {
  if (!type) return { newerHref: null, olderHref: null }
  if (type === 'posts') {
    return {
      newerHref: maxId ? searchHref(q, type) : null,
      olderHref: more.length > 0 && lastId ? searchHref(q, type, { max_id: lastId }) : null,
    }
  }
  const at = (place: number) => searchHref(q, type, place > 0 ? { offset: String(place) } : {})
  return {
    newerHref: offset > 0 ? at(Math.max(0, offset - lengths.one)) : null,
    olderHref: more.length > 0 ? at(offset + lengths.one) : null,
  }
}
