import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { nextBody, nextOf } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { setFlash } from '#src/web/flash.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import { getSeenGroup } from './load.ts'
import { moderate } from './moderate.ts'
import { answerMember } from './service.ts'

const config = { access: 'session' } as const
const params = z.object({ handle: z.string(), id: z.string() })

const answers = {
  accept: { done: 'accepted' },
  reject: { done: 'refused' },
  remove: { done: 'removed' },
} as const

const deeds = {
  dismiss: { done: 'dismissed' },
  unban: { done: 'lifted' },
} as const

const postDeeds = ['remove', 'restore', 'lock', 'unlock', 'pin', 'unpin'] as const

/** The buttons of those who look after a group: about its members, and about what is said there. */
export function registerDeedPages(app: App, ctx: Ctx): void {
  registerPeople(app, ctx)
  const body = nextBody.extend({ reason: z.string().max(10_000).default('') })
  for (const deed of postDeeds) {
    app.post(
      `${paths.groups}/:handle/posts/:id/${deed}`,
      { config, schema: { params, body } },
      async (request, reply) => {
        const viewer = actingViewer(request)
        const { handle, id: postId } = request.params
        const { group } = await getSeenGroup(ctx, handle, viewer.actorId)
        const reason = request.body.reason.trim().slice(0, 500)
        await moderate(ctx, viewer, group.actorId, deed === 'remove' ? { deed, postId, reason } : { deed, postId })
        setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).groups.place.done[deed] })
        return reply.redirect(
          deed === 'remove' ? groupPath(group.handle) : nextOf(request.body, groupPath(group.handle)),
          303,
        )
      },
    )
  }
}

function registerPeople(app: App, ctx: Ctx): void {
  const path = `${paths.groups}/:handle/moderation`
  const register = (verb: string, done: 'accepted' | 'refused' | 'removed' | 'dismissed' | 'lifted', act: Act) =>
    app.post(`${path}/members/:id/${verb}`, { config, schema: { params } }, async (request, reply) => {
      const viewer = actingViewer(request)
      const { group, target } = await findBoth(ctx, viewer, request.params)
      await act(viewer, group.actorId, target.id)
      const words = translatorFor(localeOf(request)).groups.moderation
      const hasGone = verb === 'dismiss' && target.id === viewer.actorId
      const text = hasGone ? words.steppedDown : words[done](nameOf(toActorValue(ctx, target)))
      setFlash(reply, { kind: 'done', text })
      return reply.redirect(hasGone ? groupPath(group.handle) : `${groupPath(group.handle)}/moderation`, 303)
    })
  type Act = (viewer: Viewer, groupId: string, actorId: string) => Promise<void>
  for (const answer of ['accept', 'reject', 'remove'] as const)
    register(answer, answers[answer].done, (viewer, groupId, actorId) =>
      answerMember(ctx, viewer, { groupId, actorId, answer }),
    )
  for (const deed of ['dismiss', 'unban'] as const)
    register(deed, deeds[deed].done, (viewer, groupId, targetId) => moderate(ctx, viewer, groupId, { deed, targetId }))
  registerAppointing(app, ctx)
}

const appointBody = z.object({ role: z.enum(['moderator', 'owner']).catch('moderator') })

function registerAppointing(app: App, ctx: Ctx): void {
  const path = `${paths.groups}/:handle/moderation/members/:id/appoint`
  app.post(path, { config, schema: { params, body: appointBody } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const { role } = request.body
    const { group, target } = await findBoth(ctx, viewer, request.params)
    await moderate(ctx, viewer, group.actorId, { deed: 'appoint', targetId: target.id, role })
    const words = translatorFor(localeOf(request)).groups.moderation
    setFlash(reply, { kind: 'done', text: words.appointed[role](nameOf(toActorValue(ctx, target))) })
    return reply.redirect(`${groupPath(group.handle)}/moderation`, 303)
  })
}

async function findBoth(ctx: Ctx, { actorId }: Viewer, { handle, id }: z.output<typeof params>) {
  const [{ group }, target] = await Promise.all([getSeenGroup(ctx, handle, actorId), getActor(ctx.db, id)])
  return { group, target }
}
