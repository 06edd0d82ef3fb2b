import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type App, textList } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { profilePath } from '#src/web/paths.ts'
import { voteOnPost } from './poll.ts'

const params = z.object({ handle: z.string(), id: z.string() })
const body = z.object({ choice: textList.default([]) })

/** The form of a poll on the page of its post. */
export function registerPollPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, body } } as const
  app.post('/@:handle/:id/vote', options, async (request, reply) => {
    const { handle, id } = request.params
    const t = translatorFor(localeOf(request))
    try {
      await voteOnPost(ctx, actingViewer(request), id, request.body.choice.map(Number))
      setFlash(reply, { kind: 'done', text: t.poll.voted })
    } catch (error) {
      // Voted twice, or a moment too late: the page shows how it stands now.
      if (!(error instanceof Problem) || error.code !== 'invalid') throw error
      setFlash(reply, { kind: 'problem', text: t.poll.notVoted })
    }
    return reply.redirect(`${profilePath(handle)}/${encodeURIComponent(id)}`, 303)
  })
}
