import { formatIn, french, noBreakSpace, pluralize } from '#src/core/i18n.ts'
import type { PollMessages } from '../en/polls.ts'

const number = formatIn('fr').number

/** Polls, in French: voting, and asking. */
export const polls: PollMessages = {
  poll: {
    label: 'Sondage',
    chooseOne: 'Un seul choix',
    chooseSeveral: 'Un ou plusieurs choix',
    vote: 'Voter',
    share: (percent, votes) =>
      `${percent}${noBreakSpace}% – ${pluralize('fr', votes, { one: `${number(votes)} voix`, other: `${number(votes)} voix` })}`,
    yourChoice: 'Votre choix',
    votes: (count) =>
      pluralize('fr', count, {
        zero: 'Pas encore de vote',
        one: `${number(count)} voix`,
        other: `${number(count)} voix`,
      }),
    voters: (count) =>
      pluralize('fr', count, {
        zero: 'Personne n’a encore voté',
        one: `${number(count)} personne a voté`,
        other: `${number(count)} personnes ont voté`,
      }),
    ends: 'Se termine',
    ended: 'Terminé',
    hidden: 'Le résultat sera montré à la fin',
    voted: 'Votre vote est pris en compte.',
    notVoted: french`Votre vote n’a pas été compté : choisissez une réponse d’un sondage ouvert, auquel vous n’avez pas encore répondu.`,
    add: 'Sondage',
    hint: 'De deux à quatre choix. Une publication ne peut pas contenir à la fois un sondage et des images.',
    changeHint:
      'Modifier les choix annule tous les votes déjà exprimés. Si vous les videz tous, le sondage est retiré.',
    option: (index) => `Choix ${index}`,
    lasts: 'Ouvert pendant',
    asBefore: 'Sans changer la fin prévue',
    several: 'Plusieurs réponses sont possibles',
    hide: 'Ne montrer le résultat qu’à la fin',
    minutes: (count) => `${count} min`,
    hours: (count) => (count === 1 ? '1 heure' : `${count} heures`),
    days: (count) => (count === 1 ? '1 jour' : `${count} jours`),
    problem: (options, characters) =>
      `Donnez de deux à ${options} choix différents, de ${characters} caractères chacun au plus.`,
    withPictures: french`Une publication ne peut pas contenir à la fois un sondage et des images : retirez l’un ou les autres.`,
  },
}
