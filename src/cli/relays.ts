import { notFound } from '#src/errors.ts'
import { findRelayByInbox, listRelays } from '#src/features/relays/queries.ts'
import { addRelay, removeRelay } from '#src/features/relays/service.ts'
import { type Command, wordAt } from './command.ts'

/** `relays add`. */
export const addRelayCommand: Command = {
  name: 'relays add',
  usage: 'relays add URL',
  about:
    'Asks a relay to pass on to this instance what is public, and to take the same from it; URL is that of its inbox. One that has not agreed is asked again.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const relay = await addRelay(ctx, wordAt(input, 0, 'URL'), null)
    return { data: relay, text: `${relay.inboxUrl} is asked; "relays list" says what it answers.` }
  },
}

/** `relays remove`. */
export const removeRelayCommand: Command = {
  name: 'relays remove',
  usage: 'relays remove URL',
  about: 'Leaves a relay, which is told so. What it has brought stays.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const url = wordAt(input, 0, 'URL')
    const relay = await findRelayByInbox(ctx.db, url)
    if (!relay || !(await removeRelay(ctx, relay.id, null)))
      throw notFound(`This instance is with no relay at ${url}: "relays list" names them`)
    return { data: { inboxUrl: url }, text: `This instance has left ${url}.` }
  },
}

/** `relays list`. */
export const listRelaysCommand: Command = {
  name: 'relays list',
  usage: 'relays list',
  about: 'Lists the relays with what they have answered.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const relays = await listRelays(ctx.db)
    const lines = relays.map(({ inboxUrl, state }) => `${state.padEnd(8)}  ${inboxUrl}`)
    return { data: relays, text: lines.length > 0 ? lines.join('\n') : 'This instance is with no relay.' }
  },
}
