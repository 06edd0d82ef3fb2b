import type { Ctx } from '#src/context.ts'
import { allValid } from '#src/core/checks.ts'
import type { Locale } from '#src/core/i18n.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { conflict, notFound } from '#src/errors.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import { insertLocalActor, prepareLocalActor } from '#src/features/actors/service.ts'
import { type Invite, markInviteUsed } from '#src/features/users/invite-queries.ts'
import { findOpenInvite } from '#src/features/users/invites.ts'
import { prepareUser, type UserInput, writeUser } from '#src/features/users/service.ts'
import { insertMembership, listMemberships } from './queries.ts'

/** Lists the actors as which a user may act: a person's own first, then the others as they came. */
export async function listIdentities(ctx: Ctx, userId: string): Promise<Actor[]> {
  const places = await listMemberships(ctx.db, userId)
  const found = await listActors(
    ctx.db,
    places.map(({ actorId }) => actorId),
  )
  return [...found.filter(({ type }) => type === 'Person'), ...found.filter(({ type }) => type !== 'Person')]
}

/** What somebody without a login fills in to accept an invitation. */
export type AcceptanceInput = UserInput &
  Readonly<{
    /** The identity of one's own, for an invitation that leads to no team. */
    person: Readonly<{ handle: string; name: string }> | null
    locale: Locale
  }>

/** Who came in. */
export type Acceptance = Readonly<{ userId: string; actorId: string }>

/**
 * Accepts an invitation with a new login.
 * @throws Problem `not_found` for an invitation that is not open, `invalid` with the fields that cannot be used
 */
export async function acceptInvite(ctx: Ctx, token: string, input: AcceptanceInput): Promise<Acceptance> {
  const invite = await getOpenInvite(ctx, token)
  const { person, locale } = input
  const wanted = invite.membership
    ? null
    : { type: 'Person' as const, handle: person?.handle ?? '', name: person?.name ?? '' }
  const [user, actor] = await allValid(
    prepareUser(input),
    wanted ? prepareLocalActor(ctx, wanted) : Promise.resolve(null),
  )
  return transaction(ctx.db, async (tx) => {
    const { id: userId } = await writeUser(tx, user, { isAdmin: false, locale })
    await useInvite(ctx, tx, invite, userId)
    if (!actor) return { userId, actorId: await enterTeam(tx, invite, userId) }
    const { id: actorId } = await insertLocalActor(tx, actor, userId)
    await emit(tx, { type: 'newcomer.arrived', actorId })
    return { userId, actorId }
  })
}

/**
 * Accepts an invitation to a team with a login that is there already.
 * @throws Problem `not_found` for an invitation that is not open, `conflict` for one that is for a new login
 */
export async function joinTeam(ctx: Ctx, token: string, userId: string): Promise<Acceptance> {
  const invite = await getOpenInvite(ctx, token)
  return transaction(ctx.db, async (tx) => {
    const actorId = await enterTeam(tx, invite, userId)
    await useInvite(ctx, tx, invite, userId)
    return { userId, actorId }
  })
}

async function getOpenInvite(ctx: Ctx, token: string): Promise<Invite> {
  const invite = await findOpenInvite(ctx, token)
  if (!invite) throw notFound('This invitation is no longer open')
  return invite
}

async function useInvite(ctx: Ctx, tx: Tx, invite: Invite, userId: string): Promise<void> {
  const isFirst = await markInviteUsed(tx, invite.id, userId, ctx.now())
  if (!isFirst) throw conflict('This invitation has just been accepted')
  const actorId = invite.membership?.actorId ?? null
  await recordAct(tx, { viewer: { userId, actorId }, action: 'invite.accepted', subjectId: invite.id })
}

async function enterTeam(tx: Tx, { membership }: Invite, userId: string): Promise<string> {
  if (!membership) throw conflict('This invitation is for a new login')
  // Who is in the team already keeps the role: an old link must not take anything away.
  await insertMembership(tx, { userId, ...membership })
  return membership.actorId
}
