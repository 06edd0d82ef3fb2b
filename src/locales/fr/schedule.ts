import { french } from '#src/core/i18n.ts'
import type { ScheduleMessages } from '../en/schedule.ts'

/** What is to be published later, in French. */
export const schedule: ScheduleMessages = {
  schedule: {
    title: 'À paraître',
    text: 'Les publications que vous avez programmées. Les heures sont celles de votre fuseau, même après un changement d’heure.',
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
    moved: (when) => `La publication paraîtra le ${when}.`,
    deleted: 'La publication est supprimée et ne paraîtra pas.',
    planned: (when) => `La publication paraîtra le ${when}.`,
    publishedMeanwhile: 'La publication est parue entre-temps, ou quelqu’un d’autre l’a supprimée.',
    tooSoon: 'Choisissez une heure située au moins cinq minutes plus tard.',
    tooMany: french`C’est trop de publications programmées : 25 par jour, 300 en tout.`,
    noMoment: 'Donnez une date et une heure.',
    failed: {
      role: 'La personne qui l’a écrite ne peut plus publier ici. Une personne qui gère l’équipe peut y remédier.',
      pictures: 'L’une de ses images n’est plus là.',
      parent: 'Ce à quoi elle répond ou ce qu’elle cite n’est plus là, ou n’accepte de vous ni réponse ni citation.',
      content: 'Son texte ou son sondage n’est plus accepté.',
      other: french`Un incident s’est produit sur ce serveur ; ses responsables en trouveront la trace dans leur journal.`,
    },
    waiting: 'Une publication prévue n’a pas pu paraître. Son contenu est conservé.',
    see: 'Voir ce qui est prévu',
    later: 'Publier plus tard',
    at: 'Date et heure',
    atHint: 'Laissez vide pour publier maintenant.',
    timeZone: 'Fuseau horaire',
  },
}
