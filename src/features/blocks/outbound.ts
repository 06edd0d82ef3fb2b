import { createRounds } from '#src/core/batch.ts'
import type { Fetcher, GetOptions } from '#src/core/fetch.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import type { Db } from '#src/db/client.ts'
import { everything, findPolicies } from '#src/db/severities.ts'

/**
 * The fetcher of an instance: nothing is asked of a server with which it does not speak, whoever wants something of it and wherever a redirect
 * leads. What is posted goes to an audience, from which such servers are left out where it is made.
 */
export function keepPolicy(fetcher: Fetcher, db: Db): Fetcher {
  const isBlocked = createRounds(async (hosts: readonly string[]) => {
    const policies = await findPolicies(db, hosts)
    return hosts.map((host) => (policies.get(host) ?? everything).severity === 'block')
  })
  const check = async (url: string | URL) => {
    const host = URL.parse(String(url))?.host
    if (host && (await isBlocked(host)))
      throw new OutboundError('refused-host', `${host} is blocked or not allowed here`)
  }
  const checked = async <T extends GetOptions>(url: string | URL, options: T): Promise<T> => {
    if (options.isNamedByOperator) return options
    await check(url)
    const onHop = async (next: URL) => {
      await options.onHop?.(next)
      await check(next)
    }
    return { ...options, onHop }
  }
  return {
    ...fetcher,
    get: async (url, options) => fetcher.get(url, await checked(url, options)),
    stream: async (url, options) => fetcher.stream(url, await checked(url, options)),
  }
}
