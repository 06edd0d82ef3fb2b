import { listBlockedHosts } from '#src/features/blocks/queries.ts'
import { blockHost, unblockHost } from '#src/features/blocks/service.ts'
import { type Command, textOption, wordAt } from './command.ts'

/** `domains block`: this instance no longer speaks with a server. */
export const blockDomainCommand: Command = {
  name: 'domains block',
  usage: 'domains block HOST [--reason R]',
  about: 'Speaks no longer with a server and those below it: nothing is let in from there and nothing sent.',
  options: { reason: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const host = wordAt(input, 0, 'HOST').toLowerCase()
    await blockHost(ctx, { host, reason: textOption(input, 'reason') ?? '' })
    return { data: { host, isBlocked: true }, text: `${host} is blocked.` }
  },
}

/** `domains unblock`. */
export const unblockDomainCommand: Command = {
  name: 'domains unblock',
  usage: 'domains unblock HOST',
  about: 'Speaks with a server again.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const host = wordAt(input, 0, 'HOST').toLowerCase()
    const wasBlocked = await unblockHost(ctx, host)
    return {
      data: { host, wasBlocked },
      text: wasBlocked ? `${host} is no longer blocked.` : `${host} was not blocked.`,
    }
  },
}

/** `domains list`. */
export const listDomainsCommand: Command = {
  name: 'domains list',
  usage: 'domains list',
  about: 'Lists the servers that are blocked.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const hosts = await listBlockedHosts(ctx.db)
    const lines = hosts.map(({ host, reason }) => (reason ? `${host}  ${reason}` : host))
    return { data: hosts, text: lines.length > 0 ? lines.join('\n') : 'No server is blocked.' }
  },
}
