import type { Parting } from '#src/db/apart.ts'

/** An activity of ours, ready to be stored and delivered. */
export type Outgoing = Readonly<{
  /** The id of the effect that caused it; the activity's address follows from it. */
  id: string
  /** The local actor that signs it. */
  actorId: string
  type: string
  /** The JSON exactly as it is sent to everybody and shown to who fetches it. */
  body: string
  /** The post whose visibility decides who may fetch the activity; null when `recipientIds` decides. */
  postId: string | null
  /** Who may fetch it when no post decides; null: everybody. */
  recipientIds: readonly string[] | null
  audience: Audience
}>

/** To whom an activity goes. Local actors need no delivery and are left out when the audience is cut. */
export type Audience = Readonly<{
  /** The actor whose accepted followers get it; null: nobody's. */
  followersOf: string | null
  /** Actors that are addressed by name. */
  actorIds: readonly string[]
  /** The named ones get it in their own inboxes, since it is nobody else's business on their server. */
  isPersonal?: boolean
  /** Inboxes that are nobody's: those of relays. */
  inboxIds?: readonly string[]
  /** Every server that ever got something from this actor, for its deletion. */
  isEverybody?: boolean
  /** The host that does not get it, since it comes from there. */
  exceptHost?: string
  /** Who of the named ones does not get it: those between whom and an actor of ours there is a block. */
  parting?: Parting
  /** The post whose holders get it: those to whom it was sent, and who boosted, liked, answered or quoted it. */
  heldPostId?: string | null
  /** Servers of followers are told which of their actors we count: for what followers alone may read, it matters. */
  isSynchronised?: boolean
}>

/** Where an activity comes from: its id, its address, and the moment of its fact. */
export type Origin = Readonly<{ id: string; iri: string; at: Date }>

/** An activity that concerns two actors alone. */
export function between(
  document: object,
  parts: { origin: Origin; actorId: string; otherId: string; type: string },
): Outgoing {
  const { origin, actorId, otherId, type } = parts
  return among(document, { origin, actorId, otherIds: [otherId], type })
}

/** An activity that concerns some actors alone. */
export function among(
  document: object,
  parts: { origin: Origin; actorId: string; otherIds: readonly string[]; type: string },
): Outgoing {
  const { origin, actorId, otherIds, type } = parts
  const audience = { followersOf: null, actorIds: otherIds }
  return {
    id: origin.id,
    actorId,
    type,
    body: JSON.stringify(document),
    postId: null,
    recipientIds: [actorId, ...otherIds],
    audience,
  }
}

/** An activity that everybody may read. */
export function everybody(
  body: string,
  parts: { origin: Origin; actorId: string; type: string; audience: Audience },
): Outgoing {
  const { origin, actorId, type, audience } = parts
  return { id: origin.id, actorId, type, body, postId: null, recipientIds: null, audience }
}
