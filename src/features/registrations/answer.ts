import type { Ctx } from '#src/context.ts'
import { type ActorKeys, generateActorKeys } from '#src/core/keys.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { conflict, notFound } from '#src/errors.ts'
import { insertLocalActor } from '#src/features/actors/service.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { bindTokens } from '#src/features/oauth/queries.ts'
import { writeUser } from '#src/features/users/service.ts'
import {
  deleteRegistration,
  deleteUnconfirmed,
  lockByHandle,
  markConfirmed,
  type Registration,
  setTicket,
} from './queries.ts'
import { unconfirmedLifetimeMs } from './service.ts'

/** What comes of a confirmed address: the person is in, or waits for an administrator, with a ticket for the browser. */
export type Confirmation = Readonly<{ state: 'in' } | { state: 'waits'; ticket: string }>

/**
 * Confirms the address to which a link was mailed. Who registered while everybody could come in, and confirms when that is over, waits.
 * @throws Problem `not_found` for a link that leads nowhere, `invalid` when the address got a login in another way meanwhile
 */
export async function confirmAddress(ctx: Ctx, token: string): Promise<Confirmation> {
  const isOpen = (await getInstance(ctx)).registrationMode === 'open'
  const keys = isOpen ? await generateActorKeys() : null
  return transaction(ctx.db, async (tx): Promise<Confirmation> => {
    const registration = await markConfirmed(tx, hashToken(token), ctx.now())
    if (!registration) throw notFound('This link is no longer good')
    await record(tx, registration, 'registration.confirmed')
    if (keys) {
      await admit(tx, registration, keys)
      return { state: 'in' }
    }
    const ticket = makeToken()
    await setTicket(tx, registration.id, hashToken(ticket))
    return { state: 'waits', ticket }
  })
}

/**
 * Lets somebody in who waits, as an operator.
 * @throws Problem `not_found`, `conflict` when the address is not confirmed, `invalid` when it has a login already
 */
export async function approveRegistration(ctx: Ctx, handle: string): Promise<Registration> {
  const keys = await generateActorKeys()
  return transaction(ctx.db, async (tx) => {
    const registration = await lockWaiting(tx, handle)
    if (!registration.confirmedAt) throw conflict(`${registration.email} is not confirmed yet`)
    const userId = await admit(tx, registration, keys)
    await record(tx, registration, 'registration.approved')
    await emit(tx, { type: 'registration.approved', userId })
    return registration
  })
}

/** Sends somebody away who wants to come in, as an operator: the handle is free again. @throws Problem `not_found` */
export async function refuseRegistration(ctx: Ctx, handle: string): Promise<Registration> {
  return transaction(ctx.db, async (tx) => {
    const registration = await lockWaiting(tx, handle)
    await deleteRegistration(tx, registration.id)
    await record(tx, registration, 'registration.refused')
    return registration
  })
}

async function lockWaiting(tx: Tx, handle: string): Promise<Registration> {
  const registration = await lockByHandle(tx, handle.replace(/^@/, ''))
  if (!registration) throw notFound(`Nobody called ${handle} waits to be let in`)
  return registration
}

/** Makes the login and the identity. They are what anybody gets who is invited; only now is there something that others could find. */
async function admit(tx: Tx, registration: Registration, keys: ActorKeys): Promise<string> {
  const { id, email, passwordHash, handle, locale } = registration
  const { id: userId } = await writeUser(tx, { email, passwordHash }, { isAdmin: false, locale })
  const person = { handle, type: 'Person', name: '', emojis: [], isLocked: true, keys } as const
  const { id: actorId } = await insertLocalActor(tx, person, userId)
  await bindTokens(tx, id, { userId, actorId })
  await emit(tx, { type: 'newcomer.arrived', actorId })
  await deleteRegistration(tx, id)
  return userId
}

function record(tx: Tx, { id, handle }: Registration, action: string): Promise<void> {
  return recordAct(tx, { viewer: null, action, subjectId: id, details: { handle } })
}

/** Removes registrations whose address nobody confirms, so that their handles come free. Call it now and then; returns how many. */
export async function dropUnconfirmed(ctx: Ctx): Promise<number> {
  return deleteUnconfirmed(ctx.db, new Date(ctx.now().getTime() - unconfirmedLifetimeMs))
}
