import { covers } from '#src/core/scopes.ts'
import { foldHashtag } from '#src/features/posts/hashtags.ts'

/** One stream that a client has opened: `key` tells it from others, `label` is what clients are told with each event. */
export type Stream = Readonly<{
  key: string
  name: string
  tag: string | null
  listId: string | null
  label: readonly string[]
}>

/** What a client asks for. */
export type StreamWish = Readonly<{ stream?: unknown; tag?: unknown; list?: unknown }>

/** What is needed to open each stream: one of these. */
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
  list: ['read:statuses'],
}

/** Why a stream cannot be opened, in Mastodon's numbers and words: clients look for them. */
export type StreamRefusal = Readonly<{ status: 400 | 401 | 403; error: string }>

/**
 * The stream that a client asks for. Whose list it is must still be asked: see `open.ts`.
 * @see https://docs.joinmastodon.org/methods/streaming/#streams
 */
export function readStream(asked: StreamWish, granted: readonly string[]): Stream | StreamRefusal {
  const name = firstText(asked.stream)
  const wanted = Object.hasOwn(scopes, name) ? scopes[name] : undefined
  if (!wanted) return { status: 400, error: 'Unknown stream type' }
  if (!wanted.some((scope) => covers(granted, scope)))
    return { status: 403, error: 'This action is outside the authorized scopes' }
  if (name.startsWith('hashtag')) return readTagStream(name, firstText(asked.tag))
  if (name === 'list') return readListStream(name, firstText(asked.list))
  return { key: name, name, tag: null, listId: null, label: [name] }
}

/** The label is the client's own spelling, by which it knows what it asked for. */
function readTagStream(name: string, asked: string): Stream | StreamRefusal {
  const tag = foldHashtag(asked.replace(/^#/, ''))
  if (tag === '') return { status: 400, error: 'Missing tag name parameter' }
  return { key: `${name} ${tag}`, name, tag, listId: null, label: [name, asked] }
}

function readListStream(name: string, listId: string): Stream | StreamRefusal {
  if (listId === '') return { status: 400, error: 'Missing list name parameter' }
  return { key: `${name} ${listId}`, name, tag: null, listId, label: [name, listId] }
}

function firstText(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' || typeof first === 'number' ? String(first) : ''
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

/** Whether a deleted post may have stood in one: its hashtags and pictures went with its words, and an id alone tells nobody anything. */
export function mayHaveStoodIn(stream: Stream, post: PostFacts): boolean {
  return isInOpenStream(stream, { ...post, hasMedia: true, tags: stream.tag === null ? [] : [stream.tag] })
}
