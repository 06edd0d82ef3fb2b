import { formatIn } from '#src/core/i18n.ts'
import type { InvitationFacts, MailText } from '../mail.ts'

/** Messages by e-mail, as plain text. */
export const mail = {
  invitation: ({ inviter, instance, identity, link, expiresAt }: InvitationFacts): MailText => ({
    subject: identity ? `${inviter} invites you to speak for ${identity}` : `${inviter} invites you to ${instance}`,
    text: [
      'Hello,',
      identity
        ? `${inviter} would like you to join the team of ${identity} on ${instance}. You will sign in under your own name and publish as ${identity}, without sharing a password.`
        : `${inviter} would like to welcome you on ${instance}.`,
      `This link is for you alone. Open it to choose your password:\n\n${link}`,
      `It works once, until ${formatIn('en').dateTime(expiresAt)}.`,
      'Were you not expecting this? Then do nothing: without you no account is made.',
    ].join('\n\n'),
  }),
}

/** The messages by e-mail, which every language must have. */
export type MailMessages = typeof mail
