import type { FastifyRequest } from 'fastify'
import type { Ctx, Viewer } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type ProfileInput, updateProfile } from './edit.ts'
import { type CredentialAccount, type Profile, toCredentialAccount, toProfile } from './entity.ts'
import { fieldProblem, profileLimits, requireRole } from './policy.ts'
import { type ProfileForm, profileForm, readProfileForm, type StorePicture } from './profile-fields.ts'
import { findProfileSource, type ProfileSource } from './profile-queries.ts'
import { type Actor, getActor } from './queries.ts'

/** What the routes of the profile are told by features that they may not know. */
export type ProfileSurroundings = Readonly<{
  storePicture: StorePicture
  describePicture(viewer: Viewer, mediaId: string, description: string): Promise<unknown>
  /** The hashtags on the profile, as clients read them. */
  listFeaturedTags(actorId: string): Promise<readonly unknown[]>
}>

const writes = { access: { scope: 'write:accounts' } } as const
const changes = { config: { ...writes, form: profileForm } } as const

// `profile` is what programs ask for that only want to know who somebody is.
const own = { config: { access: { scope: 'profile read:accounts' } } } as const

/** The profile of the actor as which a client acts. @see https://docs.joinmastodon.org/methods/profile/ */
export function registerProfileRoutes(app: App, ctx: Ctx, surroundings: ProfileSurroundings): void {
  app.get('/api/v1/accounts/verify_credentials', own, async (request) => getCredentials(ctx, viewerOf(request)))
  app.patch('/api/v1/accounts/update_credentials', changes, async (request) => {
    await saveForm(ctx, request, surroundings)
    return getCredentials(ctx, viewerOf(request))
  })

  app.get('/api/v1/profile', own, (request) => getProfile(ctx, viewerOf(request), surroundings))
  app.patch('/api/v1/profile', changes, async (request) => {
    await saveForm(ctx, request, surroundings)
    return getProfile(ctx, viewerOf(request), surroundings)
  })

  const remove = (input: ProfileInput) => async (request: FastifyRequest) => {
    await updateProfile(ctx, viewerOf(request), input)
    return getCredentials(ctx, viewerOf(request))
  }
  app.delete('/api/v1/profile/avatar', { config: writes }, remove({ avatarMediaId: null }))
  app.delete('/api/v1/profile/header', { config: writes }, remove({ headerMediaId: null }))
}

async function saveForm(ctx: Ctx, request: FastifyRequest, surroundings: ProfileSurroundings): Promise<void> {
  const viewer = viewerOf(request)
  // Asked before the form is read, since its pictures are stored while they come.
  requireRole(viewer, 'profile')
  const { storePicture, describePicture } = surroundings
  const before = await getActor(ctx.db, viewer.actorId)
  const { input, descriptions } = await readProfileForm(request, viewer, { actor: before, storePicture })
  const described = describedPictures(before, input, descriptions)
  await updateProfile(ctx, viewer, input)
  for (const [mediaId, description] of described) await describePicture(viewer, mediaId, description)
}

/** Which pictures are described, those that came along before those that are there; checked before anything is changed. */
function describedPictures(
  before: Actor,
  input: ProfileInput,
  descriptions: ProfileForm['descriptions'],
): [string, string][] {
  const of = (name: 'avatar' | 'header', mediaId: string | null): [string, string][] => {
    const description = descriptions[name]
    if (description === undefined) return []
    const field = `${name}_description`
    if (description.length > profileLimits.description)
      throw fieldProblem(field, 'ERR_TOO_LONG', `is too long (${profileLimits.description} characters at the most)`)
    if (mediaId !== null) return [[mediaId, description]]
    if (description === '') return []
    throw fieldProblem(field, 'ERR_INVALID', 'describes a picture that is not there: send it along')
  }
  return [
    ...of('avatar', input.avatarMediaId ?? before.avatarMediaId),
    ...of('header', input.headerMediaId ?? before.headerMediaId),
  ]
}

async function getOwn(ctx: Ctx, { actorId }: Viewer): Promise<readonly [Actor, ProfileSource]> {
  const [actor, source] = await Promise.all([getActor(ctx.db, actorId), findProfileSource(ctx.db, actorId)])
  if (!source) throw notFound()
  return [actor, source]
}

async function getCredentials(ctx: Ctx, viewer: Viewer): Promise<CredentialAccount> {
  return toCredentialAccount(ctx, ...(await getOwn(ctx, viewer)))
}

async function getProfile(
  ctx: Ctx,
  viewer: Viewer,
  { listFeaturedTags }: ProfileSurroundings,
): Promise<Profile & { featured_tags: readonly unknown[] }> {
  const [[actor, source], featured] = await Promise.all([getOwn(ctx, viewer), listFeaturedTags(viewer.actorId)])
  return { ...toProfile(ctx, actor, source), featured_tags: featured }
}
