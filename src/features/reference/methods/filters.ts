import { list, one, type Section } from './section.ts'

/** Filters. */
export const filtersMethods: Section = {
  title: 'Filters',
  before: `They belong to the identity, and the server applies them: each status says in \`filtered\` what its reader's filters found in its text, its
warning, the options of its poll and the descriptions of its pictures; for a boost, in what it shows. As in Mastodon a status that a
filter hides is sent all the same, and the client leaves it out where the filter's contexts say so. Keywords are texts, not patterns; case
makes no difference. An identity has 100 filters with 500 keywords and 5,000 posts.`,
  methods: {
    'GET /api/v2/filters': { returns: list('Filter') },
    'POST /api/v2/filters': { returns: one('Filter'), note: '`filter_action` warn, hide or blur (or `blur_media`).' },
    'GET /api/v2/filters/:id': { returns: one('Filter') },
    'PUT /api/v2/filters/:id': { returns: one('Filter') },
    'DELETE /api/v2/filters/:id': { returns: one('Empty') },
    'GET /api/v2/filters/:filter_id/keywords': { returns: list('FilterKeyword') },
    'POST /api/v2/filters/:filter_id/keywords': {
      returns: one('FilterKeyword'),
      note: '`whole_word` is true when it is left out.',
    },
    'GET /api/v2/filters/keywords/:id': { returns: one('FilterKeyword') },
    'PUT /api/v2/filters/keywords/:id': { returns: one('FilterKeyword') },
    'DELETE /api/v2/filters/keywords/:id': { returns: one('Empty') },
    'GET /api/v2/filters/:filter_id/statuses': { returns: list('FilterStatus') },
    'POST /api/v2/filters/:filter_id/statuses': { returns: one('FilterStatus') },
    'GET /api/v2/filters/statuses/:id': { returns: one('FilterStatus') },
    'DELETE /api/v2/filters/statuses/:id': {
      returns: one('Empty'),
      note: 'As Mastodon answers; its documentation shows the FilterStatus.',
    },
    'GET /api/v1/filters': { returns: list('OldFilter'), note: 'Each keyword is a filter.' },
    'POST /api/v1/filters': {
      returns: one('OldFilter'),
      note: '`irreversible` is the action `hide`; `whole_word` is false when it is left out.',
    },
    'GET /api/v1/filters/:id': { returns: one('OldFilter') },
    'PUT /api/v1/filters/:id': { returns: one('OldFilter'), note: '422 for what other keywords of the filter share.' },
    'DELETE /api/v1/filters/:id': { returns: one('Empty'), note: 'The keyword alone.' },
  },
}
