import { notFound } from '#src/errors.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { readScopes } from '#src/features/oauth/scopes.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { type Command, neededOption, wordAt } from './command.ts'

/** `tokens create`: a token for the client API, printed once. */
export const createTokenCommand: Command = {
  name: 'tokens create',
  usage: 'tokens create HANDLE --user EMAIL --scopes "read write follow push"',
  about: 'Makes a token by which a program acts as HANDLE, and prints it. It cannot be shown again.',
  options: { user: { type: 'string' }, scopes: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const handle = wordAt(input, 0, 'HANDLE').replace(/^@/, '')
    const email = neededOption(input, 'user')
    const scopes = readScopes(neededOption(input, 'scopes'))
    const [actor, user] = await Promise.all([findLocalActor(ctx.db, handle), findUserByEmail(ctx.db, email)])
    if (!actor || actor.deletedAt) throw notFound(`There is no identity called ${handle}`)
    if (!user) throw notFound(`There is no login for ${email}`)
    const { token, createdAt } = await createToken(ctx, { userId: user.id, actorId: actor.id, scopes, appId: null })
    return { data: { token, handle: actor.handle, scopes, createdAt }, text: token }
  },
}
