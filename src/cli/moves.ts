import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { actorIri } from '#src/features/actors/entity.ts'
import { type Actor, findLocalActor, getActor } from '#src/features/actors/queries.ts'
import { addAlias, removeAlias } from '#src/features/moves/aliases.ts'
import { moveActor, takeBackMove } from '#src/features/moves/service.ts'
import { type Command, type Input, textOption, UsageError, wordAt } from './command.ts'

/** `actors alias`: which former accounts may move to an identity. */
export const aliasActorCommand: Command = {
  name: 'actors alias',
  usage: 'actors alias HANDLE [--add @OLD@HOST | --remove @OLD@HOST]',
  about:
    'Names a former account that may move to HANDLE, or no longer does, and lists those that are named. Only for accounts that are given up for this one.',
  options: { add: { type: 'string' }, remove: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const { id: actorId, handle } = await getNamed(ctx, input)
    const [added, removed] = [textOption(input, 'add'), textOption(input, 'remove')]
    if (added !== undefined && removed !== undefined) throw new UsageError('Write --add or --remove, not both')
    const mover = { actorId, viewer: null }
    if (added !== undefined) await addAlias(ctx, mover, added)
    if (removed !== undefined && !(await removeAlias(ctx, mover, removed)))
      throw notFound(`${handle} does not name ${removed}; without --remove the command lists what it names`)
    const { alsoKnownAs } = await getActor(ctx.db, actorId)
    const text = alsoKnownAs.length > 0 ? alsoKnownAs.join('\n') : `${handle} names no former account.`
    return { data: { handle, alsoKnownAs }, text }
  },
}

/** `actors move`: has an identity point to another account and its followers follow there, or point nowhere again. */
export const moveActorCommand: Command = {
  name: 'actors move',
  usage: 'actors move HANDLE --to @NEW@HOST | --back',
  about:
    'Moves HANDLE, with its followers, to an account that names it as an alias. From then on it neither posts nor follows. With --back it does again; its followers do not come back. Once in thirty days.',
  options: { to: { type: 'string' }, back: { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const { id: actorId, handle } = await getNamed(ctx, input)
    const [to, isBack] = [textOption(input, 'to'), input.options.back === true]
    if ((to === undefined) !== isBack) throw new UsageError('Write --to @NEW@HOST or --back')
    const mover = { actorId, viewer: null }
    if (to !== undefined) {
      const movedTo = actorIri(ctx.uris, await moveActor(ctx, mover, to))
      return { data: { handle, movedTo }, text: `${handle} has moved to ${movedTo}.` }
    }
    if (!(await takeBackMove(ctx, mover))) throw notFound(`${handle} has not moved`)
    return { data: { handle, movedTo: null }, text: `${handle} points nowhere any more and can speak again.` }
  },
}

async function getNamed(ctx: Ctx, input: Input): Promise<Actor> {
  const handle = wordAt(input, 0, 'HANDLE').replace(/^@/, '')
  const actor = await findLocalActor(ctx.db, handle)
  if (!actor || actor.deletedAt || actor.type === 'Application') throw notFound(`There is no identity called ${handle}`)
  return actor
}
