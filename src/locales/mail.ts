/** What an invitation has to say. */
export type InvitationFacts = Readonly<{
  /** Who invites, by name. */
  inviter: string
  instance: string
  /** The identity whose team the person joins; null for a login without one. */
  identity: string | null
  link: string
  expiresAt: Date
}>

/** What the mail says by which somebody confirms an address. */
export type ConfirmationFacts = Readonly<{
  instance: string
  /** The whole address of the identity that will come of it, with @ at the front. */
  handle: string
  link: string
}>

/** What is said to somebody who has a login: where to sign in. */
export type LoginFacts = Readonly<{ instance: string; link: string }>

/** A link by which somebody chooses a new password. */
export type ResetFacts = LoginFacts

/** Why a post could not be published at its time. */
export type FailureReason = 'role' | 'pictures' | 'parent' | 'content' | 'other'

/** What is said of a post that could not be published. */
export type NotPublishedFacts = Readonly<{
  identity: string
  /** The time that it was planned for, as the reader's clocks show it. */
  when: string
  reason: FailureReason
  /** The beginning of the post. */
  beginning: string
  link: string
}>

/** A message in plain text. */
export type MailText = Readonly<{ subject: string; text: string }>

/** Where an order stands, each of which has its word in every language. */
export type OrderStateWord =
  | 'offered'
  | 'reserved'
  | 'open'
  | 'paid'
  | 'shipped'
  | 'delivered'
  | 'cancelled'
  | 'refunded'
  | 'rejected'
  | 'expired'

/** What is said of an order. Amounts are written out. */
export type OrderFacts = Readonly<{
  number: string
  product: string
  quantity: number
  total: string
  seller: string
  state: OrderStateWord
  link: string
  /** What the total is made of, line by line. */
  parts: string
  /** Who gets it and where it is sent, line by line. */
  receiver: string
  /** How it is received, line by line. */
  way: string
  /** Where the money goes, line by line; null where it is not transferred. */
  transfer: string | null
  /** Who sells, as the law wants it. */
  imprint: string
  withdrawal: string
}>
