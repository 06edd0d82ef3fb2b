import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import { type App, flag } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import type { QuoteAnswerValue } from '#src/web/components/quote-forms.ts'
import { quoteList } from '#src/web/components/quote-list.ts'
import { sendPage } from '#src/web/frame.ts'
import { postPath } from './action-views.ts'
import { countWaitingQuotes, listQuoting } from './quote-queries.ts'
import { readingScenery } from './reading-pages.ts'
import { loadShownPosts, type ShownPost } from './shown.ts'
import { type PostScenery, toPostValue } from './views.ts'

/** Quotes on one page. */
const pageLength = 20

const params = z.object({ handle: z.string(), id: z.string() })
const query = placeQuery.extend({ waiting: flag.catch(false).default(false) })

type Asked = z.output<typeof params> & z.output<typeof query>

/** Who quotes a post, for everybody who is signed in; and for its author, who asks to. */
export function registerQuoteListPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, querystring: query } } as const
  app.get('/@:handle/:id/quotes', options, (request, reply) =>
    sendQuotes(ctx, request, reply, { ...request.params, ...request.query }),
  )
}

async function sendQuotes(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> {
  const { actorId, role } = actingViewer(request)
  const [quoted] = await loadShownPosts(ctx, actorId, [asked.id], null)
  if (!quoted || acctOf(quoted.author).toLowerCase() !== asked.handle.toLowerCase()) throw notFound()
  const mayAnswer = quoted.author.id === actorId && may(role, 'publish')
  const isWaiting = mayAnswer && asked.waiting
  const wanted = { reader: actorId, quotedId: asked.id, state: isWaiting ? 'pending' : 'accepted' } as const
  const scenery = await readingScenery(ctx, request)
  const postHref = postPath(scenery, quoted)
  const listHref = `${postHref}/quotes`
  const { rows, pager } = await browse(asked, {
    path: listHref,
    query: isWaiting ? { waiting: 'true' } : {},
    length: pageLength,
    read: async (page) => (await listQuoting(ctx.db, wanted, page)).map((id) => ({ id })),
  })
  const [posts, waitingCount] = await Promise.all([
    loadShownPosts(
      ctx,
      actorId,
      rows.map(({ id }) => id),
      { context: 'thread' },
    ),
    mayAnswer ? countWaitingQuotes(ctx.db, actorId, asked.id) : 0,
  ])
  const quotes = posts.map((shown) => ({
    post: toPostValue(scenery, shown),
    answer: mayAnswer ? answerTo(scenery, shown, { isWaiting, next: request.url }) : null,
  }))
  const t = translatorFor(localeOf(request))
  const value = { postHref, quotes, isWaiting: mayAnswer ? isWaiting : null, waitingCount, listHref, pager }
  const body = quoteList({ ...value, now: ctx.now() }, t)
  return sendPage(request, reply, { title: t.quotes.list.title, isIndexable: false, body })
}

function answerTo(
  scenery: PostScenery,
  shown: ShownPost,
  { isWaiting, next }: Readonly<{ isWaiting: boolean; next: string }>,
): QuoteAnswerValue | null {
  // One's own quotes need nobody's consent.
  if (shown.author.id === scenery.readerId) return null
  const path = postPath(scenery, shown)
  return { allowAction: isWaiting ? `${path}/quote/allow` : null, refuseAction: `${path}/quote/refuse`, next }
}
