import { list, one, type Section } from './section.ts'

/** Lists and hashtags. */
export const listsMethods: Section = {
  title: 'Lists and hashtags',
  methods: {
    'GET /api/v1/lists': { returns: list('List') },
    'GET /api/v1/lists/:id': { returns: one('List') },
    'POST /api/v1/lists': { returns: one('List'), note: '100 lists at the most.' },
    'PUT /api/v1/lists/:id': { returns: one('List') },
    'DELETE /api/v1/lists/:id': { returns: one('Empty') },
    'GET /api/v1/lists/:id/accounts': { returns: list('Account'), note: '`limit=0` for all of them.' },
    'POST /api/v1/lists/:id/accounts': {
      returns: one('Empty'),
      note: 'Whom one follows or asks to follow, and oneself; 1,000 at the most. Who is no longer followed leaves.',
    },
    'DELETE /api/v1/lists/:id/accounts': {
      returns: one('Empty'),
      note: '`account_ids[]` in the body or in the address.',
    },
    'GET /api/v1/tags/:name': { returns: one('Tag'), note: 'The name, or the id.' },
    'POST /api/v1/tags/:name/follow': {
      returns: one('Tag'),
      note: '200 at the most. Public posts under it come home, without boosts.',
    },
    'POST /api/v1/tags/:name/unfollow': { returns: one('Tag') },
    'POST /api/v1/tags/:id/feature': { returns: one('Tag'), note: 'The name, or the id.' },
    'POST /api/v1/tags/:id/unfeature': { returns: one('Tag') },
    'GET /api/v1/followed_tags': { returns: list('Tag') },
    'GET /api/v1/featured_tags': { returns: list('FeaturedTag') },
    'POST /api/v1/featured_tags': { returns: one('FeaturedTag'), note: 'Ten at the most.' },
    'DELETE /api/v1/featured_tags/:id': { returns: one('Empty') },
    'GET /api/v1/featured_tags/suggestions': { returns: list('Tag'), note: "Ten, by one's last open post with each." },
  },
}
