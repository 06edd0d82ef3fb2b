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

/** A message in plain text. */
export type MailText = Readonly<{ subject: string; text: string }>
