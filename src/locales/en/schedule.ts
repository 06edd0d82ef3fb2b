/** What is to be published later. */
export const schedule = {
  schedule: {
    title: 'Planned',
    text: 'What you have written and given a time. Times are those of your zone, even if its clocks change in between.',
    empty: 'Nothing is planned',
    emptyText: 'When you write a post, you can choose when it is to be published.',
    write: 'Write a post',
    when: (when: string) => `To be published on ${when}`,
    notPublished: (when: string) => `Was to be published on ${when}`,
    zone: (zone: string) => `Time zone: ${zone}`,
    pictures: (count: number) => (count === 1 ? 'With 1 picture' : `With ${count} pictures`),
    poll: 'With a poll',
    answer: 'An answer',
    move: 'Set this time',
    moveLabel: 'Another time',
    change: 'Change the time',
    delete: 'Delete',
    moved: (when: string) => `It will be published on ${when}.`,
    deleted: 'The post is deleted and will not be published.',
    planned: (when: string) => `It will be published on ${when}.`,
    publishedMeanwhile: 'It has been published meanwhile, or somebody else has deleted it.',
    tooSoon: 'Choose a time at least five minutes from now.',
    tooMany: 'That is too many planned posts: 25 for one day, 300 in all.',
    noMoment: 'Give a date and a time.',
    failed: {
      role: 'Whoever wrote it may no longer publish here. An owner or an admin of the team can change that.',
      pictures: 'One of its pictures is no longer there.',
      parent: 'What it answers or quotes is no longer there, or takes no answer or quote from you.',
      content: 'Its text or its poll is no longer accepted.',
      other: 'Something went wrong on this server; those who run it will find it in their log.',
    },
    waiting: 'A planned post could not be published. Nothing is lost.',
    see: 'See what is planned',
    later: 'Publish later',
    at: 'Date and time',
    atHint: 'Leave it empty to publish now.',
    timeZone: 'Time zone',
  },
}

/** The sentences about planned posts, which every language must have. */
export type ScheduleMessages = typeof schedule
