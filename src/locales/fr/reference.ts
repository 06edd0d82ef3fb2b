import type { ReferenceMessages } from '../en/reference.ts'

/** The page of the client API, in French, as far as it is not the API's own text. */
export const reference: ReferenceMessages = {
  reference: {
    title: 'L’API des applications',
    lead: 'L’API clients de Mastodon, dans la mesure où elle existe ici. Les explications de chaque méthode sont en anglais.',
    forPrograms: 'La même pour les programmes (OpenAPI, en anglais)',
    meaning: 'À quoi sert chaque méthode, dans la documentation de Mastodon (en anglais)',
    label: 'Sommaire',
    sections: {
      'Signing in': 'Connexion',
      'The instance': 'L’instance',
      Accounts: 'Comptes',
      Posts: 'Publications',
      'Lists and hashtags': 'Listes et mots-clés',
      Filters: 'Filtres',
      Pictures: 'Images',
      'Timelines, notifications, search': 'Fils, notifications, recherche',
      Streams: 'Flux en direct',
      Devices: 'Appareils',
      'Products and orders': 'Produits et commandes',
      Moderation: 'Modération',
    },
  },
}
