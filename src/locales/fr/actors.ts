import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { ActorMessages } from '../en/actors.ts'
import { de } from './elision.ts'

const number = formatIn('fr').number

/** The public face, follow requests and the settings of a profile, in French. */
export const actors: ActorMessages = {
  landing: {
    identities: 'Qui s’exprime ici',
    pictures: 'Dernières images',
    counted: (count) =>
      pluralize('fr', count, { one: `${number(count)} identité`, other: `${number(count)} identités` }),
    followTitle: 'Suivre depuis votre compte',
    followText: (example) =>
      `Inutile d’ouvrir un compte ici. Dans Mastodon, Pixelfed ou toute autre application du fédivers, cherchez une adresse comme ${example} et demandez à la suivre.`,
    emptyTitle: 'Pas encore d’image',
    emptyText: 'Ce qu’une identité publie pour tout le monde apparaîtra ici.',
    publish: 'Publier la première',
    contact: 'Écrire aux responsables',
  },
  profile: {
    locked: 'Accepte ses abonnés un à un',
    followsYou: 'Vous suit',
    posts: (count) => pluralize('fr', count, { one: 'publication', other: 'publications' }),
    followers: (count) => pluralize('fr', count, { one: 'abonné', other: 'abonnés' }),
    following: (count) => pluralize('fr', count, { one: 'abonnement', other: 'abonnements' }),
    counts: 'En chiffres',
    fields: 'Informations',
    verified: (date) => french`Vérifié le ${date} : cette page renvoie bien ici`,
    edit: 'Modifier le profil',
    create: 'Publier',
    follow: 'Suivre',
    askToFollow: 'Demander à suivre',
    requested: 'Demande envoyée',
    withdraw: 'Retirer la demande',
    followingNow: 'Vous suivez',
    unfollow: 'Ne plus suivre',
    elsewhereText: french`Cherchez cette adresse dans votre application, où que soit votre compte :`,
    original: (host) => `Voir le profil sur ${host}`,
    pictures: 'Images et publications',
    emptyOwnTitle: 'Commencez par une image',
    emptyOwnText: french`Une équipe au travail, un détail, une étape de fabrication : ce que vous montreriez d’abord à une personne de passage.`,
    emptyOwnAction: 'Publier une image',
    emptyTitle: 'Rien à voir pour l’instant',
    emptyText: (name) => `Jusqu’ici, ${name} n’a rien publié que vous puissiez voir.`,
    emptyLocked: (name) => `Certaines publications ${de(name)} sont peut-être réservées aux abonnés acceptés.`,
  },
  requests: {
    title: 'Demandes d’abonnement',
    lead: (name) =>
      french`Ces personnes aimeraient suivre ${name}. Tant que vous n’avez pas accepté, elles voient ce que tout le monde voit. Un refus reste discret : personne n’est prévenu.`,
    approve: 'Accepter',
    refuse: 'Refuser',
    approveOf: (name) => `Accepter ${name}`,
    refuseOf: (name) => `Refuser ${name}`,
    since: (date) => `Compte ouvert le ${date}`,
    posts: (count) =>
      pluralize('fr', count, {
        zero: 'Aucune publication',
        one: `${number(count)} publication`,
        other: `${number(count)} publications`,
      }),
    mutuals: (count) =>
      pluralize('fr', count, {
        one: 'Suivi par une personne que vous suivez',
        other: `Suivi par ${number(count)} personnes que vous suivez`,
      }),
    newServer: 'Première demande venue de ce serveur',
    approved: (name) => `${name} vous suit désormais.`,
    refused: (name) => `Vous avez refusé la demande ${de(name)}.`,
    emptyTitle: 'Personne n’attend',
    emptyText: 'Les demandes que vous recevrez s’afficheront ici.',
    emptyAction: 'Voir votre profil',
  },
  settings: {
    title: 'Profil',
    lead: (name) => `Comment ${name} apparaît, ici et sur les autres serveurs.`,
    looks: 'En images',
    avatar: 'Image de profil',
    avatarHint: 'Carrée, 400 pixels ou plus.',
    header: 'Bandeau',
    headerHint: 'Large, 1500 × 500 pixels ou plus.',
    words: 'En mots',
    name: 'Nom affiché',
    summary: 'Présentation',
    summaryHint: 'Qui s’exprime ici, et de quoi.',
    fields: 'Informations',
    fieldsHint: french`Six lignes au plus : horaires, lieu, site…`,
    fieldName: (index) => `Intitulé ${index}`,
    fieldValue: (index) => `Contenu ${index}`,
    reach: 'Qui peut trouver et suivre',
    locked: 'Approuver chaque demande d’abonnement',
    lockedHint: french`Chaque demande attend votre réponse sous « Demandes d’abonnement ». Ce que vous réservez à vos abonnés ne parvient qu’aux personnes acceptées.`,
    discoverable: 'Suggérer ce profil',
    discoverableHint: 'D’autres serveurs peuvent inscrire ce profil dans leur annuaire et le recommander.',
    indexable: 'Publications publiques ouvertes à la recherche',
    indexableHint: 'D’autres serveurs peuvent retrouver vos publications publiques par leurs mots.',
    submit: 'Enregistrer',
    saved: 'C’est enregistré. Les autres serveurs en sont informés.',
  },
}
