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
  confirmAddress: ({ instance, handle, link }) => ({
    subject: `Confirmez votre adresse pour ${instance}`,
    text: [
      'Bonjour,',
      `Quelqu’un, vous sans doute, souhaite devenir ${handle} sur ${instance} et a donné cette adresse.`,
      french`C’est bien vous ? Ouvrez ce lien dans les deux jours, et confirmez sur la page qu’il affiche :\n\n${link}`,
      french`Vous n’attendiez pas ce message ? Ne faites rien : sans vous, aucun compte n’est créé, et personne ne vous récrira.`,
    ].join('\n\n'),
  }),
  loginExists: ({ instance, link }) => ({
    subject: `Vous avez déjà un accès à ${instance}`,
    text: [
      'Bonjour,',
      french`Quelqu’un, vous peut-être, a voulu rejoindre ${instance} avec cette adresse. Elle y a déjà un accès : rien de nouveau n’a été créé.`,
      french`Vous pouvez vous connecter comme d’habitude :\n\n${link}`,
      french`Si ce n’était pas vous, il n’y a rien à faire : personne n’a appris que vous avez un accès.`,
    ].join('\n\n'),
  }),
  reset: ({ instance, link }) => ({
    subject: `Un nouveau mot de passe pour ${instance}`,
    text: [
      'Bonjour,',
      `Quelqu’un, vous sans doute, a oublié le mot de passe associé à cette adresse sur ${instance}.`,
      french`Ouvrez ce lien dans les deux heures pour en choisir un nouveau :\n\n${link}`,
      french`Ce n’était pas vous ? Ne faites rien : votre mot de passe ne change pas.`,
    ].join('\n\n'),
  }),
  approved: ({ instance, link }) => ({
    subject: `Bienvenue sur ${instance}`,
    text: [
      'Bonjour,',
      `Les responsables ${de(instance)} vous ont ouvert l’accès.`,
      french`Connectez-vous avec votre adresse et votre mot de passe, ici ou dans votre application :\n\n${link}`,
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
