import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { NotificationMessages } from '../en/notifications.ts'
import { de } from './elision.ts'

const number = formatIn('fr').number

/** What an identity was told, in French. */
export const notifications: NotificationMessages = {
  notifications: {
    title: 'Notifications',
    fresh: 'Nouveau',
    others: (count) => `${number(count)} autres`,
    reason: french`Motif donné :`,
    sentences: {
      mention: (who) => `${who} vous mentionne`,
      status: (who) => `${who} vient de publier`,
      reblog: (who, count) => `${who} ${count === 1 ? 'a' : 'ont'} partagé votre publication`,
      follow: (who, count) => `${who} vous ${count === 1 ? 'suit' : 'suivent'}`,
      follow_request: (who) => `${who} demande à vous suivre`,
      favourite: (who, count) => `${who} ${count === 1 ? 'aime' : 'aiment'} votre publication`,
      update: (who) => `${who} a modifié une publication que vous avez partagée`,
      poll: (who, _count, isOwn) => (isOwn ? 'Votre sondage est terminé' : `Un sondage ${de(who)} est terminé`),
      quote: (who, count) => `${who} ${count === 1 ? 'a' : 'ont'} cité votre publication`,
      quoted_update: (who) => `${who} a modifié une publication que vous avez citée`,
      'admin.sign_up': (who, count) => `${who} ${count === 1 ? 'a' : 'ont'} rejoint ce serveur`,
      'admin.report': (who) => `${who} vous signale quelqu’un`,
      move: (who) => `${who} a déménagé`,
      order: () => 'Vous avez reçu une commande',
      group_request: (group) => `On demande à rejoindre ${group}`,
      group_joined: (group) => `Vous faites maintenant partie ${de(group)}`,
      group_removed: (group) => `${group} a retiré votre publication du groupe`,
    },
    reactedTo: (who, count) => `${who} ${count === 1 ? 'a' : 'ont'} réagi à votre publication`,
    movedTo: (who, address) => `${who} a déménagé vers ${address}`,
    asksToQuote: (who) => `${who} demande à citer votre publication`,
    picture: 'Une image sans texte',
    waiting: (count) =>
      pluralize('fr', count, {
        one: `${number(count)} personne attend que vous la laissiez passer`,
        other: `${number(count)} personnes attendent que vous les laissiez passer`,
      }),
    policy: {
      title: 'Qui peut vous joindre',
      lead: french`Ce qui est retenu attend que vous laissiez passer la personne. Une fois qu’elle est passée, la question ne se pose plus.`,
      heldBack: 'Personne n’attend votre décision',
      rules: {
        for_not_following: { label: 'Les personnes que vous ne suivez pas', hint: 'Tant que vous ne les suivez pas.' },
        for_not_followers: {
          label: 'Les personnes qui ne vous suivent pas',
          hint: 'Y compris celles qui vous suivent depuis moins de trois jours.',
        },
        for_new_accounts: { label: 'Les comptes récents', hint: 'Créés il y a moins de trente jours.' },
        for_private_mentions: {
          label: 'Les messages privés que vous n’avez pas demandés',
          hint: 'Sauf s’ils vous répondent ou si vous suivez la personne qui écrit.',
        },
      },
      verdicts: { accept: 'Afficher', filter: 'Mettre en attente', drop: 'Ignorer' },
      save: 'Enregistrer',
      saved: 'C’est enregistré, et valable à partir de maintenant.',
    },
    emptyTitle: 'Rien pour l’instant',
    emptyText: 'Abonnements, réponses, j’aime et partages s’afficheront ici.',
    heldBack: {
      title: 'En attente',
      lead: french`Ces notifications attendent votre décision : les messages privés de personnes que vous ne suivez pas, par exemple. Ces personnes n’en savent rien.`,
      count: (count) =>
        pluralize('fr', count, { one: `${number(count)} notification`, other: `${number(count)} notifications` }),
      accept: 'Laisser passer',
      acceptOf: (name) => `Laisser passer ${name}`,
      dismiss: 'Écarter',
      dismissOf: (name) => `Écarter les notifications ${de(name)}`,
      accepted: 'Vous recevrez désormais ses notifications.',
      dismissed: 'Ces notifications sont écartées. Les prochaines attendront de nouveau votre décision.',
      emptyTitle: 'Personne n’attend',
      emptyText: 'Les messages privés de personnes que vous ne suivez pas attendent ici votre accord.',
      back: 'Voir vos notifications',
    },
  },
}
