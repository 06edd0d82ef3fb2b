import type { Ctx } from '#src/context.ts'
import { isOnlyAllowed, listAllowed, listDomains } from '#src/features/domains/queries.ts'
import {
  allowDomains,
  decideDomain,
  disallowDomain,
  getDomainName,
  keepToAllowed,
  lenient,
  liftDomain,
} from '#src/features/domains/service.ts'
import { type Command, type Input, textOption, UsageError, wordAt } from './command.ts'

const options = {
  reason: { type: 'string' },
  note: { type: 'string' },
  'reject-media': { type: 'boolean' },
  'reject-reports': { type: 'boolean' },
  obfuscate: { type: 'boolean' },
} as const

const optionWords = '[--reason R] [--note N] [--reject-media] [--reject-reports] [--obfuscate]'

async function decide(ctx: Ctx, input: Input, severity: 'block' | 'limit'): Promise<string> {
  const host = getDomainName(ctx, wordAt(input, 0, 'HOST'))
  const decision = {
    ...lenient,
    host,
    severity,
    reason: textOption(input, 'reason') ?? '',
    privateComment: textOption(input, 'note') ?? '',
    rejectsMedia: input.options['reject-media'] === true,
    rejectsReports: input.options['reject-reports'] === true,
    isObfuscated: input.options.obfuscate === true,
  }
  await decideDomain(ctx, decision, null)
  return host
}

/** `domains block`: this instance no longer speaks with a server. */
export const blockDomainCommand: Command = {
  name: 'domains block',
  usage: `domains block HOST ${optionWords}`,
  about:
    'Speaks no longer with a server and those below it: nothing is let in from there and nothing sent. What it hides comes back with "domains unblock". --reason is for everybody, --note for administrators.',
  options,
  needs: 'context',
  run: async (input, ctx) => {
    const host = await decide(ctx, input, 'block')
    return { data: { host, isBlocked: true }, text: `${host} is blocked.` }
  },
}

/** `domains limit`: only who follows somebody there hears of them. */
export const limitDomainCommand: Command = {
  name: 'domains limit',
  usage: `domains limit HOST ${optionWords}`,
  about:
    'Shows what comes from a server and those below it only to those who follow its author, and lets nobody from there follow without being asked.',
  options,
  needs: 'context',
  run: async (input, ctx) => {
    const host = await decide(ctx, input, 'limit')
    return { data: { host, isLimited: true }, text: `${host} is limited.` }
  },
}

/** `domains unblock`. */
export const unblockDomainCommand: Command = {
  name: 'domains unblock',
  usage: 'domains unblock HOST',
  about: 'Takes back what was decided about a server; what only a list says about it no longer holds.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const host = wordAt(input, 0, 'HOST').toLowerCase()
    const outcome = await liftDomain(ctx, host, null)
    const texts = {
      none: `Nothing was decided about ${host}.`,
      lifted: `${host} is no longer blocked or limited.`,
      listed: `Now a list decides about ${host}; unblock it once more to overrule that.`,
      overruled: `${host} is no longer blocked or limited, whatever lists say.`,
    }
    return {
      data: { host, wasBlocked: outcome !== 'none', outcome },
      text: texts[outcome],
    }
  },
}

/** `domains list`. */
export const listDomainsCommand: Command = {
  name: 'domains list',
  usage: 'domains list',
  about: 'Lists the servers about which something was decided, and those that are allowed.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const [domains, allowed, isClosed] = await Promise.all([
      listDomains(ctx.db),
      listAllowed(ctx.db),
      isOnlyAllowed(ctx.db),
    ])
    const decided = domains.map(({ host, severity, reason, listId }) =>
      [severity.padEnd(5), host, reason, listId === null ? '' : `(list ${listId})`].filter(Boolean).join('  '),
    )
    const lines = [
      ...(isClosed ? ['This instance speaks with those that are allowed, and with nobody else.'] : []),
      ...decided,
      ...allowed.map(({ host }) => `allow  ${host}`),
    ]
    return {
      data: domains,
      text: lines.length > 0 ? lines.join('\n') : 'No server is blocked.',
    }
  },
}

/** `domains allow`. */
export const allowDomainCommand: Command = {
  name: 'domains allow',
  usage: 'domains allow HOST',
  about: 'Lets the instance speak with a server when it speaks with nobody else ("domains only-allowed").',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const host = getDomainName(ctx, wordAt(input, 0, 'HOST'))
    await allowDomains(ctx, [host], null)
    return { data: { host, isAllowed: true }, text: `${host} is allowed.` }
  },
}

/** `domains disallow`. */
export const disallowDomainCommand: Command = {
  name: 'domains disallow',
  usage: 'domains disallow HOST',
  about: 'Takes "domains allow" back.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const host = wordAt(input, 0, 'HOST').toLowerCase()
    const wasAllowed = await disallowDomain(ctx, host, null)
    return {
      data: { host, wasAllowed },
      text: wasAllowed ? `${host} is no longer allowed.` : `${host} was not allowed.`,
    }
  },
}

/** `domains only-allowed`: the allow-list mode. */
export const onlyAllowedCommand: Command = {
  name: 'domains only-allowed',
  usage: 'domains only-allowed on|off',
  about: 'Speaks with the servers that are allowed and with no other, or with all again.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const word = wordAt(input, 0, 'on or off')
    if (word !== 'on' && word !== 'off') throw new UsageError(`Write on or off, not "${word}"`)
    await keepToAllowed(ctx, word === 'on', null)
    const count = (await listAllowed(ctx.db)).length
    const text =
      word === 'on'
        ? `This instance speaks with ${count} servers and those below them, and with no other.`
        : 'This instance speaks with all servers that are not blocked.'
    return { data: { onlyAllowed: word === 'on', allowed: count }, text }
  },
}
