import { formatIn, french } from '#src/core/i18n.ts'
import type { MailMessages } from '../en/mail.ts'
import { de } from './elision.ts'
import { schedule } from './schedule.ts'

/** Messages by e-mail, in French. */
export const mail: MailMessages = {
  invitation: ({ inviter, instance, identity, link, expiresAt }) => ({
    subject: identity
      ? `${inviter} vous invite à vous exprimer au nom ${de(identity)}`
      : `${inviter} vous invite sur ${instance}`,
    text: [
      'Bonjour,',
      identity
        ? `${inviter} souhaite que vous rejoigniez l’équipe ${de(identity)} sur ${instance}. Vous vous connecterez sous votre propre nom et publierez au nom ${de(identity)}, sans mot de passe partagé.`
        : `${inviter} aimerait vous accueillir sur ${instance}.`,
      french`Ce lien n’est que pour vous. Ouvrez-le pour choisir votre mot de passe :\n\n${link}`,
      `Il n’est valable qu’une fois, et jusqu’au ${formatIn('fr').dateTime(expiresAt)}.`,
      french`Vous n’attendiez pas ce message ? Ne faites rien : sans vous, aucun compte n’est créé.`,
    ].join('\n\n'),
  }),
  notPublished: ({ identity, when, reason, beginning, link }) => ({
    subject: `Une publication ${de(identity)} n’est pas parue`,
    text: [
      'Bonjour,',
      `Une publication ${de(identity)}, prévue pour ${when}, n’a pas pu paraître.`,
      schedule.schedule.failed[reason],
      ...(beginning ? [french`Elle commence ainsi : « ${beginning} »`] : []),
      french`Son contenu est conservé. Donnez-lui une autre heure, ou supprimez-la :\n\n${link}`,
    ].join('\n\n'),
  }),
}
