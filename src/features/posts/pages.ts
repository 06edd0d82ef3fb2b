import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { gone, notFound, type Problem } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { refreshPosted } from '#src/features/products/refresh.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { nextBody, nextOf } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { flash } from '#src/web/components/flash.ts'
import { openGraph } from '#src/web/components/open-graph.ts'
import { setFlash } from '#src/web/flash.ts'
import { type PageOptions, sendPage } from '#src/web/frame.ts'
import { type Html, html } from '#src/web/html.ts'
import { profilePath } from '#src/web/paths.ts'
import { postPath } from './action-views.ts'
import { boostPost, undoBoost } from './boost.ts'
import { type LaterPosts, registerComposePages } from './compose-pages.ts'
import { findConsentWords, registerConsentPages } from './consent-pages.ts'
import { registerEmbedPages } from './embed-pages.ts'
import { registerPinPages } from './pin-pages.ts'
import { registerPollPages } from './poll-pages.ts'
import { findPost, findVisiblePost } from './queries.ts'
import { registerQuoteListPages } from './quote-list-pages.ts'
import { registerQuotePages } from './quote-pages.ts'
import { deletePost } from './remove.ts'
import { findReplyApproval } from './reply-queries.ts'
import { loadShownPosts, type ShownPost } from './shown.ts'
import { findThread, openThread } from './thread.ts'
import { cardImage, conversationView, excerptOf, type PostScenery, postView, toPostValue } from './views.ts'

/** Characters of a post in the title of its page. */
const titleLength = 70

const params = z.object({ handle: z.string(), id: z.string() })

/** What the pages of posts are told by features that they may not know. */
export type PostSurroundings = LaterPosts &
  Readonly<{
    /** The groups to which a post belongs, with what the viewer can do there; `next` is the page of the post. */
    loadPlaces(
      post: Readonly<{ viewer: Viewer | null; postId: string; next: string }>,
      t: Translator,
    ): Promise<Html | null>
  }>

/** The page of a post, what can be done there, and the form for writing one. */
export function registerPostPages(app: App, ctx: Ctx, surroundings: PostSurroundings): void {
  app.get('/@:handle/:id', { config: { access: 'page', isShared: true }, schema: { params } }, (request, reply) =>
    showPost(ctx, request, reply, { ...request.params, ...surroundings }),
  )
  registerActs(app, ctx)
  registerEmbedPages(app, ctx)
  registerPinPages(app, ctx)
  registerPollPages(app, ctx)
  registerConsentPages(app, ctx)
  registerQuotePages(app, ctx)
  registerQuoteListPages(app, ctx)
  registerComposePages(app, ctx, surroundings)
}

