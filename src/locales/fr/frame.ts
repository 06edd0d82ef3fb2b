import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { FrameMessages } from '../en/frame.ts'
import { de, que } from './elision.ts'

const number = formatIn('fr').number

/** What stands on every page, in French. */
export const frame: FrameMessages = {
  skip: 'Aller au contenu',
  nav: {
    label: 'Navigation principale',
    home: 'Accueil',
    notifications: 'Notifications',
    profile: 'Profil',
    create: 'Créer',
    requests: 'Demandes d’abonnement',
    settings: 'Réglages',
    signIn: 'Se connecter',
    signOut: 'Se déconnecter',
    unread: (count) =>
      count > 99
        ? 'plus de 99 nouvelles'
        : pluralize('fr', count, { one: `${number(count)} nouvelle`, other: `${number(count)} nouvelles` }),
    waiting: (count) => `${number(count)} en attente`,
  },
  identity: {
    menu: (name) => french`Vous agissez en tant ${que(name)} : ouvrir le menu`,
    actingAs: 'Vous agissez en tant que',
    others: 'Agir sous une autre identité',
    requests: (count) =>
      pluralize('fr', count, { one: `${number(count)} demande`, other: `${number(count)} demandes` }),
  },
  footer: {
    label: 'À propos de ce site',
    appearance: 'Apparence',
    system: 'Système',
    light: 'Claire',
    dark: 'Sombre',
    language: 'Langue',
    runsOn: 'Propulsé par Entremise, logiciel libre',
    source: 'Code source',
    about: 'À propos de ce lieu',
  },
  actorTypes: {
    Person: 'Personne',
    Organization: 'Organisation',
    Group: 'Groupe',
    Service: 'Compte automatisé',
    Application: 'Application',
  },
  pager: { label: 'Pages', newer: 'Plus récent', older: 'Plus ancien' },
  picture: {
    description: 'Description',
    by: (name) => `Image ${de(name)}`,
    more: (count) => pluralize('fr', count, { one: '1 image', other: `${number(count)} images` }),
    position: (index, total) => `Image ${index} sur ${total}`,
    enlarge: 'Ouvrir en grand',
    preparing: 'Cette image est en préparation',
    sensitive: 'Image sensible',
    show: 'Afficher',
    hide: 'Recouvrir',
  },
  actions: {
    cancel: 'Annuler',
    copy: 'Copier',
    copied: 'Copié',
    optional: 'facultatif',
  },
  formProblems: (count) =>
    pluralize('fr', count, {
      one: 'Un point demande votre attention',
      other: `${number(count)} points demandent votre attention`,
    }),
}
