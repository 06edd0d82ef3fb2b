/** The page of the client API, as far as it is not the API's own text, which is English in every language. */
export const reference = {
  reference: {
    title: 'The client API',
    lead: 'The client API of Mastodon, as much of it as is here.',
    forPrograms: 'The same for programs (OpenAPI)',
    meaning: 'What each method is for, in the documentation of Mastodon',
    label: 'Sections',
    /** By the names that the sections have in the program. */
    sections: {
      'Signing in': 'Signing in',
      'The instance': 'The instance',
      Accounts: 'Accounts',
      Posts: 'Posts',
      'Lists and hashtags': 'Lists and hashtags',
      Filters: 'Filters',
      Pictures: 'Pictures',
      'Timelines, notifications, search': 'Timelines, notifications, search',
      Streams: 'Streams',
      Devices: 'Devices',
      'Products and orders': 'Products and orders',
      Moderation: 'Moderation',
    },
  },
}

/** The sentences of that page, which every language must have. */
export type ReferenceMessages = typeof reference
