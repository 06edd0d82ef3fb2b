import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { flash } from '#src/web/components/flash.ts'
import type { ReplyAnswerValue } from '#src/web/components/reply-forms.ts'
import { setFlash } from '#src/web/flash.ts'
import type { Html } from '#src/web/html.ts'
import { profilePath } from '#src/web/paths.ts'
import { findReplyEnds } from './consent-queries.ts'
import { allowReply, refuseReply } from './reply-consents.ts'

const params = z.object({ handle: z.string(), id: z.string() })

/** What authors say on the page of an answer: whether it may stand under their post. */
export function registerConsentPages(app: App, ctx: Ctx): void {
  const config = { access: 'session' } as const
  const acts = { allow: allowReply, refuse: refuseReply } as const
  for (const [name, act] of Object.entries(acts)) {
    app.post(`/@:handle/:id/reply/${name}`, { config, schema: { params } }, async (request, reply) => {
      const { handle, id } = request.params
      const words = translatorFor(localeOf(request)).answering
      try {
        await act(ctx, actingViewer(request), id)
        setFlash(reply, { kind: 'done', text: name === 'allow' ? words.allowed : words.refused })
      } catch (error) {
        // Somebody else of the team was first.
        if (!(error instanceof Problem) || error.code !== 'conflict') throw error
        setFlash(reply, { kind: 'problem', text: words.answered })
      }
      return reply.redirect(`${profilePath(handle)}/${encodeURIComponent(id)}`, 303)
    })
  }
}

/** What somebody can say to an answer on its page, and what they are told of their own; nothing where nobody has to let it in. */
export async function findConsentWords(
  ctx: Ctx,
  viewer: Viewer | null,
  { postId, path }: Readonly<{ postId: string; path: string }>,
  t: Translator,
): Promise<Readonly<{ note: Html | null; replyAnswer: ReplyAnswerValue | null }>> {
  const nothing = { note: null, replyAnswer: null }
  const ends = viewer && (await findReplyEnds(ctx.db, postId))
  if (!ends || ends.parent.iri !== null) return nothing
  const { state } = ends.consent
  if (ends.reply.authorId === viewer.actorId) {
    const text = state === 'pending' ? t.answering.held : state === 'refused' ? t.pages.letIn.refused : null
    return { ...nothing, note: text === null ? null : flash({ kind: 'notice', text }) }
  }
  const isTheirs = ends.parent.authorId === viewer.actorId && may(viewer.role, 'publish')
  if (!isTheirs || state === 'refused') return nothing
  const allowAction = state === 'pending' ? `${path}/reply/allow` : null
  return { ...nothing, replyAnswer: { allowAction, refuseAction: `${path}/reply/refuse` } }
}
