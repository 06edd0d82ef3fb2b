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
  /** Every server that ever got something from this actor, for its deletion. */
  isEverybody?: boolean
}>
