import { list, one, type Section } from './section.ts'

/** What those who run the instance decide about other servers. */
export const moderationMethods: Section = {
  title: 'Moderation',
  before:
    'For administrators, by a token with the scopes `admin:read` and `admin:write` or their parts; everybody else is answered 403.',
  methods: {
    'GET /api/v1/admin/domain_blocks': {
      returns: list('AdminDomainBlock'),
      note: 'Those too that a list decides. `severity` is `suspend`, `silence`, or `noop`: the exception below a blocked name, or from a list.',
    },
    'GET /api/v1/admin/domain_blocks/:id': { returns: one('AdminDomainBlock') },
    'POST /api/v1/admin/domain_blocks': {
      returns: one('AdminDomainBlock'),
      note: '`silence` unless another severity is named. What a list decides becomes an own decision; one that is there is answered 422. Nothing is deleted by a block.',
    },
    'PUT /api/v1/admin/domain_blocks/:id': {
      returns: one('AdminDomainBlock'),
      note: 'What is not sent stays as it is.',
    },
    'DELETE /api/v1/admin/domain_blocks/:id': {
      returns: one('Empty'),
      note: 'What a list decides is overruled by `noop`; an own decision gives way to a list.',
    },
    'GET /api/v1/admin/domain_allows': { returns: list('AdminDomainAllow') },
    'GET /api/v1/admin/domain_allows/:id': { returns: one('AdminDomainAllow') },
    'POST /api/v1/admin/domain_allows': {
      returns: one('AdminDomainAllow'),
      note: 'They have an effect once the instance speaks with nobody else, which is decided on its page or at the command line.',
    },
    'DELETE /api/v1/admin/domain_allows/:id': { returns: one('Empty') },
  },
}
