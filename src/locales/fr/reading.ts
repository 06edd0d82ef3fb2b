import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { ReadingMessages } from '../en/reading.ts'
import { de } from './elision.ts'

const number = formatIn('fr').number

/** Timelines, what one has put aside, search, and what can be done with posts in them, in French. */
export const reading: ReadingMessages = {
  reading: {
    more: 'Plus',
    boostedBy: (name) => `Partagé par ${name}`,
    inGroup: (name) => `dans ${name}`,
    membersOf: (group) => `Membres ${de(group)}`,
    locked: 'Ce sujet n’accepte plus de réponses.',
    bookmark: 'Ajouter aux signets',
    unbookmark: 'Retirer des signets',
    pin: 'Épingler sur votre profil',
    unpin: 'Désépingler',
    pinned: 'La publication est épinglée sur votre profil.',
    unpinned: 'La publication n’est plus épinglée.',
    tooManyPins: (max) => `${number(max)} publications sont déjà épinglées. Désépinglez-en d’abord une.`,
    muteThread: 'Couper les notifications de cette conversation',
    unmuteThread: 'Rétablir les notifications de cette conversation',
    author: 'À propos de ce compte',
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
        'Vos publications et celles des personnes que vous suivez s’affichent ici. Cherchez quelqu’un à suivre.',
      write: 'Écrire une publication',
    },
    public: {
      here: 'Publications publiques d’ici',
      everywhere: 'Publications publiques de partout',
      emptyTitle: 'Rien de public pour l’instant',
      emptyText: 'Ce qui est publié ici pour tout le monde s’affichera sur cette page.',
    },
    bookmarks: {
      title: 'Signets',
      lead: 'Visibles de vous et de votre équipe, de personne d’autre.',
      emptyTitle: 'Aucun signet pour l’instant',
      emptyText:
        'Ajoutez une publication à vos signets pour la retrouver ici. La personne qui l’a écrite n’en sait rien.',
    },
    favourites: {
      title: 'J’aime',
      lead: 'Les publications que vous avez aimées, la plus récente en tête.',
      emptyTitle: 'Aucun j’aime pour l’instant',
      emptyText: 'Les publications que vous aimez se retrouvent ici.',
    },
    conversations: {
      title: 'Messages',
      lead: french`Des publications adressées aux seules personnes nommées. Elles ne sont pas chiffrées : les responsables des serveurs pourraient les lire.`,
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
      emptyText: 'Écrivez à quelqu’un, ou attendez qu’on vous écrive.',
    },
    search: {
      title: 'Recherche',
      label: 'Rechercher',
      placeholder: 'Rechercher',
      field: 'Nom, mots, #mot-clé, adresse ou lien',
      hint: 'La recherche porte sur les publications qui y sont ouvertes et sur celles qui vous concernent.',
      submit: 'Rechercher',
      views: 'Types de résultats',
      all: 'Tout',
      people: 'Personnes',
      posts: 'Publications',
      tags: 'Mots-clés',
      more: { people: 'Plus de personnes', posts: 'Plus de publications', tags: 'Plus de mots-clés' },
      emptyTitle: 'Aucun résultat',
      emptyText: french`Vérifiez l’orthographe, ou saisissez une adresse complète comme @nom@example.org : son serveur sera alors interrogé.`,
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
      hiddenText: french`Le nombre est public ; la liste n’est visible que de l’identité et de son équipe.`,
      emptyTitle: 'Personne pour l’instant',
      emptyText: 'La liste se remplira peu à peu.',
      remove: 'Retirer',
      removeOf: (name) => `Retirer ${name} de vos abonnés`,
      removed: (name) => `${name} ne vous suit plus, et n’en connaît pas la raison.`,
      unfollowOf: (name) => `Ne plus suivre ${name}`,
    },
  },
}
