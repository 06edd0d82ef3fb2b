import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { acceptedMimes } from '#src/core/images/sniff.ts'
import { notFound, Problem } from '#src/errors.ts'
import { findProfileSource } from '#src/features/actors/profile-queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { actingViewer } from '#src/http/auth.ts'
import { readForm } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { type GroupFormValue, groupEnding, groupForm, type TypedGroup } from '#src/web/components/group-form.ts'
import { setFlash } from '#src/web/flash.ts'
import { html } from '#src/web/html.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import { fieldSentences } from '#src/web/problems.ts'
import { fieldNames, groupBody, toGroupInput } from './fields.ts'
import { getSeenGroup, type SeenGroup } from './load.ts'
import { sendGroupPage } from './member-pages.ts'
import { groupLimits, mayAct } from './policy.ts'
import { changeGroup, endGroup, storeGroupPicture } from './service.ts'
import { accessOf } from './views.ts'

const config = { access: 'session' } as const
const params = z.object({ handle: z.string() })

/** What a group is, for its owners to change. */
export function registerGroupSettingsPages(app: App, ctx: Ctx): void {
  const path = `${paths.groups}/:handle/settings`
  app.get(path, { config, schema: { params } }, async (request, reply) => {
    const seen = await getOwned(ctx, actingViewer(request), request.params.handle)
    return sendSettings(ctx, request, reply, { seen, typed: await typedOf(ctx, seen), errors: {} })
  })
  app.post(path, { config, schema: { params } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const seen = await getOwned(ctx, viewer, request.params.handle)
    const t = translatorFor(localeOf(request))
    const { typed, avatarMediaId, isUnusable } = await readSent(ctx, request, viewer, seen)
    const errors: Record<string, string> = isUnusable ? { avatar: t.groups.form.unusable } : {}
    try {
      const { isLocked, ...input } = toGroupInput(typed)
      const access = seen.group.isPrivate ? {} : { isLocked }
      await changeGroup(ctx, viewer, seen.group.actorId, { ...input, ...access, avatarMediaId })
    } catch (error) {
      Object.assign(errors, fieldSentences(error, t, { minPasswordCharacters: 0, names: fieldNames }))
    }
    if (Object.keys(errors).length > 0)
      return sendSettings(ctx, request, reply, { seen: await getOwned(ctx, viewer, seen.group.handle), typed, errors })
    setFlash(reply, { kind: 'done', text: t.groups.form.saved })
    return reply.redirect(`${groupPath(seen.group.handle)}/settings`, 303)
  })
  app.post(`${path}/end`, { config, schema: { params } }, async (request, reply) => {
    const viewer = actingViewer(request)
    const { group, actor } = await getOwned(ctx, viewer, request.params.handle)
    await endGroup(ctx, viewer, group.actorId)
    const words = translatorFor(localeOf(request)).groups.form
    setFlash(reply, { kind: 'done', text: words.ended(nameOf(toActorValue(ctx, actor))) })
    return reply.redirect(paths.groups, 303)
  })
}

/** @throws Problem `not_found` for who does not own the group: the page is not for them */
async function getOwned(ctx: Ctx, viewer: Viewer, handle: string): Promise<SeenGroup> {
  const seen = await getSeenGroup(ctx, handle, viewer.actorId)
  if (!mayAct(seen.standing.role, 'change')) throw notFound()
  return seen
}

async function typedOf(ctx: Ctx, { group, actor }: SeenGroup): Promise<TypedGroup> {
  const source = await findProfileSource(ctx.db, group.actorId)
  const { handle, posting, rules, question } = group
  const { name } = actor
  return { handle, name, summary: source?.summarySource ?? '', joining: accessOf(group), posting, rules, question }
}

async function readSent(ctx: Ctx, request: FastifyRequest, viewer: Viewer, { group }: SeenGroup) {
  let avatarMediaId: string | null | undefined
  let isUnusable = false
  const entries = await readForm(request, async ({ field, stream }) => {
    if (field !== 'avatar') return
    try {
      avatarMediaId = await storeGroupPicture(ctx, viewer, { groupId: group.actorId, stream })
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== 'invalid' && error.code !== 'too_large')) throw error
      isUnusable = true
    }
  })
  const fields = Object.fromEntries(entries)
  if (avatarMediaId === undefined && fields['avatar-remove'] === 'true') avatarMediaId = null
  return { typed: groupBody.parse(fields), avatarMediaId, isUnusable }
}

type SettingsState = Readonly<{ seen: SeenGroup; typed: TypedGroup; errors: GroupFormValue['errors'] }>

async function sendSettings(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { seen, typed, errors }: SettingsState,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const { group, actor } = seen
  const path = groupPath(group.handle)
  const value: GroupFormValue = {
    action: `${path}/settings`,
    ...{ typed, errors, isPrivate: group.isPrivate, limits: groupLimits },
    actor: toActorValue(ctx, actor),
    host: ctx.config.handleHost,
    cancelHref: path,
    accept: acceptedMimes.join(','),
  }
  const body = html`<h2 class="visually-hidden">${t.groups.form.settingsTitle}</h2>${groupForm(value, t)}
    ${groupEnding({ action: `${path}/settings/end`, isPrivate: group.isPrivate }, t)}`
  const status = Object.keys(errors).length > 0 ? 422 : 200
  return sendGroupPage(ctx, request, reply, { seen, current: 'settings', body, status, scripts: ['form.js'] })
}
