import type { Ctx } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { reviveInboxes } from '#src/db/hosts.ts'
import { findPolicy } from '#src/db/severities.ts'
import { emit } from '#src/effects.ts'
import { conflict, forbidden, invalid } from '#src/errors.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { type Decider, ourHosts } from '#src/features/domains/service.ts'
import { deleteRelay, findRelayByInbox, insertRelay, type Relay, updateRelay } from './queries.ts'

/**
 * Asks a relay to pass on to us what is for everybody, and to take the same from us. One that has not agreed is asked again.
 * @param address that of its inbox
 * @throws Problem `invalid` with `details.url` for what is no address of another server, `forbidden` when the instance does not speak with
 * that, `conflict` when it has agreed already
 */
export async function addRelay(ctx: Ctx, address: string, by: Decider): Promise<Relay> {
  const inboxUrl = await getInboxUrl(ctx, address)
  return transaction(ctx.db, async (tx) => {
    const inboxId = await ensureInbox(tx, inboxUrl)
    // Whatever it answered long ago: somebody says now that it is there.
    await reviveInboxes(tx, [new URL(inboxUrl).host])
    const relay = (await insertRelay(tx, { inboxUrl, inboxId })) ?? (await findRelayByInbox(tx, inboxUrl))
    if (!relay || relay.state === 'accepted') throw conflict('This instance is with that relay already')
    const effectId = await emit(tx, { type: 'relay.requested', relayId: relay.id })
    await updateRelay(tx, relay.id, { state: 'pending', effectId, actorIri: null, answeredAt: null })
    await record(tx, by, 'relay.added', relay)
    return { ...relay, state: 'pending', effectId }
  })
}

async function getInboxUrl(ctx: Ctx, address: string): Promise<string> {
  const url = URL.parse(address.trim())
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw refused('Write an address that begins with https://')
  if (url.username || url.password) throw refused('Write an address without a name and a password')
  if (ourHosts(ctx).includes(url.host)) throw refused('That is this server itself')
  if ((await findPolicy(ctx.db, url.host)).severity === 'block')
    throw forbidden(`This instance does not speak with ${url.host}`)
  url.hash = ''
  return url.href
}

const refused = (sentence: string) =>
  invalid(`Validation failed: ${sentence}`, { url: [{ error: 'ERR_INVALID', description: sentence }] })

/** Leaves a relay, which is told so; false when there was none. What it has brought stays. */
export async function removeRelay(ctx: Ctx, id: string, by: Decider): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    const relay = await deleteRelay(tx, id)
    if (!relay) return false
    const { inboxId, inboxUrl, effectId } = relay
    // After its no there is nothing to take back.
    if (effectId && relay.state !== 'rejected') await emit(tx, { type: 'relay.left', inboxId, inboxUrl, effectId })
    await record(tx, by, 'relay.removed', relay)
    return true
  })
}

/** What the relay said to our request; the last word counts. */
export async function receiveRelayAnswer(
  ctx: Ctx,
  answer: Readonly<{ relayId: string; actorIri: string; state: 'accepted' | 'rejected' }>,
): Promise<void> {
  const { relayId, actorIri, state } = answer
  await transaction(ctx.db, (tx) => updateRelay(tx, relayId, { state, actorIri, answeredAt: ctx.now() }))
}

function record(tx: Tx, viewer: Decider, action: string, { id, inboxUrl }: Relay): Promise<void> {
  return recordAct(tx, { viewer, action, subjectId: id, details: { inboxUrl } })
}
