import type { Ctx } from '#src/context.ts'
import type { Authority } from '#src/db/inbox.ts'
import type { Effect } from '#src/effects.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { listBlockedOf } from '#src/features/blocks/service.ts'
import { findRelay, findRelayByEffect, listAcceptedRelays, type Relay } from '#src/features/relays/queries.ts'
import { receiveRelayAnswer } from '#src/features/relays/service.ts'
import { plainContext, publicAudience } from './context.ts'
import { fetchDocument } from './documents.ts'
import { effectIdOf } from './follows.ts'
import { lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import type { Origin, Outgoing } from './outgoing.ts'
import type { Activity } from './read/activity.ts'
import { isRefused, type JsonObject } from './read/json.ts'
import { addressesOf, idOf } from './read/values.ts'
import { findKnownPost, mostParents, storePostDocument } from './receive-posts.ts'

type Of<T> = Omit<Extract<Effect, { type: T }>, 'type'>

/** The Follow by which a relay is asked: it follows everybody, which relays take for a request. @see https://w3id.org/fep/ae0c */
function embedFollow(ctx: Ctx, effectId: string): object {
  return { id: ctx.uris.activity(effectId), type: 'Follow', actor: ctx.uris.instanceActor, object: publicAudience }
}

/** The instance asks a relay. */
export async function buildRelayRequest(
  ctx: Ctx,
  { relayId }: Of<'relay.requested'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const relay = await findRelay(ctx.db, relayId)
  // It was asked once more meanwhile, or left.
  if (relay?.effectId !== origin.id) return null
  return toRelay(ctx, origin, { type: 'Follow', ...relay, document: embedFollow(ctx, origin.id) })
}

/** The instance leaves a relay. */
export async function buildRelayFarewell(
  ctx: Ctx,
  { effectId, ...inbox }: Of<'relay.left'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const actor = ctx.uris.instanceActor
  const document = { id: origin.iri, type: 'Undo', actor, object: embedFollow(ctx, effectId) }
  return toRelay(ctx, origin, { type: 'Undo', ...inbox, document })
}

type Letter = Readonly<{ type: string; inboxId: string; inboxUrl: string; document: object }>

async function toRelay(ctx: Ctx, origin: Origin, letter: Letter): Promise<Outgoing | null> {
  const { type, inboxId, inboxUrl, document } = letter
  if ((await lookupsOf(ctx).policy(new URL(inboxUrl).host)).severity === 'block') return null
  return {
    id: origin.id,
    actorId: (await ensureInstanceActor(ctx)).id,
    type,
    body: JSON.stringify({ '@context': plainContext, ...document }),
    postId: null,
    // It is between the two of them.
    recipientIds: [],
    audience: { followersOf: null, actorIds: [], inboxIds: [inboxId] },
  }
}

/** The inboxes of the relays that pass on what is for everybody. */
export async function listRelayInboxes(ctx: Ctx): Promise<string[]> {
  const relays = await listAcceptedRelays(ctx.db)
  if (relays.length === 0) return []
  const hostOf = ({ inboxUrl }: Relay) => new URL(inboxUrl).host
  const blocked = await listBlockedOf(ctx.db, relays.map(hostOf))
  return relays.filter((relay) => !blocked.has(hostOf(relay))).map(({ inboxId }) => inboxId)
}

/** Whether an actor speaks for a relay that has agreed to us, and with whose server the instance still speaks. */
export async function isRelay(ctx: Ctx, iri: string | null): Promise<boolean> {
  if (iri === null || !(await lookupsOf(ctx).relay(iri))) return false
  return (await lookupsOf(ctx).policy(new URL(iri).host)).severity !== 'block'
}

/** The relay that an answer is about, by the id that we gave to our Follow. */
export async function findAnsweringRelay(ctx: Ctx, { inner, object }: Activity): Promise<Relay | null> {
  const effectId = effectIdOf(ctx, inner?.id ?? object.id)
  return effectId ? findRelayByEffect(ctx.db, effectId) : null
}

/** Only who is where its inbox is speaks for a relay. */
export async function receiveAnswerOfRelay(ctx: Ctx, { type, actor }: Activity, relay: Relay): Promise<string> {
  if (!isSameOrigin(actor, relay.inboxUrl)) return 'ignored: it is not by the relay'
  const state = type === 'Accept' ? 'accepted' : 'rejected'
  await receiveRelayAnswer(ctx, { relayId: relay.id, actorIri: actor, state })
  return 'done'
}

/**
 * Keeps a post that a relay names, or passes on, if it is for everybody. It is read from its author's server, but where its author has proved
 * it; what it answers is not, since relays bring much with which nobody here has to do.
 */
export async function receiveRelayed(ctx: Ctx, activity: Activity, authority: Authority = 'none'): Promise<string> {
  const { id } = activity.object
  if (!id) return 'ignored: the post has no id'
  if (await findKnownPost(ctx, id)) return 'done'
  const document = (authority === 'none' ? null : ownObject(activity)) ?? (await fetched(ctx, id))
  if (!document) return 'ignored: the post cannot be read'
  if (!addressesOf(document.to).includes(publicAudience)) return 'ignored: it is not for everybody'
  return (await storePostDocument(ctx, document, mostParents)) ? 'done' : 'ignored: the post cannot be read'
}

/** What the actor of an activity has made itself and sent along. */
function ownObject({ actor, object: { id, embedded } }: Activity): JsonObject | null {
  const isOwn = embedded && id && isSameOrigin(id, actor) && idOf(embedded.attributedTo) === actor
  return isOwn ? embedded : null
}

async function fetched(ctx: Ctx, iri: string): Promise<JsonObject | null> {
  const answer = await fetchDocument(ctx, iri)
  return isRefused(answer) ? null : answer.document
}
