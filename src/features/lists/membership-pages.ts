import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { actingViewer } from '#src/http/auth.ts'
import { type App, textList } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { profilePath } from '#src/web/paths.ts'
import { listLists, listListsWith } from './queries.ts'
import { addMembers, removeMembers } from './service.ts'

const params = z.object({ handle: z.string() })
const body = z.object({ list: textList.default([]) })

/** The form that says in which lists somebody stands: all that are ticked, and no others. */
export function registerMembershipPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params, body } } as const
  app.post('/@:handle/lists', options, async (request, reply) => {
    const viewer = actingViewer(request)
    const { handle } = request.params
    const { id } = await getByAcct(ctx, handle)
    const [all, present] = await Promise.all([
      listLists(ctx.db, viewer.actorId),
      listListsWith(ctx.db, viewer.actorId, id),
    ])
    for (const { id: listId } of all) {
      const [wasIn, isWanted] = [present.some((list) => list.id === listId), request.body.list.includes(listId)]
      if (isWanted && !wasIn) await addMembers(ctx, viewer, { listId, memberIds: [id] })
      if (wasIn && !isWanted) await removeMembers(ctx, viewer, { listId, memberIds: [id] })
    }
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).relations.listsSaved })
    return reply.redirect(`${profilePath(handle)}/relation`, 303)
  })
}
