import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { makeToken } from '#src/core/secrets.ts'
import { Problem } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { summaryOf, toActorValue } from '#src/features/actors/views.ts'
import { postLimits } from '#src/features/posts/policy.ts'
import { readingScenery } from '#src/features/posts/reading-pages.ts'
import { loadShownPosts } from '#src/features/posts/shown.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { groupTitle } from '#src/web/components/group-head.ts'
import { type TopicForm, topicList } from '#src/web/components/group-topics.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { html } from '#src/web/html.ts'
import { groupPath, paths, profilePath } from '#src/web/paths.ts'
import { beginTopic, findObstacle, visibilityIn } from './begin.ts'
import { getSeenGroup, type SeenGroup } from './load.ts'
import { registerMemberPages } from './member-pages.ts'
import { countWaiting } from './page-queries.ts'
import type { Refusal } from './policy.ts'
import { listPinnedTopics, listTopics, type Topic } from './topic-queries.ts'
import { headView, type TypedJoin, toTopicLine } from './views.ts'

/** Topics on one page. */
const pageLength = 20

const params = z.object({ handle: z.string() })
const topicBody = z.object({
  text: z.string().max(100_000).default(''),
  key: z.string().max(100).default(''),
  /** Where there is room for more than words, what was typed is taken along. */
  more: z.string().max(10).default(''),
})

/** Of an address, in characters: what is longer no server takes. */
const longestAddress = 8_000

/** What is talked about in a group, the form for a new topic, and the pages beside it. */
export function registerFeedPages(app: App, ctx: Ctx): void {
  const page = { config: { access: 'page' }, schema: { params, querystring: placeQuery } } as const
  app.get(`${paths.groups}/:handle`, page, async (request, reply) => {
    const seen = await getSeenGroup(ctx, request.params.handle, request.viewer?.actorId ?? null)
    return sendFeed(ctx, request, reply, { seen, place: request.query })
  })
  const form = { config: { access: 'session' }, schema: { params, body: topicBody } } as const
  app.post(`${paths.groups}/:handle/topics`, form, async (request, reply) => {
    const viewer = actingViewer(request)
    const seen = await getSeenGroup(ctx, request.params.handle, viewer.actorId)
    const t = translatorFor(localeOf(request))
    if (request.body.more) {
      const href = composeHref(seen, request.body.text)
      if (href.length <= longestAddress) return reply.redirect(href, 303)
      const typed = { ...request.body, error: t.groups.problems.tooLongToTake }
      return sendFeed(ctx, request, reply, { seen, place: {}, topic: typed })
    }
    try {
      const id = await beginTopic(ctx, viewer, seen.group, { ...request.body, language: t.locale })
      setFlash(reply, { kind: 'done', text: t.groups.topic.published })
      return reply.redirect(`${profilePath((await getActor(ctx.db, viewer.actorId)).handle)}/${id}`, 303)
    } catch (error) {
      const typed = { ...request.body, error: await topicSentence(ctx, { error, seen, viewer }, t) }
      return sendFeed(ctx, request, reply, { seen, place: {}, topic: typed })
    }
  })
  registerMemberPages(app, ctx, (request, reply, { seen, join }) =>
    sendFeed(ctx, request, reply, { seen, place: {}, join }),
  )
}

type Failed = Readonly<{ error: unknown; seen: SeenGroup; viewer: Viewer }>

/** @throws the error itself when it is not about what was typed */
async function topicSentence(ctx: Ctx, { error, seen, viewer }: Failed, t: Translator): Promise<string> {
  const code = error instanceof Problem ? error.details?.text?.[0]?.error : undefined
  if (!code) throw error
  if (code === 'ERR_BLANK') return t.groups.problems.blank
  if (code === 'ERR_TOO_LONG') return t.groups.problems.tooLong(postLimits.characters)
  const obstacle = code === 'ERR_REFUSED' ? await findObstacle(ctx, seen.group, viewer.actorId) : null
  return obstacle ? t.groups.refusals[obstacle] : t.groups.problems.other
}

