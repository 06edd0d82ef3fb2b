import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type App, flag, idParams, textList } from '#src/http/zod.ts'
import { type ProfileInput, updateProfile } from './edit.ts'
import { type CredentialAccount, toAccount, toCredentialAccount } from './entity.ts'
import { requireRole } from './policy.ts'
import { readProfileForm, type StorePicture } from './profile-fields.ts'
import { findProfileSource } from './profile-queries.ts'
import { getActor, listActors } from './queries.ts'
import { findByAcct, resolveActorIri, searchAccounts } from './service.ts'

const reads = { access: { scope: 'read:accounts', isOptional: true } } as const
const writes = { access: { scope: 'write:accounts' } } as const

/** More ids than this in one request are no page of a client. */
const mostIds = 200

/** Actors in the client API, where they are called accounts. @see https://docs.joinmastodon.org/methods/accounts/ */
export function registerActorRoutes(app: App, ctx: Ctx, { storePicture }: { storePicture: StorePicture }): void {
  registerReading(app, ctx)
  registerSearch(app, ctx)
  registerProfile(app, ctx, storePicture)
}

function registerReading(app: App, ctx: Ctx): void {
  app.get('/api/v1/accounts/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const actor = await getActor(ctx.db, request.params.id)
    if (actor.deletedAt) throw notFound()
    return toAccount(ctx, actor, actor.movedToIri ? await resolveActorIri(ctx, actor.movedToIri) : null)
  })

  const ids = textList.refine((list) => list.length <= mostIds, `may be ${mostIds} at the most`).default([])
  app.get('/api/v1/accounts', { config: reads, schema: { querystring: z.object({ id: ids }) } }, async (request) => {
    const found = await listActors(ctx.db, [...new Set(request.query.id)])
    return found.filter(({ deletedAt }) => !deletedAt).map((actor) => toAccount(ctx, actor))
  })
}

const searchQuery = z.object({
  q: z.string('must be given'),
  limit: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .default(40)
    .transform((limit) => Math.min(limit, 80)),
  offset: z.coerce.number('must be a number').int().min(0).max(10_000).default(0),
  resolve: flag.default(false),
  following: flag.default(false),
})

function registerSearch(app: App, ctx: Ctx): void {
  const lookup = { config: reads, schema: { querystring: z.object({ acct: z.string('must be given') }) } }
  app.get('/api/v1/accounts/lookup', lookup, async (request) => {
    const actor = await findByAcct(ctx, request.query.acct)
    if (!actor) throw notFound()
    return toAccount(ctx, actor)
  })

  // Of those who are signed in: a search may make this server ask another one.
  const search = { config: { access: { scope: 'read:accounts' } }, schema: { querystring: searchQuery } }
  app.get('/api/v1/accounts/search', search, async (request) => {
    const { q: text, limit, offset, resolve: mayLookUp, following: isFollowed } = request.query
    const found = await searchAccounts(ctx, viewerOf(request), { text, limit, offset, mayLookUp, isFollowed })
    return found.map((actor) => toAccount(ctx, actor))
  })
}

function registerProfile(app: App, ctx: Ctx, storePicture: StorePicture): void {
  // `profile` is what programs ask for that only want to know who somebody is.
  const own = { config: { access: { scope: 'profile read:accounts' } } } as const
  app.get('/api/v1/accounts/verify_credentials', own, async (request) => getCredentials(ctx, viewerOf(request)))

  app.patch('/api/v1/accounts/update_credentials', { config: writes }, async (request) => {
    const viewer = viewerOf(request)
    // Asked before the form is read, since its pictures are stored while they come.
    requireRole(viewer, 'profile')
    const actor = await getActor(ctx.db, viewer.actorId)
    return change(ctx, viewer, await readProfileForm(request, viewer, { actor, storePicture }))
  })

  app.delete('/api/v1/profile/avatar', { config: writes }, async (request) =>
    change(ctx, viewerOf(request), { avatarMediaId: null }),
  )
  app.delete('/api/v1/profile/header', { config: writes }, async (request) =>
    change(ctx, viewerOf(request), { headerMediaId: null }),
  )
}

async function change(ctx: Ctx, viewer: Viewer, input: ProfileInput): Promise<CredentialAccount> {
  await updateProfile(ctx, viewer, input)
  return getCredentials(ctx, viewer)
}

async function getCredentials(ctx: Ctx, viewer: Viewer): Promise<CredentialAccount> {
  const [actor, source] = await Promise.all([
    getActor(ctx.db, viewer.actorId),
    findProfileSource(ctx.db, viewer.actorId),
  ])
  if (!source) throw notFound()
  return toCredentialAccount(ctx, actor, source)
}
