import { list, one, page, type Section, texts } from './section.ts'

/** The instance. */
export const instanceMethods: Section = {
  title: 'The instance',
  after: `A post has 5,000 characters (a link counts 23) and ten pictures; a picture 16 MB and 40 megapixels, its description 1,500 characters; a
profile six fields.`,
  methods: {
    'GET /api/v1/instance': { returns: one('OldInstance') },
    'GET /api/v2/instance': { returns: one('Instance'), note: 'The limits below.' },
    'GET /api/v1/instance/rules': { returns: list('Rule') },
    'GET /api/v1/instance/extended_description': {
      returns: one('DatedText'),
      note: '404 as long as nobody has written one; so the next three.',
    },
    'GET /api/v1/instance/privacy_policy': { returns: one('DatedText') },
    'GET /api/v1/instance/terms_of_service': { returns: one('TermsOfService') },
    'GET /api/v1/instance/terms_of_service/:date': { returns: one('TermsOfService') },
    'GET /api/v1/instance/translation_languages': { returns: one('Translations'), note: 'None.' },
    'GET /api/v1/instance/languages': { returns: list('Language') },
    'GET /api/v1/instance/peers': { returns: texts, note: '20,000 at the most.' },
    'GET /api/v1/instance/activity': {
      returns: list('Activity'),
      note: 'A login counts in the weeks in which one of its sessions or tokens began or was last used.',
    },
    'GET /api/v1/instance/domain_blocks': { returns: list('DomainBlock') },
    'GET /api/v1/directory': { returns: list('Account') },
    'GET /api/v1/announcements': {
      returns: list('Announcement'),
      note: 'What each person has read, whichever identity they act as.',
    },
    'POST /api/v1/announcements/:id/dismiss': { returns: one('Empty') },
    'PUT /api/v1/announcements/:id/reactions/:name': {
      returns: one('Empty'),
      note: 'Emojis of Unicode, and those of the instance by their shortcodes; eight different ones at the most.',
    },
    'DELETE /api/v1/announcements/:id/reactions/:name': { returns: one('Empty') },
    'GET /api/v1/custom_emojis': {
      returns: list('CustomEmoji'),
      note: 'Those of the instance; those of other servers come with their posts and accounts.',
    },
    'GET /api/openapi.json': { returns: one('Description'), note: 'This list for programs: OpenAPI 3.1.' },
    'GET /api/docs': { returns: page, note: 'This list for people.' },
  },
}
