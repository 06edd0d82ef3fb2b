import { french } from '#src/core/i18n.ts'
import type { ErrorMessages } from '../en/errors.ts'

/** A title and what a person can do about it, by HTTP status, in French. */
export const errors: ErrorMessages = {
  401: { title: 'Connectez-vous d’abord', text: 'Cette page est réservée aux personnes connectées.' },
  403: {
    title: 'Vous n’y avez pas accès',
    text: 'Vous ne pouvez ni voir cette page ni faire cela. Si vous pensez le contraire, parlez-en aux responsables de ce serveur.',
  },
  nobody: {
    title: 'Vous ne parlez encore au nom de personne',
    text: 'Vous êtes connecté·e, mais n’appartenez encore à aucune équipe. Demandez une invitation à une personne responsable, puis revenez ici.',
  },
  404: {
    title: 'Il n’y a rien ici',
    text: french`La page a changé d’adresse, n’a jamais existé, ou s’adresse à d’autres. Vérifiez l’adresse ou repartez de l’accueil.`,
  },
  409: {
    title: 'Quelqu’un vous a devancé',
    text: french`Les choses ont changé depuis que vous avez ouvert cette page. Revenez en arrière, regardez où elles en sont, puis décidez.`,
  },
  410: {
    title: 'Ce contenu a été supprimé',
    text: 'La personne qui l’avait publié l’a retiré, et nous n’en avons gardé aucune copie.',
  },
  413: {
    title: 'C’est trop volumineux',
    text: 'Choisissez des fichiers plus légers, ou moins à la fois, puis recommencez.',
  },
  422: {
    title: 'Cet envoi n’a pas pu être traité',
    text: 'Il contient quelque chose d’incomplet ou d’inattendu. Revenez en arrière, vérifiez ce que vous avez saisi, puis recommencez.',
  },
  429: {
    title: 'Un peu moins vite',
    text: 'Il y a eu beaucoup de tentatives en peu de temps. Patientez quelques minutes avant de recommencer.',
  },
  500: {
    title: 'Un incident s’est produit chez nous',
    text: french`Vous n’y êtes pour rien, et l’incident est noté. Réessayez dans un instant ; s’il persiste, donnez la référence ci-dessous aux responsables de ce serveur.`,
  },
  503: {
    title: 'De retour dans un instant',
    text: french`Le serveur démarre, ou attend quelque chose dont il a besoin. Rien n’est perdu : réessayez sous peu.`,
  },
  507: {
    title: 'Il n’y a plus de place',
    text: french`Le disque de ce serveur est plein. Prévenez ses responsables ; rien de ce qui s’y trouvait n’est perdu.`,
  },
  reasons: {
    role: {
      title: 'Votre rôle ne le permet pas',
      text: 'Votre rôle dans cette équipe ne va pas jusque-là. Parlez-en à une personne qui la gère.',
    },
    app: {
      title: 'Cette application n’est pas connue ici',
      text: french`Le lien qui vous amène vient d’une application que ce serveur ne connaît pas. Recommencez depuis l’application.`,
    },
    appAddress: {
      title: 'Cette application attend la réponse ailleurs',
      text: french`Elle demande une réponse à une adresse qu’elle n’a jamais déclarée à ce serveur. Rien n’a été envoyé ; recommencez depuis l’application.`,
    },
    moved: {
      title: 'Ce compte a déménagé',
      text: 'On ne peut plus le suivre à cette adresse. Son profil indique la nouvelle.',
    },
    away: {
      title: 'Cette identité a déménagé',
      text: french`Tant qu’elle renvoie vers un autre compte, elle ne publie rien et ne s’abonne à personne. Qui est propriétaire de son équipe peut y mettre fin dans les réglages, sous « Déménagement ».`,
    },
    otherSite: {
      title: 'L’envoi ne vient pas d’ici',
      text: french`Ce formulaire a été envoyé depuis un autre site, et rien n’a été fait. Ouvrez la page ici et recommencez.`,
    },
  },
  reference: 'Référence',
  home: 'Aller à l’accueil',
}
