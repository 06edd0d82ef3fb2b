import { covers } from '#src/core/scopes.ts'
import { foldHashtag } from '#src/features/posts/hashtags.ts'

/** One stream that a client has opened: `key` tells it from others, `label` is what clients are told with each event. */
export type Stream = Readonly<{ key: string; name: string; tag: string | null; label: readonly string[] }>

/** What is needed to open each stream. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  user: ['read:statuses', 'read:notifications'],
  'user:notification': ['read:notifications'],
  public: ['read:statuses'],
  'public:local': ['read:statuses'],
  'public:remote': ['read:statuses'],
  'public:media': ['read:statuses'],
  'public:local:media': ['read:statuses'],
  'public:remote:media': ['read:statuses'],
  direct: ['read:statuses'],
  hashtag: ['read:statuses'],
  'hashtag:local': ['read:statuses'],
}

/** Why a stream cannot be opened. */
export type StreamRefusal = Readonly<{ status: 400 | 403 | 404; error: string }>

/**
 * The stream that a client asks for.
 * @see https://docs.joinmastodon.org/methods/streaming/#streams
 */
export function readStream(
  asked: Readonly<{ stream?: unknown; tag?: unknown }>,
  granted: readonly string[],
): Stream | StreamRefusal {
  const name = typeof asked.stream === 'string' ? asked.stream : ''
  const wanted = scopes[name]
  if (!wanted) return { status: 404, error: 'Unknown stream type' }
  if (!wanted.some((scope) => covers(granted, scope)))
    return { status: 403, error: 'This action is outside the authorized scopes' }
  if (!name.startsWith('hashtag')) return { key: name, name, tag: null, label: [name] }
  const tag = typeof asked.tag === 'string' ? foldHashtag(asked.tag.replace(/^#/, '')) : ''
  if (tag === '') return { status: 400, error: 'No tag for stream provided' }
  return { key: `${name} ${tag}`, name, tag, label: [name, tag] }
}

/** What the names of streams are decided by. */
export type PostFacts = Readonly<{ isLocal: boolean; hasMedia: boolean; isListed: boolean; tags: readonly string[] }>

/** Whether a post for everybody stands in a stream that is open to all. */
export function isInOpenStream({ name, tag }: Stream, post: PostFacts): boolean {
  if (name.includes('local') && !post.isLocal) return false
  if (name.includes('remote') && post.isLocal) return false
  if (name.endsWith('media') && !post.hasMedia) return false
  if (tag !== null) return post.tags.includes(tag)
  return name.startsWith('public') && post.isListed
}