type FeedState = Readonly<{
  seen: SeenGroup
  place: Place
  join?: TypedJoin
  topic?: z.output<typeof topicBody> & { error: string }
}>

async function sendFeed(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  state: FeedState,
): Promise<FastifyReply> {
  const { seen, place, join = null, topic = null } = state
  const { viewer } = request
  const t = translatorFor(localeOf(request))
  const [feed, waiting, form] = await Promise.all([
    loadTopics(ctx, request, seen, place),
    countWaiting(ctx.db, seen),
    viewer ? topicForm(ctx, seen, viewer, topic) : null,
  ])
  const actor = toActorValue(ctx, seen.actor)
  const words = t.groups.topic
  const empty = seen.isInside
    ? ({ icon: 'quote', title: words.emptyTitle, text: words.emptyText } as const)
    : ({ icon: 'lock', title: words.privateTitle, text: words.privateText } as const)
  const body = html`${headView(ctx, { seen, current: 'topics', viewer, waiting, typed: join }, t)}
    ${topicList({ actor, ...feed, form, empty, now: ctx.now() }, t)}`
  return sendPage(request, reply, {
    title: groupTitle(actor, 'topics', t),
    ...aboutGroup(ctx, seen),
    status: join || topic ? 422 : 200,
    ...(form ? { scripts: ['form.js'] } : {}),
    body,
  })
}

/** What programs are told of the page. */
function aboutGroup(ctx: Ctx, { group, actor }: SeenGroup) {
  const document = { href: ctx.uris.actor(group.handle), type: 'application/activity+json' }
  return {
    description: summaryOf(actor) || nameOf(toActorValue(ctx, actor)),
    isIndexable: actor.isDiscoverable === true && !group.isPrivate,
    alternates: [document],
  }
}

async function loadTopics(ctx: Ctx, request: FastifyRequest, { group, isInside }: SeenGroup, place: Place) {
  if (!isInside) return { topics: [], pager: { newerHref: null, olderHref: null } }
  const readerId = request.viewer?.actorId ?? null
  const isFirst = !place.max_id && !place.min_id
  const [pinned, { rows, pager }, scenery] = await Promise.all([
    listPinnedTopics(ctx.db, group.actorId, readerId),
    browse(place, {
      path: groupPath(group.handle),
      length: pageLength,
      read: async (page) => (await listTopics(ctx.db, group.actorId, readerId, page)).map(withId),
    }),
    readingScenery(ctx, request),
  ])
  const isPinned = (topic: Topic) => pinned.some(({ postId }) => postId === topic.postId)
  const listed = [...(isFirst ? pinned : []), ...rows]
  const posts = await loadShownPosts(
    ctx,
    readerId,
    listed.map(({ postId }) => postId),
    { context: 'public' },
  )
  const topics = listed.flatMap((topic) => {
    const shown = posts.find(({ row }) => row.id === topic.postId)
    return shown ? [toTopicLine(scenery, topic, { shown, isPinned: isPinned(topic) })] : []
  })
  return { topics, pager }
}

function withId(topic: Topic): Topic & { id: string } {
  return { ...topic, id: topic.lastPostId }
}

/** What keeps somebody from a new topic for good on this page, and not only for the moment. */
const closing: readonly Refusal[] = ['banned', 'not-a-member', 'moderators-only']

async function topicForm(
  ctx: Ctx,
  { group }: SeenGroup,
  viewer: Viewer,
  typed: FeedState['topic'] | null,
): Promise<TopicForm | null> {
  if (!may(viewer.role, 'publish')) return null
  const obstacle = await findObstacle(ctx, group, viewer.actorId)
  if (!typed && obstacle && closing.includes(obstacle)) return null
  return {
    text: typed?.text ?? '',
    key: typed?.key || makeToken(),
    maxCharacters: postLimits.characters - group.handle.length - 2,
    error: typed?.error,
  }
}

/** The page on which a topic gets pictures and the rest. */
function composeHref({ group }: SeenGroup, text: string): string {
  const query = new URLSearchParams({ text: `@${group.handle} ${text}`, visibility: visibilityIn(group) })
  return `${paths.compose}?${query}`
}
