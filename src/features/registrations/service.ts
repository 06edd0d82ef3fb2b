import type { Ctx } from '#src/context.ts'
import { allValid } from '#src/core/checks.ts'
import type { Locale } from '#src/core/i18n.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { forbidden, limited, notFound } from '#src/errors.ts'
import { fieldProblem, handleTaken, readHandle } from '#src/features/actors/policy.ts'
import { isHandleTaken } from '#src/features/actors/profile-queries.ts'
import { getInstance } from '#src/features/instance/service.ts'
import type { OAuthApp } from '#src/features/oauth/app-queries.ts'
import { insertToken } from '#src/features/oauth/queries.ts'
import type { IssuedToken } from '#src/features/oauth/service.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { findFittingHash, prepareUser, readEmail, type UserInput } from '#src/features/users/service.ts'
import {
  countMails,
  findByTicket,
  insertRegistration,
  listByEmail,
  lockRegistration,
  type Registration,
  setLink,
  setTicket,
} from './queries.ts'

const dayMs = 24 * 3_600_000

/** A handle is kept for somebody who does not confirm the address for this long. */
export const unconfirmedLifetimeMs = 7 * dayMs

/** For how long the link in a mail can be used. */
const linkLifetimeMs = 2 * dayMs

/** Mails to one address because of registrations that are still there: anybody can type anybody's address. */
const mostMails = 6

/** The longest reason, in characters. */
export const longestReason = 2_000

/** What somebody fills in who wants to come in. */
export type RegistrationInput = UserInput &
  Readonly<{
    handle: string
    /** Whether the rules of the instance are agreed to. */
    isAgreed: boolean
    /** Why; asked for where administrators decide. */
    reason: string
    /** The language of the mails. */
    locale: Locale
  }>

/**
 * Registers somebody through an app.
 * @returns the token that acts as this person later, and until then can do nothing but ask whether it is later
 * @throws Problem `forbidden` when nobody can register, `invalid` with the fields that cannot be used, `limited` for an address that was
 * sent many mails
 */
export async function registerByApp(ctx: Ctx, app: OAuthApp, input: RegistrationInput): Promise<IssuedToken> {
  const accessToken = makeToken()
  return register(ctx, input, async (tx, { id: registrationId, createdAt }) => {
    const nobody = { userId: null, actorId: null, codeHash: null }
    const { id: appId, scopes } = app
    await insertToken(tx, { ...nobody, registrationId, tokenHash: hashToken(accessToken), appId, scopes, createdAt })
    return { accessToken, scopes, createdAt }
  })
}

/** Registers somebody on a page. @returns the ticket with which the browser waits @throws Problem as `registerByApp` */
export async function registerByBrowser(ctx: Ctx, input: RegistrationInput): Promise<string> {
  return register(ctx, input, (tx, { id }) => handTicket(tx, id))
}

async function register<T>(
  ctx: Ctx,
  input: RegistrationInput,
  also: (tx: Tx, registration: Registration) => Promise<T>,
): Promise<T> {
  const { registrationMode: mode } = await getInstance(ctx)
  if (mode === 'closed') throw forbidden()
  const [handle, user, reason] = await allValid(
    readFreeHandle(ctx, input.handle),
    prepareUser(input),
    readReason(input.reason, mode === 'approval'),
    checkAgreement(input.isAgreed),
  )
  const row = { ...user, handle, reason, locale: input.locale, createdAt: ctx.now() }
  return transaction(ctx.db, async (tx) => {
    const registration = await insertRegistration(tx, row)
    if (!registration) throw handleTaken()
    const { id, email } = registration
    await recordAct(tx, { viewer: null, action: 'registration.requested', subjectId: id, details: { handle } })
    await sendLink(ctx, tx, { id, email })
    return also(tx, registration)
  })
}

async function readFreeHandle(ctx: Ctx, text: string): Promise<string> {
  const handle = readHandle(text)
  if (await isHandleTaken(ctx.db, handle)) throw handleTaken()
  return handle
}

async function readReason(text: string, isNeeded: boolean): Promise<string> {
  const reason = text.trim()
  if (isNeeded && reason === '') throw fieldProblem('reason', 'ERR_BLANK', "can't be blank")
  if (reason.length > longestReason)
    throw fieldProblem('reason', 'ERR_TOO_LONG', `is too long (${longestReason} characters at the most)`)
  return reason
}

async function checkAgreement(isAgreed: boolean): Promise<void> {
  if (!isAgreed) throw fieldProblem('agreement', 'ERR_ACCEPTED', 'must be accepted')
}

/**
 * Sends the link once more, if need be to another address.
 * @throws Problem `not_found` when the registration is over, `forbidden` when its address is confirmed, `invalid` with `details.email`,
 * `limited` for an address that was sent many mails
 */
export async function resendLink(ctx: Ctx, registrationId: string, newEmail: string | null): Promise<void> {
  const changed = newEmail === null ? null : readEmail(newEmail)
  await transaction(ctx.db, async (tx) => {
    const registration = await lockRegistration(tx, registrationId)
    if (!registration) throw notFound()
    if (registration.confirmedAt) throw alreadyConfirmed()
    await sendLink(ctx, tx, { id: registrationId, email: changed ?? registration.email })
  })
}

/** 403 in the words of Mastodon: there is nothing left to confirm. */
export function alreadyConfirmed() {
  return forbidden('This method is only available while the e-mail is awaiting confirmation')
}

/**
 * Who has a login with this address already is told so by mail, and nobody else is told anything: what is answered here is the same for
 * every address.
 */
async function sendLink(ctx: Ctx, tx: Tx, { id, email }: Readonly<{ id: string; email: string }>): Promise<void> {
  await lockByName(tx, `registration ${email.toLowerCase()}`)
  const now = ctx.now().getTime()
  if ((await countMails(tx, email)) >= mostMails) {
    throw limited(
      'This address was sent several mails already: look for them, or ask those who run this server',
      new Date(now + unconfirmedLifetimeMs),
    )
  }
  const token = makeToken()
  const isNew = (await findUserByEmail(tx, email)) === null
  await setLink(tx, id, {
    email,
    linkHash: isNew ? hashToken(token) : null,
    linkExpiresAt: isNew ? new Date(now + linkLifetimeMs) : null,
  })
  const link = isNew ? `${ctx.config.publicUrl}/signup/confirm/${token}` : null
  await emit(tx, { type: 'registration.requested', registrationId: id, email, link })
}

async function handTicket(tx: Tx, id: string): Promise<string> {
  const ticket = makeToken()
  await setTicket(tx, id, hashToken(ticket))
  return ticket
}

/** Finds what a browser waits for, by its ticket. */
export async function findOwnRegistration(ctx: Ctx, ticket: string): Promise<Registration | null> {
  return findByTicket(ctx.db, hashToken(ticket))
}

/**
 * Gives a browser a ticket for the registration to which an address and a password belong; null when there is none. It takes as long for
 * an unknown address as for a wrong password.
 */
export async function giveTicket(ctx: Ctx, { email, password }: UserInput): Promise<string | null> {
  const candidates = await listByEmail(ctx.db, email.trim())
  const fitting = await findFittingHash(
    password,
    candidates.map(({ passwordHash }) => passwordHash),
  )
  const found = candidates[fitting]
  return found ? transaction(ctx.db, (tx) => handTicket(tx, found.id)) : null
}
