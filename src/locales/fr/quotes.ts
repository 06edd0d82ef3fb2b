import { formatIn, french } from '#src/core/i18n.ts'
import type { QuoteMessages } from '../en/quotes.ts'

const number = formatIn('fr').number

/** Quotes, and who may quote, in French. */
export const quotes: QuoteMessages = {
  quotes: {
    quote: 'Citer',
    composeTitle: (name) => `Citer ${name}`,
    quoted: french`Citation :`,
    absent: {
      pending: 'Cette citation attend l’accord de la personne citée.',
      rejected: 'La personne citée ne souhaite pas que sa publication soit citée ici.',
      revoked: 'La personne citée ne souhaite plus que sa publication soit citée ici.',
      deleted: 'La publication citée a été supprimée.',
      unauthorized: 'La publication citée ne vous est pas destinée.',
      blocked_account: 'La publication citée vient de quelqu’un que vous avez bloqué.',
      blocked_domain: 'La publication citée vient d’un serveur que vous avez bloqué.',
      muted_account: 'La publication citée vient de quelqu’un que vous avez masqué.',
    },
    who: 'Qui peut la citer',
    usually: 'Qui peut en général citer les publications',
    policies: {
      public: 'Tout le monde',
      asked: french`Vos abonnés ; les autres vous demandent d’abord`,
      followers: 'Vos abonnés',
      nobody: 'Personne d’autre que vous',
    },
    save: 'Enregistrer',
    saved: 'C’est enregistré. Les citations déjà publiées restent.',
    asks: 'Cette publication demande à citer la vôtre.',
    allow: 'Autoriser la citation',
    refuse: 'Refuser',
    revoke: 'Retirer mon accord à la citation',
    allowed: 'La citation est maintenant affichée.',
    refused: 'La citation n’est pas affichée.',
    answered: 'La décision est déjà prise.',
    gone: 'La publication que vous citez n’est plus là, ou ne peut pas être citée. Publiez à nouveau pour continuer sans elle.',
    list: {
      link: 'Qui la cite',
      title: 'Citations',
      back: 'La publication citée',
      views: 'Citations',
      shown: 'Affichées',
      waiting: (count) => (count === 0 ? 'En attente de vous' : `En attente de vous (${number(count)})`),
      empty: { title: 'Aucune citation', text: 'Personne ne cite cette publication là où vous pourriez le voir.' },
      emptyWaiting: {
        title: 'Aucune demande',
        text: 'Les personnes qui demandent à citer cette publication attendront ici votre réponse.',
      },
    },
    direct:
      'Pour citer une publication auprès de quelques personnes seulement, mentionnez aussi la personne qui l’a écrite.',
  },
}
