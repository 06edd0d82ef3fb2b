import { french } from '#src/core/i18n.ts'
import type { AnsweringMessages } from '../en/answering.ts'

/** Who may answer, in French. */
export const answering: AnsweringMessages = {
  answering: {
    usually: 'Qui peut répondre aux publications',
    usuallyHint:
      'Les personnes qu’une publication nomme, ou auxquelles elle répond, peuvent toujours y répondre. Rien ne change pour les publications déjà là.',
    policies: {
      public: 'Tout le monde',
      asked: french`Vos abonnés et les personnes que vous suivez ; les autres vous demandent d’abord`,
      followers: 'Vos abonnés et les personnes que vous suivez',
      named: 'Seulement les personnes nommées',
    },
    waitsFor: (who) => `${who} répond à votre publication et attend que vous admettiez la réponse`,
    asks: 'Cette réponse attend votre décision. Tant que vous ne l’admettez pas, les autres ne la voient pas.',
    allow: 'Admettre la réponse',
    refuse: 'Refuser',
    revoke: 'Cacher la réponse aux autres',
    allowed: 'La réponse est maintenant affichée.',
    refused: 'La réponse n’est pas affichée aux autres.',
    answered: 'La décision est déjà prise.',
    held: 'La personne à qui cette publication répond ne l’a pas encore admise. D’ici là, seules la voient cette personne, celles que vous nommez, et vous.',
  },
}
