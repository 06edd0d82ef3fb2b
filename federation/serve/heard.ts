import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { reviveInboxes } from '#src/db/hosts.ts'
import type { Received } from '#src/db/inbox.ts'

/** A server is written down as heard of no more often than this: most speak to us all the time. */
const againMs = 3_600_000

/** Servers that are remembered; the others cost a statement more. */
const mostRemembered = 20_000

/**
 * Notes which servers speak to us: their inboxes are there again, whatever they answered when we last tried them. Only what a key of theirs
 * has signed counts, or anybody could make us try what is gone.
 */
export function createHeard({ db, now }: Pick<Ctx, 'db' | 'now'>): (received: Received) => Promise<void> {
  const heard = new Map<string, number>()
  const revive = createBatcher<string>((hosts) => reviveInboxes(db, hosts))
  return async ({ authority, signerIri, actorIri }) => {
    if (authority !== 'signature' && signerIri === null) return
    const { host } = new URL(signerIri ?? actorIri)
    const at = now().getTime()
    if (at - (heard.get(host) ?? Number.NEGATIVE_INFINITY) < againMs) return
    heard.delete(host)
    heard.set(host, at)
    const [oldest] = heard.size > mostRemembered ? heard.keys() : []
    if (oldest) heard.delete(oldest)
    await revive.add(host)
  }
}
