import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { viewerOf } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type ApiVisibility, toApiVisibility } from './entity.ts'
import { foldHashtag } from './hashtags.ts'
import { findPostingDefaults } from './queries.ts'
import { findTag, listTagDays, type TagDay } from './tag-queries.ts'

/** @see https://docs.joinmastodon.org/entities/Tag/ */
export type Tag = Readonly<{
  id: string
  name: string
  url: string
  history: readonly { day: string; uses: string; accounts: string }[]
  following?: boolean
  featuring?: boolean
}>

/** @see https://docs.joinmastodon.org/entities/Preferences/ */
export type Preferences = Readonly<{
  'posting:default:visibility': ApiVisibility
  'posting:default:sensitive': boolean
  'posting:default:language': string | null
  'reading:expand:media': 'default' | 'show_all' | 'hide_all'
  'reading:expand:spoilers': boolean
}>

const dayMs = 86_400_000

/** Hashtags and the actor's settings for posts, in the client API. */
export function registerTagRoutes(app: App, ctx: Ctx): void {
  const schema = { params: z.object({ name: z.string().max(300) }) }
  app.get('/api/v1/tags/:name', { config: { access: 'public' }, schema }, async (request) => {
    const tag = await loadTag(ctx, request.params.name)
    // Hashtags cannot be followed here yet, and so none is.
    return request.viewer ? { ...tag, following: false, featuring: false } : tag
  })

  app.get(
    '/api/v1/preferences',
    { config: { access: { scope: 'read:accounts' } } },
    async (request): Promise<Preferences> => {
      const { visibility, isSensitive, language } = await findPostingDefaults(ctx.db, viewerOf(request).actorId)
      return {
        'posting:default:visibility': toApiVisibility(visibility),
        'posting:default:sensitive': isSensitive,
        'posting:default:language': language,
        'reading:expand:media': 'default',
        'reading:expand:spoilers': false,
      }
    },
  )
}

/** A hashtag with the last seven days; one that nobody has used yet has no id, as in Mastodon. */
export async function loadTag(ctx: Ctx, spelling: string): Promise<Tag> {
  const name = foldHashtag(spelling.replace(/^#/, ''))
  const tag = await findTag(ctx.db, name)
  const today = Math.floor(ctx.now().getTime() / dayMs) * dayMs
  const days = tag ? await listTagDays(ctx.db, tag.id, new Date(today - 6 * dayMs)) : []
  return {
    id: tag?.id ?? '',
    name: tag?.label ?? name,
    url: ctx.uris.tag(name),
    history: [0, 1, 2, 3, 4, 5, 6].map((ago) => toDay(days, today - ago * dayMs)),
  }
}

/** Clients read the moment in seconds and the numbers as texts. */
function toDay(days: readonly TagDay[], day: number): Tag['history'][number] {
  const found = days.find((one) => one.day.getTime() === day)
  return { day: String(day / 1_000), uses: String(found?.uses ?? 0), accounts: String(found?.accounts ?? 0) }
}
