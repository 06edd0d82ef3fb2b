import type { Ctx } from '#src/context.ts'
import { findReadingDefaults } from '#src/features/actors/profile-queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type ApiVisibility, toApiVisibility } from './entity.ts'
import { findPostingDefaults } from './queries.ts'
import { toApiQuotePolicy } from './quote-fields.ts'

/** @see https://docs.joinmastodon.org/entities/Preferences/ */
export type Preferences = Readonly<{
  'posting:default:visibility': ApiVisibility
  'posting:default:sensitive': boolean
  'posting:default:language': string | null
  'posting:default:quote_policy': 'public' | 'followers' | 'nobody'
  'reading:expand:media': 'default' | 'show_all' | 'hide_all'
  'reading:expand:spoilers': boolean
}>

/** How an actor posts and reads unless it says otherwise. @see https://docs.joinmastodon.org/methods/preferences/ */
export function registerPreferenceRoutes(app: App, ctx: Ctx): void {
  const config = { access: { scope: 'read:accounts' } }
  app.get('/api/v1/preferences', { config }, async (request): Promise<Preferences> => {
    const { actorId } = viewerOf(request)
    const [posting, reading] = await Promise.all([
      findPostingDefaults(ctx.db, actorId),
      findReadingDefaults(ctx.db, actorId),
    ])
    return {
      'posting:default:visibility': toApiVisibility(posting.visibility),
      'posting:default:sensitive': posting.isSensitive,
      'posting:default:language': posting.language,
      'posting:default:quote_policy': toApiQuotePolicy(posting.quotePolicy),
      'reading:expand:media': reading.expandsMedia,
      'reading:expand:spoilers': reading.expandsSpoilers,
    }
  })
}
