import { french } from '#src/core/i18n.ts'
import type { ScheduleMessages } from '../en/schedule.ts'

/** What is to be published later, in French. */
export const schedule: ScheduleMessages = {
  schedule: {
    title: 'À paraître',
    text: 'Ce que vous avez écrit et daté. Les heures sont celles de votre fuseau, même si l’heure change entre-temps.',
    empty: 'Rien n’est prévu',
    emptyText: 'En écrivant une publication, vous pouvez choisir quand elle paraîtra.',
    write: 'Écrire une publication',
    when: (when) => `Paraîtra le ${when}`,
    notPublished: (when) => `Devait paraître le ${when}`,
    zone: (zone) => french`Fuseau horaire : ${zone}`,
    pictures: (count) => (count === 1 ? 'Avec 1 image' : `Avec ${count} images`),
    poll: 'Avec un sondage',
    answer: 'Une réponse',
    move: 'Fixer cette heure',
    moveLabel: 'Une autre heure',
    change: 'Changer l’heure',
    delete: 'Supprimer',
    moved: (when) => `Elle paraîtra le ${when}.`,
    deleted: 'Elle ne paraîtra pas, et elle est supprimée.',
    planned: (when) => `Elle paraîtra le ${when}.`,
    publishedMeanwhile: 'Elle est parue entre-temps, ou quelqu’un d’autre l’a supprimée.',
    tooSoon: 'Choisissez une heure dans cinq minutes au plus tôt.',
    tooMany: french`On ne peut pas en prévoir autant : 25 pour un jour, 300 en tout.`,
    noMoment: 'Donnez une date et une heure.',
    failed: {
      role: 'La personne qui l’a écrite ne peut plus publier ici. Un propriétaire ou un administrateur de l’équipe peut y remédier.',
      pictures: 'L’une de ses images n’est plus là.',
      parent: 'Ce à quoi elle répond ou ce qu’elle cite n’est plus là, ou ne peut pas être cité.',
      content: 'Son texte ou son sondage n’est plus accepté.',
      other: french`Quelque chose a mal tourné sur ce serveur ; les personnes qui s’en occupent le trouveront dans leur journal.`,
    },
    waiting: 'Une publication prévue n’a pas pu paraître. Rien n’en est perdu.',
    see: 'Voir ce qui est prévu',
    later: 'Publier plus tard',
    at: 'Date et heure',
    atHint: 'Laissez vide pour publier maintenant.',
    timeZone: 'Fuseau horaire',
  },
}
