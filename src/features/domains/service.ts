import type { Ctx } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { settleStandings } from '#src/db/severities.ts'
import { invalid } from '#src/errors.ts'
import type { Ruling } from './csv.ts'
import { applyEntries } from './list-queries.ts'
import { readDomain } from './names.ts'
import {
  type Decision,
  deleteAllowed,
  deleteDomain,
  findDomain,
  insertAllowed,
  listDomainsNamed,
  setOnlyAllowed,
  upsertDomains,
} from './queries.ts'

/** Who decides: an administrator in the browser or by a client; null for an operator at the command line. */
export type Decider = Readonly<{
  userId: string | null
  actorId: string | null
}> | null

/**
 * The name of a server with which the instance may stop to speak.
 * @throws Problem `invalid` with `details.domain` for what is no name, and for this server's own
 */
export function getDomainName(ctx: Ctx, text: string): string {
  const host = readDomain(text)
  const problem = (code: string, sentence: string) =>
    invalid(`Validation failed: Domain ${sentence}`, {
      domain: [{ error: code, description: sentence }],
    })
  if (!host) throw problem('ERR_INVALID', `"${text.slice(0, 100)}" is not a host name`)
  if (ourHosts(ctx).some((ours) => ours === host || ours.endsWith(`.${host}`)))
    throw problem('ERR_INVALID', 'is this server itself')
  return host
}

/** The names of this instance. */
export function ourHosts(ctx: Ctx): string[] {
  return [ctx.config.handleHost, new URL(ctx.config.publicUrl).host]
}

/**
 * Decides about a server and those below its name, from the next activity and the next delivery on. What a block hides comes back when it
 * is taken back: no follow and no post is deleted.
 */
export async function decideDomain(ctx: Ctx, decision: Decision, by: Decider): Promise<void> {
  await decideDomains(ctx, [decision], by)
}

/** The same of many at once. Comments that only administrators read stay when nothing is said about them. */
export async function decideDomains(
  ctx: Ctx,
  decisions: readonly (Ruling & Readonly<{ privateComment?: string }>)[],
  by: Decider,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const hosts = decisions.map(({ host }) => host)
    const former = new Map((await listDomainsNamed(tx, hosts)).map((row) => [row.host, row.privateComment]))
    await upsertDomains(
      tx,
      decisions.map((decision) => ({
        ...decision,
        privateComment: decision.privateComment ?? former.get(decision.host) ?? '',
      })),
      by?.userId ?? null,
    )
    await settleStandings(tx, ctx.now())
    for (const { host, severity, reason } of decisions) await record(tx, by, `host.${acts[severity]}`, { host, reason })
  })
}

const acts = { none: 'spared', limit: 'limited', block: 'blocked' } as const

/** Stops speaking with a server and those below its name. @throws Problem `invalid` for what is no host */
export async function blockHost(ctx: Ctx, block: { host: string; reason: string }): Promise<void> {
  const host = getDomainName(ctx, block.host)
  await decideDomain(ctx, { ...lenient, host, severity: 'block', reason: block.reason }, null)
}

/** A decision that takes nothing away. */
export const lenient = {
  severity: 'none',
  rejectsMedia: false,
  rejectsReports: false,
  reason: '',
  privateComment: '',
  isObfuscated: false,
} as const

/**
 * Takes an own decision back: what a list says about the server holds again. What only a list says is overruled by an own decision to let
 * the server be.
 * @returns `lifted`: nothing is decided about it any more; `listed`: a list decides now; `overruled`; `none`: there was nothing to take back
 */
export async function liftDomain(
  ctx: Ctx,
  host: string,
  by: Decider,
): Promise<'lifted' | 'listed' | 'overruled' | 'none'> {
  return transaction(ctx.db, async (tx) => {
    const outcome = await lift(tx, host, by)
    if (outcome === 'none') return outcome
    await settleStandings(tx, ctx.now())
    await record(tx, by, 'host.unblocked', { host })
    return outcome
  })
}

async function lift(tx: Tx, host: string, by: Decider): Promise<'lifted' | 'listed' | 'overruled' | 'none'> {
  const domain = await findDomain(tx, host)
  if (!domain) return 'none'
  if (domain.listId !== null) {
    await upsertDomains(tx, [{ ...lenient, host }], by?.userId ?? null)
    return 'overruled'
  }
  await deleteDomain(tx, host)
  await applyEntries(tx)
  return (await findDomain(tx, host)) ? 'listed' : 'lifted'
}

/** Speaks with a server again; false when nothing was decided about it. */
export async function unblockHost(ctx: Ctx, host: string): Promise<boolean> {
  return (await liftDomain(ctx, host, null)) !== 'none'
}

/** Lets the instance speak with some servers when it speaks with nobody else. */
export async function allowDomains(ctx: Ctx, hosts: readonly string[], by: Decider): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await insertAllowed(tx, hosts, by?.userId ?? null)
    await settleStandings(tx, ctx.now())
    for (const host of hosts) await record(tx, by, 'host.allowed', { host })
  })
}

/** Takes that back; false when it was not allowed. */
export async function disallowDomain(ctx: Ctx, host: string, by: Decider): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    if (!(await deleteAllowed(tx, host))) return false
    await settleStandings(tx, ctx.now())
    await record(tx, by, 'host.disallowed', { host })
    return true
  })
}

/** Speaks with nobody but those who are allowed, or with everybody again. */
export async function keepToAllowed(ctx: Ctx, isOn: boolean, by: Decider): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await setOnlyAllowed(tx, isOn)
    await settleStandings(tx, ctx.now())
    await record(tx, by, isOn ? 'hosts.closed' : 'hosts.opened', {})
  })
}

function record(tx: Tx, viewer: Decider, action: string, details: Record<string, unknown>): Promise<void> {
  return recordAct(tx, { viewer, action, subjectId: null, details })
}
