import type { Ctx } from '#src/context.ts'
import { invalid, notFound } from '#src/errors.ts'
import { findUserByEmail, type User } from '#src/features/users/queries.ts'
import { makeResetLink } from '#src/features/users/reset.ts'
import { changeAccess, changeRight, createUser } from '#src/features/users/service.ts'
import { type Command, type Input, neededOption, wordAt } from './command.ts'

/** `users create`: makes a login. */
export const createUserCommand: Command = {
  name: 'users create',
  usage: 'users create EMAIL --password P [--admin]',
  about: 'Makes a login. The first administrator closes the set-up in the browser.',
  options: { password: { type: 'string' }, admin: { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const email = wordAt(input, 0, 'EMAIL')
    const isAdmin = input.options.admin === true
    const user = await createUser(ctx, { email, password: neededOption(input, 'password'), isAdmin })
    return { data: { id: user.id, email: user.email, isAdmin }, text: `${user.email} can sign in now.` }
  },
}

/** The user whose address stands first. @throws Problem `not_found` */
async function namedUser(input: Input, ctx: Ctx): Promise<User> {
  const email = wordAt(input, 0, 'EMAIL')
  const user = await findUserByEmail(ctx.db, email)
  if (!user) throw notFound(`There is no login for ${email}`)
  return user
}

/** `users password`: a way back in for who has forgotten it. */
export const resetPasswordCommand: Command = {
  name: 'users password',
  usage: 'users password EMAIL',
  about: 'Makes a link by which a new password can be chosen, for who has forgotten it. Hand it to nobody else.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const user = await namedUser(input, ctx)
    const { email } = user
    if (user.disabledAt) throw invalid(`The login ${email} is disabled: "users enable ${email}" lets it in again`)
    const { link, expiresAt } = await makeResetLink(ctx, user, 'handed')
    return {
      data: { link, email, expiresAt },
      text: `${link}\nIt works once, until ${expiresAt.toISOString().slice(0, 16)} UTC.`,
    }
  },
}

const access = (verb: 'disable' | 'enable'): Command => ({
  name: `users ${verb}`,
  usage: `users ${verb} EMAIL`,
  about: verb === 'disable' ? 'Stops a user from signing in and acting, at once.' : 'Lets a disabled user in again.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const user = await namedUser(input, ctx)
    const { email } = user
    const hasChanged = await changeAccess(ctx, user.id, `${verb}d`)
    const state = `${verb}d`
    return {
      data: { id: user.id, email, state, hasChanged },
      text: `${email} is ${hasChanged ? '' : 'already '}${state}.`,
    }
  },
})

/** `users disable`. */
export const disableUserCommand = access('disable')

const right = (verb: 'promote' | 'demote', about: string): Command => ({
  name: `users ${verb}`,
  usage: `users ${verb} EMAIL`,
  about,
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const { id, email } = await namedUser(input, ctx)
    const hasChanged = await changeRight(ctx, id, `${verb}d`)
    const isAdmin = verb === 'promote'
    return {
      data: { id, email, isAdmin, hasChanged },
      text: `${email} ${isAdmin ? 'runs the instance' : 'does not run the instance'}${hasChanged ? ' from now on' : ', as before'}.`,
    }
  },
})

/** `users promote`. */
export const promoteUserCommand = right('promote', 'Makes a user an administrator, who runs the instance.')

/** `users demote`. */
export const demoteUserCommand = right('demote', 'Takes that right back, from the next request on.')

/** `users enable`. */
export const enableUserCommand = access('enable')
