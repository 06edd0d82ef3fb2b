import { french } from '#src/core/i18n.ts'
import type { MovingMessages } from '../en/moving.ts'

/** About accounts that move. */
export const moving: MovingMessages = {
  moving: {
    title: 'Déménagement',
    lead: (name) => `Quels comptes peuvent devenir ${name}, et comment ${name} peut s’installer ailleurs.`,
    aliases: 'Anciens comptes',
    aliasesText: french`Indiquez ici un compte avant qu’il déménage vers cette identité : son serveur laissera alors ses abonnés le suivre. Cette indication est publique.`,
    aliasesWarning: french`Seulement pour des comptes réellement abandonnés au profit de celui-ci. N’indiquez jamais la marque d’une entreprise, ni l’entreprise d’une marque : l’une pourrait alors prendre les abonnés de l’autre.`,
    alias: 'Adresse de l’ancien compte',
    aliasHint: 'Par exemple @atelier@exemple.org, ou le lien de son profil',
    add: 'Indiquer ce compte',
    remove: 'Retirer',
    removeOf: (address) => `Retirer ${address}`,
    aliasAdded: (address) => `${address} peut maintenant déménager ici.`,
    aliasRemoved: 'Ce compte n’est plus indiqué.',
    out: 'Déménager vers un autre compte',
    outText:
      'Quand cette identité continue sous une autre adresse. Indiquez-la d’abord là-bas, parmi les anciens comptes.',
    consequences: [
      'Les abonnés sont prévenus partout, et la plupart des serveurs les abonnent au nouveau compte, qui décide de chacun comme toujours.',
      'Cette identité renvoie vers le nouveau compte, ne publie plus et ne s’abonne plus. Ce qu’elle a dit reste en place.',
      'Vous pourrez revenir en arrière et parler de nouveau ici, mais les abonnés partis ne reviendront pas d’eux-mêmes.',
      'Elle ne pourra déménager de nouveau qu’après trente jours.',
    ],
    outWarning: french`Une entreprise et sa marque, ou deux marques, ne sont pas un compte qui déménage : leurs abonnés ont choisi l’une d’elles.`,
    target: 'Adresse du nouveau compte',
    targetHint: 'Par exemple @atelier@exemple.org, ou le lien de son profil',
    password: 'Votre mot de passe',
    sure: 'J’ai lu ce qui s’ensuit',
    submit: 'Déménager pour de bon',
    moved: (address) => `Déménagement vers ${address}. Les abonnés sont prévenus.`,
    wrongPassword: 'Ce n’est pas votre mot de passe.',
    notSure: 'Confirmez que vous avez lu ce qui s’ensuit.',
    away: 'Cette identité a déménagé',
    awayText: (address) => `Elle renvoie vers ${address}, ne publie rien et ne s’abonne à personne.`,
    back: 'Ne plus renvoyer ailleurs',
    backHint: 'Elle pourra de nouveau parler. Les abonnés partis ne reviennent pas d’eux-mêmes.',
    returned: 'Cette identité ne renvoie plus ailleurs et peut de nouveau parler.',
    problems: {
      absent:
        'Aucun compte n’a été trouvé à cette adresse. Écrivez une adresse comme @nom@exemple.org, ou le lien d’un profil.',
      itself: 'C’est cette identité elle-même.',
      onward: 'Ce compte a lui-même déménagé. Écrivez où il est allé.',
      unaware:
        'Ce compte n’indique pas encore celui-ci. Ajoutez-le là-bas parmi les anciens comptes (alias), puis recommencez.',
      tooMany: (count) => `On peut indiquer ${count} comptes au plus.`,
      again: (date) =>
        `Cette identité a déménagé il y a moins de trente jours. Elle pourra le refaire à partir du ${date}.`,
    },
  },
}
