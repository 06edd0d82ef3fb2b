import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { type GroupFormValue, groupForm, type TypedGroup } from '#src/web/components/group-form.ts'
import { groupList } from '#src/web/components/group-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { html } from '#src/web/html.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import { fieldSentences } from '#src/web/problems.ts'
import { registerDeedPages } from './deed-pages.ts'
import { registerFeedPages } from './feed-pages.ts'
import { blankGroup, fieldNames, groupBody, toGroupInput } from './fields.ts'
import { registerModerationPages } from './moderation-pages.ts'
import { listGroupRows } from './page-queries.ts'
import { groupLimits } from './policy.ts'
import { listGroups } from './queries.ts'
import { createGroup } from './service.ts'
import { registerGroupSettingsPages } from './settings-pages.ts'
import { toGroupLine } from './views.ts'

const config = { access: 'session' } as const

/** The groups that are kept here: all of them, a new one, and the pages of each. */
export function registerGroupPages(app: App, ctx: Ctx): void {
  app.get(paths.groups, { config: { access: 'page' } }, (request, reply) => sendIndex(ctx, request, reply))
  app.get(paths.groupNew, { config }, (request, reply) =>
    sendNew(ctx, request, reply, { typed: blankGroup, errors: {} }),
  )
  app.post(paths.groupNew, { config, schema: { body: groupBody } }, async (request, reply) => {
    const typed = request.body
    const t = translatorFor(localeOf(request))
    try {
      const input = { ...toGroupInput(typed), handle: typed.handle, isPrivate: typed.joining === 'private' }
      const { handle, name } = await createGroup(ctx, actingViewer(request), input)
      setFlash(reply, { kind: 'done', text: t.groups.created(name || handle) })
      return reply.redirect(groupPath(handle), 303)
    } catch (error) {
      const errors = fieldSentences(error, t, { minPasswordCharacters: 0, names: fieldNames })
      return sendNew(ctx, request, reply, { typed, errors })
    }
  })
  registerFeedPages(app, ctx)
  registerModerationPages(app, ctx)
  registerDeedPages(app, ctx)
  registerGroupSettingsPages(app, ctx)
}

async function sendIndex(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { viewer } = request
  const readerId = viewer?.actorId ?? null
  const ids = await listGroups(ctx.db, readerId)
  const [rows, actors] = await Promise.all([listGroupRows(ctx.db, ids, readerId), listActors(ctx.db, ids)])
  const lines = actors.flatMap((actor) => {
    const row = rows.find(({ actorId }) => actorId === actor.id)
    return row ? [toGroupLine(ctx, row, actor)] : []
  })
  const t = translatorFor(localeOf(request))
  const isMine = ({ standing }: (typeof lines)[number]) => standing !== null && standing !== 'asking'
  const value = {
    mine: lines.filter(isMine),
    others: lines.filter((line) => !isMine(line)),
    mayCreate: viewer !== null && may(viewer.role, 'profile'),
  }
  return sendPage(request, reply, { title: t.groups.title, description: t.groups.lead, body: groupList(value, t) })
}

type NewGroup = Readonly<{ typed: TypedGroup; errors: GroupFormValue['errors'] }>

async function sendNew(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, errors }: NewGroup,
): Promise<FastifyReply> {
  requireRole(actingViewer(request), 'profile')
  const t = translatorFor(localeOf(request))
  const value: GroupFormValue = {
    action: paths.groupNew,
    ...{ typed, errors, actor: null, isPrivate: false, accept: '' },
    host: ctx.config.handleHost,
    cancelHref: paths.groups,
    limits: groupLimits,
  }
  const words = t.groups.form
  return sendPage(request, reply, {
    title: words.newTitle,
    isIndexable: false,
    status: Object.keys(errors).length > 0 ? 422 : 200,
    body: html`<h1 class="title">${words.newTitle}</h1><p class="lead settings-lead">${words.lead}</p>${groupForm(value, t)}`,
  })
}
