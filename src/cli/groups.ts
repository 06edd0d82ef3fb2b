import type { Ctx, Viewer } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { findLocalActor, listActors } from '#src/features/actors/queries.ts'
import { countWaiting, listGroupIds } from '#src/features/groups/page-queries.ts'
import { findGroup, listModerators } from '#src/features/groups/queries.ts'
import { createGroup } from '#src/features/groups/service.ts'
import { findOwner } from '#src/features/teams/queries.ts'
import { listIdentities } from '#src/features/teams/service.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { type Command, neededOption, textOption, UsageError, wordAt } from './command.ts'

/** `groups create`: makes a group, whose owner is one of the identities here. */
export const createGroupCommand: Command = {
  name: 'groups create',
  usage: 'groups create HANDLE --owner EMAIL|IDENTITY [--name N] [--approval] [--private]',
  about:
    'Makes a group, owned by an identity, or by that of the login EMAIL. Everybody may join unless --approval; with --private only members read what is said.',
  options: {
    owner: { type: 'string' },
    name: { type: 'string' },
    approval: { type: 'boolean' },
    private: { type: 'boolean' },
  },
  needs: 'context',
  run: async (input, ctx) => {
    const handle = wordAt(input, 0, 'HANDLE')
    const owner = neededOption(input, 'owner')
    const viewer = owner.includes('@', 1) ? await byEmail(ctx, owner) : await byHandle(ctx, owner)
    const isPrivate = input.options.private === true
    const isLocked = isPrivate || input.options.approval === true
    const name = textOption(input, 'name')
    const actor = await createGroup(ctx, viewer, { handle, isPrivate, isLocked, ...(name ? { name } : {}) })
    const address = `@${actor.handle}@${ctx.config.handleHost}`
    const data = { id: actor.id, handle: actor.handle, iri: ctx.uris.actor(actor.handle), address, isLocked, isPrivate }
    return { data, text: `${address} is there, owned by ${owner}.` }
  },
}

async function byEmail(ctx: Ctx, email: string): Promise<Viewer> {
  const user = await findUserByEmail(ctx.db, email)
  if (!user) throw notFound(`There is no login for ${email}: make it with "users create" first`)
  const [identity, ...others] = await listIdentities(ctx, user.id)
  if (!identity) throw notFound(`${email} may act as nobody yet: make an identity with "actors create" first`)
  if (others.length > 0) {
    const names = [identity, ...others].map(({ handle }) => handle).join(', ')
    throw new UsageError(`${email} may act as several: write --owner with one of ${names}`)
  }
  return toViewer(user.id, identity.id)
}

async function byHandle(ctx: Ctx, text: string): Promise<Viewer> {
  const handle = text.replace(/^@/, '')
  const actor = await findLocalActor(ctx.db, handle)
  const userId = actor && !actor.deletedAt ? await findOwner(ctx.db, actor.id) : null
  if (!actor || !userId) throw notFound(`There is no identity called ${handle} with an owner`)
  return toViewer(userId, actor.id)
}

/** The operator does it in the name of the owner. */
function toViewer(userId: string, actorId: string): Viewer {
  return { userId, actorId, role: 'owner', scopes: ['read', 'write', 'follow'], appId: null }
}

/** `groups list`. */
export const listGroupsCommand: Command = {
  name: 'groups list',
  usage: 'groups list',
  about: 'Lists the groups that are kept here, with who owns them, their members and who waits to be let in.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const groups = await Promise.all((await listGroupIds(ctx.db)).map((id) => describe(ctx, id)))
    const data = groups.flatMap((group) => group ?? [])
    const lines = data.map(({ handle, access, members, waiting, owners }) =>
      [`@${handle}`, access, `${members} members`, `${waiting} waiting`, `owned by ${owners.join(', ')}`].join('  '),
    )
    return { data, text: lines.length > 0 ? lines.join('\n') : 'No group is kept here.' }
  },
}

async function describe(ctx: Ctx, groupId: string) {
  const group = await findGroup(ctx.db, groupId)
  const [actor] = await listActors(ctx.db, [groupId])
  if (!group || !actor) return null
  const owners = (await listModerators(ctx.db, groupId)).filter(({ role }) => role === 'owner')
  const named = await listActors(
    ctx.db,
    owners.map(({ actorId }) => actorId),
  )
  return {
    handle: group.handle,
    name: actor.name,
    access: group.isPrivate ? 'private' : group.isLocked ? 'approval' : 'open',
    members: actor.followersCount,
    waiting: await countWaiting(ctx.db, { group, standing: { role: 'owner' } }),
    owners: named.map((one) => acctOf(one)),
  }
}
