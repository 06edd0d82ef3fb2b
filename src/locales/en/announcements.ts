/** What those who run the instance tell its people. */
export const announcements = {
  announcement: {
    label: 'Announcements',
    dismiss: 'I have read it',
    on: (day: string) => `On ${day}`,
    between: (from: string, until: string) => `From ${from} to ${until}`,
    from: (from: string) => `From ${from}`,
    until: (until: string) => `Until ${until}`,
  },
}

/** The sentences about announcements, which every language must have. */
export type AnnouncementMessages = typeof announcements