function registerActs(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, body: nextBody } } as const
  const acts = { boost: boostPost, unboost: undoBoost } as const
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/@:handle/:id/${name}`, options, async (request, reply) => {
      const { handle, id } = request.params
      await act(ctx, actingViewer(request), id)
      return reply.redirect(nextOf(request.body, `${profilePath(handle)}/${encodeURIComponent(id)}`), 303)
    })
  }
  const bare = { config: { access: 'session' }, schema: { params } } as const
  app.post('/@:handle/:id/delete', bare, async (request, reply) => {
    await deletePost(ctx, actingViewer(request), request.params.id, { deletesPictures: true })
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).pages.deleted })
    return reply.redirect(profilePath(request.params.handle), 303)
  })
}

async function showPost(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { handle, id, loadPlaces }: z.output<typeof params> & PostSurroundings,
): Promise<FastifyReply> {
  const readerId = request.viewer?.actorId ?? null
  const found = await findVisiblePost(ctx.db, readerId, id)
  if (!found) throw await missing(ctx, handle, id)
  const thread = await findThread(ctx, { postId: found.boostOfId ?? found.id, readerId })
  const ids = [...thread.ancestors, found.boostOfId ?? found.id, ...thread.descendants]
  const keptId = found.boostOfId ?? found.id
  await openThread(ctx, readerId, keptId)
  if (found.hasProducts && readerId !== null) await refreshPosted(ctx, keptId)
  const [posts, addresses] = await Promise.all([
    loadShownPosts(ctx, readerId, ids, { context: 'thread', keptId }),
    pictureAddresses(ctx),
  ])
  const shown = posts.find(({ row }) => row.id === keptId)
  if (!shown) throw notFound()
  const mayVote = request.viewer !== null && may(request.viewer.role, 'react')
  const scenery: PostScenery = { ctx, addresses, readerId, mayVote }
  // A boost has no page of its own.
  if (found.boostOfId) return reply.redirect(postPath(scenery, shown), 302)
  if (acctOf(shown.author).toLowerCase() !== handle.toLowerCase()) throw notFound()
  // Strangers are shown what is at home here; of the rest there are copies for the people of this instance.
  if (shown.author.host !== null && !request.viewer) return reply.redirect(shown.row.url ?? shown.row.iri ?? '/', 302)
  const t = translatorFor(localeOf(request))
  const above = posts.filter(({ row }) => thread.ancestors.includes(row.id))
  const below = posts.filter(({ row }) => thread.descendants.includes(row.id))
  const now = ctx.now()
  const places = await loadPlaces({ viewer: request.viewer, postId: keptId, next: request.url }, t)
  const path = postPath(scenery, shown)
  const consent = await findConsentWords(ctx, request.viewer, { postId: keptId, path }, t)
  const note = html`${await letInNote(ctx, request.viewer, shown, t)}${consent.note}`
  const { replyAnswer } = consent
  const body = html`${places}${note}${postView(scenery, { shown, viewer: request.viewer, now, replyAnswer }, t)}
    ${conversationView(scenery, { above, below, isWhole: thread.isWhole, now }, t)}`
  const { instance } = await request.frame()
  const about = aboutPost(scenery, shown, instance?.name ?? '', t)
  return sendPage(request, reply, { ...about, ...ownMark(request.viewer, shown), width: 'wide', body })
}

/** Authors are told what has become of an answer of theirs that somebody has to let in. */
async function letInNote(ctx: Ctx, viewer: Viewer | null, { row, author }: ShownPost, t: Translator): Promise<Html> {
  const isOwn = viewer?.actorId === author.id && row.inReplyToId !== null
  const state = isOwn ? (await findReplyApproval(ctx.db, row.id))?.state : null
  return html`${(state === 'pending' || state === 'refused') && flash({ kind: 'notice', text: t.pages.letIn[state] })}`
}

/** What was here and open to all says that it is gone; whatever else is not to be seen looks as if it had never been. */
async function missing(ctx: Ctx, handle: string, id: string): Promise<Problem> {
  const post = await findPost(ctx.db, id)
  const author = post && (await findActor(ctx.db, post.actorId))
  if (!post || !author || author.host !== null || author.handle.toLowerCase() !== handle.toLowerCase())
    return notFound()
  const wasOpen = post.boostOfId === null && (post.visibility === 'public' || post.visibility === 'unlisted')
  return wasOpen && (post.deletedAt ?? author.deletedAt) ? gone() : notFound()
}

function ownMark(viewer: Viewer | null, { author }: ShownPost): Pick<PageOptions, 'current'> {
  return viewer?.actorId === author.id ? { current: 'profile' } : {}
}

/** What programs and other sites are told of the page: nothing of what is not for everybody. */
function aboutPost(
  scenery: PostScenery,
  shown: ShownPost,
  siteName: string,
  t: Translator,
): Pick<PageOptions, 'title' | 'isIndexable'> & Partial<PageOptions> {
  const { row, author } = shown
  const post = toPostValue(scenery, shown)
  const name = nameOf(post.author)
  const beginning = post.filteredBy ? '' : excerptOf(row, titleLength)
  const title = beginning ? t.post.titled(name, beginning) : t.post.by(name)
  const isOpen = author.host === null && (row.visibility === 'public' || row.visibility === 'unlisted')
  if (!isOpen) return { title, isIndexable: false }
  const { uris } = scenery.ctx
  const url = uris.postPage(author.handle, row.id)
  const description = excerptOf(row) || post.pictures[0]?.alt || title
  const image = cardImage(shown, post)
  const head = openGraph({ type: 'article', title, description, url, siteName, image, publishedAt: row.publishedAt })
  const document = { href: uris.post(author.handle, row.id), type: 'application/activity+json' }
  const oembed = { href: uris.oembed(url), type: 'application/json+oembed', title }
  const isIndexable = row.visibility === 'public' && author.isIndexable
  return { title, description, isIndexable, canonical: url, alternates: [document, oembed], head }
}
