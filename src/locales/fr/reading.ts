import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { ReadingMessages } from '../en/reading.ts'
import { de } from './elision.ts'

const number = formatIn('fr').number

/** Timelines, what one has put aside, search, and what can be done with posts in them, in French. */
export const reading: ReadingMessages = {
  reading: {
    more: 'Plus',
    boostedBy: (name) => `Partagé par ${name}`,
    bookmark: 'Mettre en signet',
    unbookmark: 'Retirer le signet',
    pin: 'Montrer en premier sur votre profil',
    unpin: 'Ne plus montrer en premier',
    pinned: 'La publication figure désormais en premier sur votre profil.',
    unpinned: 'La publication est de nouveau à sa place.',
    tooManyPins: (max) => `${number(max)} publications figurent déjà en premier. Retirez-en d’abord une.`,
    muteThread: 'Ne plus être averti de cette conversation',
    unmuteThread: 'Être de nouveau averti de cette conversation',
    author: 'À propos de l’auteur',
    report: 'Signaler',
    menu: {
      conversations: 'Messages',
      lists: 'Listes',
      bookmarks: 'Signets',
      favourites: 'J’aime',
    },
    views: { label: 'Fils', home: 'Abonnements', here: 'Ici', everywhere: 'Partout' },
    home: {
      title: 'Accueil',
      emptyTitle: 'C’est calme pour l’instant',
      emptyText:
        'Ce que vous publiez, et ce que publient les personnes que vous suivez, se lit ici. Cherchez quelqu’un à suivre.',
    },
    public: {
      here: 'Publications publiques d’ici',
      everywhere: 'Publications publiques de partout',
      emptyTitle: 'Rien de public pour l’instant',
      emptyText: 'Ce qui est dit ici à tout le monde apparaîtra à cet endroit.',
    },
    bookmarks: {
      title: 'Signets',
      lead: 'Votre équipe et vous êtes seuls à les connaître.',
      emptyTitle: 'Rien de gardé pour l’instant',
      emptyText: 'Mettez une publication en signet pour la retrouver ici. La personne qui l’a écrite n’en sait rien.',
    },
    favourites: {
      title: 'J’aime',
      lead: 'Les publications que vous avez aimées, les dernières d’abord.',
      emptyTitle: 'Rien d’aimé pour l’instant',
      emptyText: 'Les publications que vous aimez sont réunies ici.',
    },
    conversations: {
      title: 'Messages',
      lead: french`Des publications pour des personnes nommées seulement. Elles ne sont pas chiffrées : qui gère les serveurs pourrait les lire.`,
      unread: 'Non lu',
      withSelf: 'Une note à vous-même',
      read: 'Ouvrir',
      readOf: (who) => `Ouvrir la conversation avec ${who}`,
      remove: 'Retirer',
      removeOf: (who) => `Retirer de la liste la conversation avec ${who}`,
      removed: 'La conversation est retirée de la liste. Le prochain message l’y ramènera.',
      picture: 'Une image sans texte',
      write: 'Écrire un message',
      emptyTitle: 'Pas encore de message',
      emptyText: 'Écrivez une publication pour des personnes nommées, ou attendez-en une.',
    },
    search: {
      title: 'Recherche',
      label: 'Rechercher',
      placeholder: 'Rechercher',
      field: 'Nom, mots, #mot-clé, adresse ou lien',
      hint: 'On trouve les publications que tout le monde peut chercher, et celles qui vous concernent.',
      submit: 'Rechercher',
      views: 'Types de résultats',
      all: 'Tout',
      people: 'Personnes',
      posts: 'Publications',
      tags: 'Mots-clés',
      more: { people: 'Plus de personnes', posts: 'Plus de publications', tags: 'Plus de mots-clés' },
      emptyTitle: 'Rien n’a été trouvé',
      emptyText: french`Vérifiez l’orthographe, ou donnez une adresse entière comme @nom@example.org : son serveur sera alors interrogé.`,
      signIn: 'Connectez-vous pour chercher des publications, et des personnes sur d’autres serveurs.',
    },
    follows: {
      followers: 'Abonnés',
      following: 'Abonnements',
      followersOf: (name) => `Abonnés ${de(name)}`,
      followingOf: (name) => `Abonnements ${de(name)}`,
      followersLead: (count) =>
        pluralize('fr', count, {
          zero: 'Pas encore d’abonné.',
          one: `${number(count)} abonné.`,
          other: `${number(count)} abonnés.`,
        }),
      followingLead: (count) =>
        pluralize('fr', count, {
          zero: 'Pas encore d’abonnement.',
          one: `${number(count)} abonnement.`,
          other: `${number(count)} abonnements.`,
        }),
      hiddenTitle: 'Cette liste n’est pas montrée',
      hiddenText: 'Tout le monde voit le nombre. Les noms, seules l’identité et son équipe les voient.',
      emptyTitle: 'Personne pour l’instant',
      emptyText: 'La liste se remplit peu à peu.',
      remove: 'Retirer',
      removeOf: (name) => `Retirer ${name} de vos abonnés`,
      removed: (name) => `${name} ne vous suit plus, et n’en apprend pas la raison.`,
      unfollowOf: (name) => `Ne plus suivre ${name}`,
    },
  },
}
