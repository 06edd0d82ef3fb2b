import { notFound } from '#src/errors.ts'
import { rotateKeys } from '#src/features/actors/keys.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { type Command, UsageError } from './command.ts'

/** `actors rotate-keys`: gives an identity new keys. */
export const rotateKeysCommand: Command = {
  name: 'actors rotate-keys',
  usage: 'actors rotate-keys HANDLE | --instance',
  about:
    'Gives HANDLE, or the instance itself, new keys to sign with, within a minute. Of those before them the one that proves posts stays in its document for two weeks, so that what is on its way is still believed.',
  options: { instance: { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const [word] = input.words
    if ((word === undefined) === (input.options.instance !== true)) throw new UsageError('Write HANDLE or --instance')
    const actor = word ? await findLocalActor(ctx.db, word.replace(/^@/, '')) : await ensureInstanceActor(ctx)
    if (!actor || actor.deletedAt) throw notFound(`There is no identity called ${word}`)
    const keyNumber = await rotateKeys(ctx, actor.id)
    const { handle } = actor
    return { data: { handle, keyNumber }, text: `${handle} signs with its keys number ${keyNumber} from now on.` }
  },
}
