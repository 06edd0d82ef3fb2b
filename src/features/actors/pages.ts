import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { notFound, Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { updateProfile } from './edit.ts'
import { requireRole } from './policy.ts'
import type { StorePicture } from './profile-fields.ts'
import { findProfileSource } from './profile-queries.ts'
import { type Actor, getActor } from './queries.ts'
import { type PictureChoices, readSettings, type SettingsInput, settingsOf, toProfileInput } from './settings-fields.ts'
import { settingsView } from './views.ts'

/** What the settings are told by the feature of pictures, which they may not know. */
export type SettingsSurroundings = Readonly<{
  storePicture: StorePicture
  describePicture(viewer: Viewer, mediaId: string, description: string): Promise<unknown>
}>

/** The settings of the profile of the actor as which one acts. */
export function registerActorPages(app: App, ctx: Ctx, surroundings: SettingsSurroundings): void {
  app.get('/settings', { config: { access: 'session' } }, async (_request, reply) =>
    reply.redirect(paths.settings, 303),
  )
  app.get(paths.settings, { config: { access: 'session' } }, async (request, reply) => {
    // Whoever may not change the profile, or acts as nobody, still has a password.
    if (!request.viewer || !may(request.viewer.role, 'profile')) return reply.redirect(paths.settingsLogin, 303)
    const { actorId } = request.viewer
    const [actor, source] = await Promise.all([getActor(ctx.db, actorId), findProfileSource(ctx.db, actorId)])
    if (!source) throw notFound()
    return sendSettings(ctx, request, reply, { actor, input: settingsOf(actor, source), errors: {} })
  })
  app.post(paths.settings, { config: { access: 'session' } }, (request, reply) =>
    save(ctx, request, reply, surroundings),
  )
}

async function save(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  surroundings: SettingsSurroundings,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  requireRole(viewer, 'profile')
  const t = translatorFor(localeOf(request))
  const sent = await readSettings(request, { viewer, storePicture: surroundings.storePicture, t })
  // First and by themselves: a file that was chosen cannot be put into the form again when something else is wrong.
  const pictured = await savePictures(ctx, viewer, sent.pictures)
  await describePictures(viewer, pictured, sent.input, surroundings)
  const { actor, errors } = await saveWords(ctx, viewer, { input: sent.input, before: pictured }, t)
  const wrong = { ...sent.errors, ...errors }
  if (Object.keys(wrong).length > 0)
    return sendSettings(ctx, request, reply, { actor, input: sent.input, errors: wrong })
  const isReady = [actor.avatar, actor.header].every((picture) => picture?.state !== 'uploaded')
  const text = isReady ? t.settings.saved : t.pages.profileSettings.preparing
  setFlash(reply, { kind: 'done', text })
  return reply.redirect(paths.settings, 303)
}

async function savePictures(ctx: Ctx, viewer: Viewer, { avatar, header }: PictureChoices): Promise<Actor> {
  if (avatar === undefined && header === undefined) return getActor(ctx.db, viewer.actorId)
  return updateProfile(ctx, viewer, { avatarMediaId: avatar, headerMediaId: header })
}

async function describePictures(
  viewer: Viewer,
  { avatar, header }: Actor,
  { avatarAlt, headerAlt }: SettingsInput,
  { describePicture }: SettingsSurroundings,
): Promise<void> {
  for (const [picture, alt] of [
    [avatar, avatarAlt],
    [header, headerAlt],
  ] as const) {
    if (picture && (picture.description ?? null) !== alt) await describePicture(viewer, picture.id, alt ?? '')
  }
}

type Saved = Readonly<{ actor: Actor; errors: Readonly<Record<string, string>> }>

async function saveWords(
  ctx: Ctx,
  viewer: Viewer,
  { input, before }: Readonly<{ input: SettingsInput; before: Actor }>,
  t: Translator,
): Promise<Saved> {
  try {
    return { actor: await updateProfile(ctx, viewer, toProfileInput(input)), errors: {} }
  } catch (error) {
    if (!(error instanceof Problem) || !error.details) throw error
    return { actor: before, errors: sentencesOf(error.details, t) }
  }
}

/** The names of the form for those of the Problem. */
const names: Readonly<Record<string, string>> = { display_name: 'name', note: 'summary' }

function sentencesOf(details: NonNullable<Problem['details']>, t: Translator): Record<string, string> {
  const entries = Object.entries(details).map(([field, [problem]]) => {
    const sentence = problem?.error === 'ERR_TOO_LONG' ? t.fieldProblems.tooLong : t.fieldProblems.other
    const isUnnamed = field === 'fields' && problem?.error === 'ERR_BLANK'
    return [names[field] ?? field, isUnnamed ? t.pages.profileSettings.unnamed : sentence]
  })
  return Object.fromEntries(entries)
}

type SettingsState = Readonly<{ actor: Actor; input: SettingsInput; errors: Readonly<Record<string, string>> }>

async function sendSettings(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  state: SettingsState,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  return sendPage(request, reply, {
    title: t.settings.title,
    isIndexable: false,
    status: Object.keys(state.errors).length > 0 ? 422 : 200,
    scripts: ['form.js'],
    body: settingsView(ctx, state, t),
  })
}
