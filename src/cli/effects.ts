import { replayEffects } from '#src/db/effects.ts'
import { type Command, neededOption, UsageError } from './command.ts'

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `effects replay`: works facts off again, after a lost queue or for those that were given up. */
export const replayEffectsCommand: Command = {
  name: 'effects replay',
  usage: 'effects replay --since 1h',
  about:
    'Has the workers do again what follows from the facts of a span (30m, 1h, 2d). What was done already has no second effect.',
  options: { since: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const match = /^(\d{1,4})([mhd])$/.exec(neededOption(input, 'since'))
    if (!match) throw new UsageError('--since must be a number with m, h or d, as in 30m, 1h or 2d')
    const spanMs = Number(match[1]) * units[match[2] as keyof typeof units]
    const count = await replayEffects(ctx.db, new Date(ctx.now().getTime() - spanMs))
    return { data: { count }, text: `${count} facts are worked off again.` }
  },
}
