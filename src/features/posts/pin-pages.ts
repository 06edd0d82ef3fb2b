import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { profilePath } from '#src/web/paths.ts'
import { pinPost, unpinPost } from './pin.ts'
import { postLimits } from './policy.ts'

const params = z.object({ handle: z.string(), id: z.string() })

/** The button by which one shows a post of one's own first, and takes that back. */
export function registerPinPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params } } as const
  for (const [name, act] of Object.entries({ pin: pinPost, unpin: unpinPost })) {
    app.post(`/@:handle/:id/${name}`, options, async (request, reply) => {
      const { handle, id } = request.params
      const words = translatorFor(localeOf(request)).reading
      try {
        await act(ctx, actingViewer(request), id)
        setFlash(reply, { kind: 'done', text: name === 'pin' ? words.pinned : words.unpinned })
      } catch (error) {
        const isTooMany = error instanceof Problem && error.details?.base?.[0]?.error === 'ERR_TOO_MANY'
        if (!isTooMany) throw error
        setFlash(reply, { kind: 'problem', text: words.tooManyPins(postLimits.pins) })
      }
      return reply.redirect(`${profilePath(handle)}/${encodeURIComponent(id)}`, 303)
    })
  }
}
