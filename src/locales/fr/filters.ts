import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { FilterMessages } from '../en/filters.ts'

const number = formatIn('fr').number

/** The filters of an identity, in French. */
export const filters: FilterMessages = {
  filters: {
    title: 'Filtres',
    lead: 'Les publications qui contiennent certains mots sont couvertes ou écartées, ici et dans vos applications.',
    add: 'Nouveau filtre',
    editTitle: (title) => `Le filtre ${title}`,
    back: 'Tous les filtres',
    name: 'Nom du filtre',
    nameHint: 'Il s’affiche sur les publications couvertes.',
    contexts: 'Où il s’applique',
    contextNames: {
      home: 'Accueil et listes',
      notifications: 'Notifications',
      public: 'Publications publiques, mots-clés, recherche',
      thread: 'Fils de conversation',
      account: 'Profils',
    },
    action: 'Ce qui se passe',
    actions: {
      warn: 'La publication est couverte par le nom du filtre',
      hide: 'La publication est écartée',
      blur: 'Ses images sont couvertes',
    },
    expires: 'Pour combien de temps',
    durations: {
      '': 'Pour toujours',
      '1800': 'Une demi-heure',
      '3600': 'Une heure',
      '86400': 'Un jour',
      '604800': 'Une semaine',
      '2592000': 'Trente jours',
    },
    keepExpiry: (when) => `Jusqu’au ${when}, comme avant`,
    keywords: 'Mots',
    keywordsHint: 'Videz une ligne pour la supprimer.',
    keyword: (index) => `Mot ou expression ${number(index)}`,
    wholeWord: 'Mots entiers seulement',
    save: 'Enregistrer le filtre',
    saved: 'Le filtre est enregistré.',
    delete: 'Supprimer le filtre',
    deleted: 'Le filtre est supprimé.',
    expired: 'Terminé',
    until: (when) => french`Jusqu’au ${when}`,
    counted: (count) =>
      pluralize('fr', count, { zero: 'Aucun mot', one: `${number(count)} mot`, other: `${number(count)} mots` }),
    posts: (count) =>
      pluralize('fr', count, { one: `${number(count)} publication`, other: `${number(count)} publications` }),
    emptyTitle: 'Rien n’est filtré',
    emptyText: 'Un filtre couvre ou écarte ce que vous ne voulez pas lire, pour un temps ou pour toujours.',
    problems: {
      title: 'Donnez au filtre un nom de 256 caractères au plus.',
      context: 'Choisissez au moins un endroit.',
      keyword: 'Un mot ne peut pas dépasser 512 caractères.',
      tooMany: 'Il y a trop de filtres ou de mots. Commencez par en supprimer.',
      other: 'Cela ne convient pas.',
    },
  },
}
