import { french } from '#src/core/i18n.ts'
import type { EntryMessages } from '../en/entry.ts'
import { de } from './elision.ts'

/** What forms for getting in complain about, invitations and apps, in French. */
export const entry: EntryMessages = {
  fieldProblems: {
    blank: 'Ce champ est à remplir.',
    email: 'Ce n’est pas une adresse e-mail.',
    emailTaken: 'Cette adresse a déjà un accès ici.',
    passwordShort: (min) => `Il faut au moins ${min} caractères.`,
    tooLong: 'C’est trop long.',
    handle: 'Lettres, chiffres et _ uniquement, 30 au plus.',
    handleTaken: 'Quelqu’un ici porte déjà cet identifiant.',
    other: 'Cela ne convient pas.',
  },
  setupClosed: {
    title: 'Tout est installé',
    text: 'La page d’installation de cette instance est fermée pour de bon.',
    wrongTitle: 'Ce n’est pas le bon lien',
    wrongText:
      'Un lien d’installation ne sert qu’une fois, et chaque démarrage du serveur en fait un nouveau. Prenez la dernière adresse écrite là où le serveur a été lancé.',
  },
  invitation: {
    title: 'Vous êtes invité·e',
    toTeam: (identity) =>
      `Rejoignez l’équipe ${de(identity)}. Vous vous connectez sous votre propre nom et publiez au nom ${de(identity)}.`,
    toInstance: (instance) => `Choisissez comment vous connecter à ${instance} et sous quel nom vous exprimer.`,
    name: 'Votre nom',
    handle: 'Votre identifiant',
    email: 'Votre adresse e-mail',
    password: 'Un mot de passe',
    submit: 'Accepter',
    join: (email) => `Rejoindre avec ${email}`,
    haveLogin: french`Vous avez déjà un accès ici ?`,
    signIn: 'Se connecter et accepter avec',
    notYou: french`Ce n’est pas vous ? Déconnectez-vous d’abord, puis rouvrez le lien.`,
    alreadyIn:
      'Cette invitation ouvre un nouvel accès, or vous êtes déjà connecté·e. Déconnectez-vous d’abord, puis rouvrez le lien.',
    overTitle: 'Cette invitation n’est plus ouverte',
    overText:
      'Elle a été acceptée, elle a expiré, ou le lien n’a pas été copié en entier. Demandez-en une nouvelle à la personne qui vous a invité·e.',
    roles: {
      owner: 'Vous pourrez tout faire, et décider qui fait partie de l’équipe.',
      admin: 'Vous pourrez publier, modifier le profil et décider qui fait partie de l’équipe.',
      publisher: 'Vous pourrez publier, répondre et suivre des comptes.',
      contributor: 'Vous pourrez lire.',
      responder: 'Vous pourrez répondre et réagir.',
      analyst: 'Vous pourrez lire.',
      moderator: 'Vous pourrez réagir et décider des demandes d’abonnement.',
    },
  },
  apps: {
    title: 'Les applications autorisées',
    lead: 'Chacune agit seulement sous l’identité que vous lui avez choisie. Vous pouvez y mettre fin à tout moment.',
    none: 'Vous n’avez autorisé aucune application.',
    commandLine: 'Créé en ligne de commande',
    actsAs: 'Agit en tant que',
    since: (date) => `Depuis le ${date}`,
    lastUsed: (when) => french`Dernière utilisation : ${when}`,
    neverUsed: 'Pas encore utilisée',
    may: 'Elle peut',
    withdraw: 'Retirer',
    withdrawOf: (app, name) => `Retirer ${app} pour ${name}`,
    withdrawn: (app) => `${app} n’a plus accès.`,
  },
}
