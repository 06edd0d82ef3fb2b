import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { may } from '#src/features/teams/policy.ts'
import { translatorFor } from '#src/locales/translator.ts'
import type { EmptyValue } from '#src/web/components/empty.ts'
import type { PagerValue } from '#src/web/components/pager.ts'
import { readingList } from '#src/web/components/reading-list.ts'
import type { Tab } from '#src/web/components/tabs.ts'
import { type PageOptions, sendPage } from '#src/web/frame.ts'
import type { Html } from '#src/web/html.ts'
import { loadTimeline, type Place } from './shown.ts'
import { type PostScenery, toPostValue } from './views.ts'

/** A page of posts to be read. */
export type ReadingPage = Pick<PageOptions, 'current' | 'description'> &
  Readonly<{
    title: string
    lead?: string | undefined
    /** What stands under the title: a form, a way to change what is read. */
    head?: Html | undefined
    /** The neighbours of the page, with their common name. */
    views?: Readonly<{ label: string; tabs: readonly Tab[] }> | undefined
    postIds: readonly string[]
    pager: PagerValue
    empty: EmptyValue
    place: Place | null
  }>

/** Sends posts one under the other, as whoever asks may see them, with what they may do with each. */
export async function sendReading(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  page: ReadingPage,
): Promise<FastifyReply> {
  const { title, lead, head, views, pager, empty, postIds, place, ...options } = page
  const t = translatorFor(localeOf(request))
  const [scenery, posts] = await Promise.all([
    readingScenery(ctx, request),
    loadTimeline(ctx, request.viewer?.actorId ?? null, postIds, place),
  ])
  const values = posts.map((post) => toPostValue(scenery, post))
  const body = readingList({ title, lead, head, views, posts: values, pager, empty, now: ctx.now() }, t)
  return sendPage(request, reply, { isIndexable: false, ...options, title, body })
}

/** What posts in a list are shown with to whoever asks: with their buttons, that lead back to the page. */
export async function readingScenery(
  ctx: Ctx,
  { viewer, url }: Pick<FastifyRequest, 'viewer' | 'url'>,
): Promise<PostScenery> {
  return {
    ctx,
    addresses: await pictureAddresses(ctx),
    readerId: viewer?.actorId ?? null,
    mayVote: viewer !== null && may(viewer.role, 'react'),
    ...(viewer ? { acting: { viewer, next: url } } : {}),
  }
}
