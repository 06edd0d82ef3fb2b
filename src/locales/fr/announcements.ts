import type { AnnouncementMessages } from '../en/announcements.ts'

/** What those who run the instance tell its people, in French. */
export const announcements: AnnouncementMessages = {
  announcement: {
    label: 'Annonces',
    dismiss: 'J’ai lu',
    on: (day) => `Le ${day}`,
    between: (from, until) => `Du ${from} au ${until}`,
    from: (from) => `À partir du ${from}`,
    until: (until) => `Jusqu’au ${until}`,
  },
}
