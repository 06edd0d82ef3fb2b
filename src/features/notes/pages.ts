import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { profilePath } from '#src/web/paths.ts'
import { writeNote } from './service.ts'

const params = z.object({ handle: z.string() })
const body = z.object({ comment: z.string().default('') })

/** The form for what a team remembers about somebody. */
export function registerNotePages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, body } } as const
  app.post('/@:handle/note', options, async (request, reply) => {
    const { handle } = request.params
    const words = translatorFor(localeOf(request)).relations
    const about = await getByAcct(ctx, handle)
    try {
      await writeNote(ctx, actingViewer(request), { aboutId: about.id, comment: request.body.comment })
      setFlash(reply, { kind: 'done', text: words.noteSaved })
    } catch (error) {
      // Browsers count the characters as one types; whoever comes here has a browser that does not.
      if (!(error instanceof Problem) || !error.details?.comment) throw error
      setFlash(reply, { kind: 'problem', text: words.noteTooLong })
    }
    return reply.redirect(`${profilePath(handle)}/relation`, 303)
  })
}
