import { formatIn } from '#src/core/i18n.ts'
import type {
  ConfirmationFacts,
  InvitationFacts,
  LoginFacts,
  MailText,
  NotPublishedFacts,
  ResetFacts,
} from '../mail.ts'
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
  confirmAddress: ({ instance, handle, link }: ConfirmationFacts): MailText => ({
    subject: `Confirm your address for ${instance}`,
    text: [
      'Hello,',
      `Somebody, we hope you, wants to be ${handle} on ${instance} and gave this address.`,
      `Is it so? Then open this link within two days, and confirm on the page that it shows:\n\n${link}`,
      'Were you not expecting this? Then do nothing: without you no account is made, and nobody writes to you again.',
    ].join('\n\n'),
  }),
  loginExists: ({ instance, link }: LoginFacts): MailText => ({
    subject: `You have a login on ${instance} already`,
    text: [
      'Hello,',
      `Somebody, perhaps you, wanted to join ${instance} with this address. It has a login there, so nothing new was made.`,
      `You can sign in as always:\n\n${link}`,
      'If it was not you, you need not do anything: nobody was told that you have a login.',
    ].join('\n\n'),
  }),
  reset: ({ instance, link }: ResetFacts): MailText => ({
    subject: `A new password for ${instance}`,
    text: [
      'Hello,',
      `Somebody, we hope you, has forgotten the password of this address on ${instance}.`,
      `Open this link within two hours to choose a new one:\n\n${link}`,
      'Was it not you? Then do nothing: your password stays as it is.',
    ].join('\n\n'),
  }),
  approved: ({ instance, link }: LoginFacts): MailText => ({
    subject: `Welcome to ${instance}`,
    text: [
      'Hello,',
      `Those who run ${instance} have let you in.`,
      `Sign in with your address and password, here or in your app:\n\n${link}`,
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
