import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { hashPassword, makeToken, verifyPassword } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { conflict, type FieldProblem, invalid } from '#src/errors.ts'
import { findUserByEmail, hasOtherAdmin, insertUser, setUserAdmin, setUserDisabled, type User } from './queries.ts'

/** The shortest password that is accepted. */
export const minPasswordCharacters = 8

/** Longer ones are refused: nobody types them, and hashing them costs us. */
const maxPasswordCharacters = 500

const emailAddress = z.email().max(254)

/** What a login needs. */
export type UserInput = Readonly<{ email: string; password: string }>

/** A login that is checked and hashed, ready to be written in a transaction. */
export type PreparedUser = Readonly<{ email: string; passwordHash: string }>

const blank: FieldProblem = { error: 'ERR_BLANK', description: "can't be blank" }

/** What is wrong with the input of a login, by field; null when nothing is. */
export function findUserProblems({ email, password }: UserInput): Record<string, FieldProblem[]> | null {
  const [wrongEmail, wrongPassword] = [findEmailProblem(email.trim()), findPasswordProblem(password)]
  if (!wrongEmail && !wrongPassword) return null
  return {
    ...(wrongEmail ? { email: [wrongEmail] } : {}),
    ...(wrongPassword ? { password: [wrongPassword] } : {}),
  }
}

function findEmailProblem(email: string): FieldProblem | null {
  if (email === '') return blank
  if (emailAddress.safeParse(email).success) return null
  return { error: 'ERR_INVALID', description: 'must be an e-mail address' }
}

function findPasswordProblem({ length }: string): FieldProblem | null {
  if (length === 0) return blank
  if (length < minPasswordCharacters)
    return { error: 'ERR_TOO_SHORT', description: `must have at least ${minPasswordCharacters} characters` }
  if (length <= maxPasswordCharacters) return null
  return { error: 'ERR_TOO_LONG', description: `must have at most ${maxPasswordCharacters} characters` }
}

/** An e-mail address as it is kept. @throws Problem `invalid` with `details.email` */
export function readEmail(text: string): string {
  const email = text.trim()
  const problem = findEmailProblem(email)
  if (problem) throw invalid(`Validation failed: Email ${problem.description}`, { email: [problem] })
  return email
}

/**
 * Checks a login and hashes its password, which takes too long for a transaction.
 * @throws Problem `invalid` with `email` and `password` in its details
 */
export async function prepareUser(input: UserInput): Promise<PreparedUser> {
  const problems = findUserProblems(input)
  if (problems) throw invalid(sentenceOf(problems), problems)
  return { email: input.email.trim(), passwordHash: await hashPassword(input.password) }
}

function sentenceOf(problems: Record<string, FieldProblem[]>): string {
  const parts = Object.entries(problems).flatMap(([field, list]) =>
    list.map(({ description }) => `The ${field} ${description}`),
  )
  return parts.join('. ')
}

/** What is said about a login besides how to get in. */
export type UserTraits = Readonly<{ isAdmin: boolean; locale: string | null }>

/**
 * Writes a login in the transaction of what it is part of.
 * @throws Problem `invalid` when the e-mail address has a login already
 */
export async function writeUser(tx: Tx, user: PreparedUser, traits: UserTraits): Promise<User> {
  const written = await insertUser(tx, { ...user, ...traits })
  if (!written) {
    const taken = { error: 'ERR_TAKEN', description: 'has a login already' }
    throw invalid('This e-mail address has a login already', { email: [taken] })
  }
  const details = { isAdmin: traits.isAdmin }
  await recordAct(tx, { viewer: null, action: 'user.created', subjectId: written.id, details })
  return written
}

/**
 * Makes a login.
 * @throws Problem `invalid` with `email` and `password` in its details
 */
export async function createUser(ctx: Ctx, input: UserInput & Partial<UserTraits>): Promise<User> {
  const prepared = await prepareUser(input)
  return transaction(ctx.db, (tx) =>
    writeUser(tx, prepared, { isAdmin: input.isAdmin ?? false, locale: input.locale ?? null }),
  )
}

let decoy: Promise<string> | undefined

/** The hash of a password that nobody knows, for looking at when there is none: the time must not tell that. */
function nobodysHash(): Promise<string> {
  decoy ??= hashPassword(makeToken())
  return decoy
}

/** Whether a password is one of some, by their hashes; which one it is, or -1. Where there are none it takes as long as for one. */
export async function findFittingHash(password: string, hashes: readonly string[]): Promise<number> {
  const compared = hashes.length > 0 ? hashes : [await nobodysHash()]
  const fits = await Promise.all(compared.map((hash) => verifyPassword(password.slice(0, maxPasswordCharacters), hash)))
  return fits.indexOf(true)
}

/**
 * Finds the user to whom an e-mail address and a password belong; null when they do not go together or the login is disabled. An unknown
 * address takes as long as a wrong password, so that the time does not tell who has a login here.
 */
export async function checkPassword(ctx: Ctx, { email, password }: UserInput): Promise<User | null> {
  const found = await findUserByEmail(ctx.db, email.trim())
  const fitting = await findFittingHash(password, found ? [found.passwordHash] : [])
  if (!found || fitting < 0 || found.disabledAt) return null
  const { passwordHash: _, ...user } = found
  return user
}

/** Stops a user from signing in and acting, from the next request on, or lets them again; false when nothing changed. */
export async function changeAccess(ctx: Ctx, userId: string, access: 'disabled' | 'enabled'): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    const hasChanged = await setUserDisabled(tx, userId, access === 'disabled' ? ctx.now() : null)
    if (hasChanged) await recordAct(tx, { viewer: null, action: `user.${access}`, subjectId: userId })
    return hasChanged
  })
}

/**
 * Gives a user the right to run the instance, or takes it, from the next request on; false when nothing changed.
 * @throws Problem `conflict` for the last one who has it
 */
export async function changeRight(ctx: Ctx, userId: string, right: 'promoted' | 'demoted'): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    // Two who take it from each other at once would leave nobody.
    await lockByName(tx, 'administrators')
    if (right === 'demoted' && !(await hasOtherAdmin(tx, userId)))
      throw conflict('Nobody would be left who runs the instance: promote somebody else first')
    const hasChanged = await setUserAdmin(tx, userId, right === 'promoted')
    if (hasChanged) await recordAct(tx, { viewer: null, action: `user.${right}`, subjectId: userId })
    return hasChanged
  })
}
