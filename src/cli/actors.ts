import { notFound } from '#src/errors.ts'
import { createLocalActor } from '#src/features/actors/service.ts'
import { findUserByEmail } from '#src/features/users/queries.ts'
import { type Command, neededOption, textOption, UsageError, wordAt } from './command.ts'

const types = { person: 'Person', organization: 'Organization' } as const

/** `actors create`: makes an identity that speaks, with its first owner. */
export const createActorCommand: Command = {
  name: 'actors create',
  usage: 'actors create HANDLE --type person|organization --owner EMAIL [--name N] [--open]',
  about:
    'Makes an identity that speaks. It approves its followers unless --open. The first organisation runs the instance.',
  options: {
    type: { type: 'string' },
    owner: { type: 'string' },
    name: { type: 'string' },
    open: { type: 'boolean' },
  },
  needs: 'context',
  run: async (input, ctx) => {
    const handle = wordAt(input, 0, 'HANDLE')
    const type = types[neededOption(input, 'type') as keyof typeof types]
    if (!type) throw new UsageError('--type must be person or organization')
    const email = neededOption(input, 'owner')
    const owner = await findUserByEmail(ctx.db, email)
    if (!owner) throw notFound(`There is no login for ${email}: make it with "users create" first`)
    const name = textOption(input, 'name')
    const isOpen = input.options.open === true
    const actor = await createLocalActor(ctx, {
      handle,
      type,
      ownerUserId: owner.id,
      isOpen,
      ...(name ? { name } : {}),
    })
    const address = `@${actor.handle}@${ctx.config.handleHost}`
    const data = {
      id: actor.id,
      handle: actor.handle,
      type,
      iri: ctx.uris.actor(actor.handle),
      address,
      isLocked: actor.isLocked,
    }
    return { data, text: `${address} is there, owned by ${email}.` }
  },
}
