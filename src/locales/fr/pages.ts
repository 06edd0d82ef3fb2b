import { formatIn, french } from '#src/core/i18n.ts'
import type { PageMessages } from '../en/pages.ts'

const number = formatIn('fr').number

/** What whole pages say beyond their components, in French. */
export const pages: PageMessages = {
  find: {
    title: 'Trouver quelqu’un ou une publication',
    lead: 'Saisissez l’adresse d’une personne ou d’une organisation, ou le lien d’une publication, où qu’elle se trouve.',
    field: 'Adresse ou lien',
    hint: 'Par exemple @atelier@example.org, ou un lien qui commence par https://',
    submit: 'Trouver',
    nothing: 'Rien n’a été trouvé à cette adresse. Vérifiez-la, ou réessayez plus tard si son serveur ne répond pas.',
    unreadable: 'Ce n’est ni une adresse comme @nom@example.org, ni un lien qui commence par https://.',
  },
  featuredTags: 'Mots-clés mis en avant',
  profileViews: { label: 'Affichage', overview: 'Vue d’ensemble', withReplies: 'Avec les réponses' },
  moved: (name, address) => `${name} a déménagé et s’exprime désormais à l’adresse ${address}.`,
  letIn: {
    pending:
      'La personne à qui cette publication répond ne l’a pas encore admise. Certains serveurs ne la montrent qu’ensuite.',
    refused:
      'La personne à qui cette publication répond ne l’a pas admise. Seules les personnes que vous nommez la voient, et vous.',
  },
  thread: {
    before: 'Plus tôt dans la conversation',
    more: french`La conversation continue : toutes les réponses ne tiennent pas sur cette page.`,
  },
  answer: 'Répondre',
  deleted: 'La publication est supprimée.',
  answerTitle: (name) => `Réponse à ${name}`,
  tag: {
    lead: 'Les publications publiques qui portent ce mot-clé.',
    emptyTitle: 'Rien sous ce mot-clé',
    emptyText: 'Les publications publiques qui le portent apparaîtront ici.',
  },
  landing: {
    waitingTitle: 'C’est presque prêt',
    waitingText:
      'Cette instance n’est pas encore installée. Le lien d’installation s’est affiché là où le serveur a été lancé.',
  },
  composeProblems: {
    blank: 'Écrivez quelque chose, ou choisissez une image.',
    tooLong: (max) => `Cela dépasse ${number(max)} caractères.`,
    tooManyNames: 'Vous mentionnez trop de personnes à la fois.',
    notAnswerable: 'Cette publication n’accepte pas vos réponses.',
    parentGone:
      'La publication à laquelle vous répondez n’est plus là. Publiez de nouveau pour en faire une publication à part.',
    tooManyPictures: (max) =>
      french`Une publication contient ${max} images au plus ; les autres ont été laissées de côté.`,
    altTooLong: (max) => `Une description ne peut pas dépasser ${number(max)} caractères.`,
    pictureGone: 'L’une des images n’est plus là.',
    waiting: french`Les images sont encore en préparation. Publiez de nouveau dans un instant ; il n’est pas nécessaire de les choisir une seconde fois.`,
    empty: (file) => french`${file} est vide.`,
    tooLarge: (file, megabytes) => french`${file} pèse plus de ${megabytes} Mo.`,
    refused: {
      'not-an-image': (file) =>
        french`${file} n’est pas une image. Les formats acceptés sont JPEG, PNG, WebP, AVIF, GIF et HEIC.`,
      type: (file) =>
        french`${file} est d’un format que nous ne lisons pas. Les formats acceptés sont JPEG, PNG, WebP, AVIF, GIF et HEIC.`,
      'too-many-pixels': (file) =>
        french`${file} a trop de pixels : 40 mégapixels au plus, toutes les images d’une animation comprises.`,
      'too-long': (file) => french`${file} est trop long : 65 535 pixels au plus par côté.`,
      unreadable: (file) => french`${file} est abîmé ou incomplet et ne peut être lu.`,
    },
    unusable: (file) =>
      french`${file} ne convient pas : choisissez une image de 16 Mo au plus, en JPEG, PNG, WebP, AVIF, GIF ou HEIC.`,
    refusedOther: (file) => french`${file} n’a pas pu être préparé. Choisissez-le de nouveau, ou prenez-en un autre.`,
    named: (file) => french`« ${file} »`,
    unnamed: 'L’une des images',
    language: 'Choisissez une langue dans la liste.',
  },
  settingsNav: {
    label: 'Réglages',
    profile: 'Profil',
    notifications: 'Notifications',
    filters: 'Filtres',
    muted: 'Comptes masqués',
    blocked: 'Blocages',
    move: 'Déménagement',
    login: 'Connexion',
    apps: 'Applications',
  },
  profileSettings: {
    avatarAlt: 'Ce que montre l’image de profil',
    headerAlt: 'Ce que montre le bandeau',
    altHint: 'Pour les personnes qui ne la voient pas.',
    removeAvatar: 'Retirer l’image de profil',
    removeHeader: 'Retirer le bandeau',
    fieldLabel: 'Intitulé',
    fieldContent: 'Contenu',
    posting: 'Nouvelles publications',
    audience: 'Public habituel',
    audienceHint: french`Proposé d’abord ; vous pouvez en changer à chaque publication.`,
    language: 'Langue habituelle',
    languageOfPage: 'Celle de la page',
    sensitive: 'Couvrir d’abord les images',
    sensitiveHint: french`Si vos images peuvent heurter : on choisit alors de les voir.`,
    reading: 'Lecture dans les applications',
    readingHint: 'La plupart des applications suivent ces préférences.',
    expandsMedia: 'Images',
    pictureChoices: {
      default: 'Montrer toutes les images, sauf celles qui sont couvertes',
      show_all: 'Montrer toutes les images',
      hide_all: 'Couvrir toutes les images',
    },
    expandsSpoilers: 'Afficher d’emblée ce que cache un avertissement',
    unnamed: 'Donnez un intitulé à chaque ligne.',
    preparing: 'C’est enregistré. La nouvelle image apparaît dès qu’elle est prête.',
  },
  loginSettings: {
    title: 'Connexion',
    lead: (email) => `Vous vous connectez avec ${email}.`,
    password: 'Changer de mot de passe',
    current: 'Mot de passe actuel',
    next: 'Nouveau mot de passe',
    submit: 'Changer de mot de passe',
    wrong: 'Ce n’est pas le mot de passe actuel.',
    changed: 'Votre mot de passe est changé. Tous les autres appareils et toutes les applications ont été déconnectés.',
    sessions: 'Appareils connectés',
    thisOne: 'Ce navigateur',
    unknownBrowser: 'Un navigateur inconnu',
    browserOn: (browser, system) => `${browser} sur ${system}`,
    since: (date) => `Depuis le ${date}`,
    lastSeen: (when) => french`dernière utilisation : ${when}`,
    end: 'Déconnecter',
    endOf: (browser) => `Déconnecter ${browser}`,
    endOthers: 'Déconnecter partout ailleurs',
    ended: 'L’appareil est déconnecté.',
  },
}
