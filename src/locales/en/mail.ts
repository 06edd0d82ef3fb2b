import { formatIn } from '#src/core/i18n.ts'
import type { InvitationFacts, MailText, NotPublishedFacts } from '../mail.ts'
import { schedule } from './schedule.ts'

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
      'Were you not expecting this? Then do nothing: no account is made without you.',
    ].join('\n\n'),
  }),
  notPublished: ({ identity, when, reason, beginning, link }: NotPublishedFacts): MailText => ({
    subject: `A post of ${identity} was not published`,
    text: [
      'Hello,',
      `A post of ${identity} was planned for ${when} and could not be published.`,
      schedule.schedule.failed[reason],
      ...(beginning ? [`It begins: “${beginning}”`] : []),
      `Nothing is lost. Give it another time, or delete it:\n\n${link}`,
    ].join('\n\n'),
  }),
}

/** The messages by e-mail, which every language must have. */
export type MailMessages = typeof mail
