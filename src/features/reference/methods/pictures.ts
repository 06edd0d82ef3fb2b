import { one, type Section } from './section.ts'

/** Pictures. */
export const picturesMethods: Section = {
  title: 'Pictures',
  after: `\`thumbnail\` answers 422: pictures are shown as they are. There is no video and no sound. The address of a picture that not everybody may
see is signed for who asked, and lasts two to three days; ask for the post again to have a fresh one.`,
  methods: {
    'POST /api/v2/media': {
      returns: one('MediaAttachment'),
      also: { 202: 'The sizes are being made: `url` is null until they are' },
      note: 'Waits three seconds for the sizes, then 202. JPEG, PNG, WebP, AVIF, GIF (its first frame) and HEIC.',
    },
    'POST /api/v1/media': {
      returns: one('MediaAttachment'),
      also: { 202: 'The sizes are being made: `url` is null until they are' },
      note: 'Waits 20 seconds.',
    },
    'GET /api/v1/media/:id': {
      returns: one('MediaAttachment'),
      also: { 206: 'The sizes are being made' },
      note: '206 while the sizes are being made, 422 with a sentence when the picture was refused.',
    },
    'PUT /api/v1/media/:id': {
      returns: one('MediaAttachment'),
      note: 'The description and the focus. In a post that is an edit of the post, of which others are told.',
    },
    'PUT /api/v2/media/:id': { returns: one('MediaAttachment'), note: 'The same.' },
    'DELETE /api/v1/media/:id': { returns: one('Empty'), note: 'While the picture is in no post.' },
  },
}
