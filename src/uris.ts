import { isId } from '#src/core/ids.ts'
/** Addresses of this instance: the only place that knows their shape. */
export type Uris = ReturnType<typeof createUris>

/** What an address of ours points at. */
export type LocalTarget =
  | { kind: 'actor'; handle: string }
  | { kind: 'post'; handle: string; id: string }
  | { kind: 'activity'; id: string }
  | { kind: 'product'; handle: string; id: string }
  | { kind: 'quote-authorization'; handle: string; id: string }
  | { kind: 'reply-authorization'; handle: string; id: string }
  | { kind: 'instance' }

/**
 * Builds and reads the addresses of actors, posts, activities and collections. Ids and pages share one host: Mastodon and Pixelfed
 * refuse a `url` on another host than the `id`.
 * @param publicUrl scheme and host, without a slash at the end
 */
export function createUris(publicUrl: string) {
  const actor = (handle: string) => `${publicUrl}/users/${handle}`
  return {
    publicUrl,
    actor,
    inbox: (handle: string) => `${actor(handle)}/inbox`,
    outbox: (handle: string) => `${actor(handle)}/outbox`,
    followers: (handle: string) => `${actor(handle)}/followers`,
    followersOfHost: (handle: string) => `${actor(handle)}/followers_synchronization`,
    following: (handle: string) => `${actor(handle)}/following`,
    featured: (handle: string) => `${actor(handle)}/collections/featured`,
    moderators: (handle: string) => `${actor(handle)}/moderators`,
    featuredTags: (handle: string) => `${actor(handle)}/collections/tags`,
    sharedInbox: `${publicUrl}/inbox`,
    /** The source of the program as it runs here. */
    source: `${publicUrl}/source.tar.gz`,
    instanceActor: `${publicUrl}/actor`,
    profile: (handle: string) => `${publicUrl}/@${handle}`,
    post: (handle: string, id: string) => `${actor(handle)}/statuses/${id}`,
    postPage: (handle: string, id: string) => `${publicUrl}/@${handle}/${id}`,
    product: (handle: string, id: string) => `${actor(handle)}/products/${id}`,
    productPage: (handle: string, id: string) => `${publicUrl}/@${handle}/products/${id}`,
    agreement: (name: string) => `${publicUrl}/agreements/${name}`,
    catalogue: (handle: string) => `${actor(handle)}/products`,
    quoteAuthorization: (handle: string, id: string) => `${actor(handle)}/quote_authorizations/${id}`,
    replyAuthorization: (handle: string, id: string) => `${actor(handle)}/reply_authorizations/${id}`,
    replies: (handle: string, id: string) => `${actor(handle)}/statuses/${id}/replies`,
    context: (id: string) => `${publicUrl}/contexts/${id}`,
    activity: (effectId: string) => `${publicUrl}/activities/${effectId}`,
    tag: (name: string) => `${publicUrl}/tags/${encodeURIComponent(name)}`,
    media: (key: string, file: string) => `${publicUrl}/media/${key}/${file}`,
    cardImage: (key: string, file: string) => `${publicUrl}/cards/${key}/${file}`,
    emoji: (id: string) => `${publicUrl}/emojis/${id}`,
    emojiPicture: (key: string, file: string) => `${publicUrl}/emojis/${key}/${file}`,
    oembed: (url: string) => `${publicUrl}/api/oembed?url=${encodeURIComponent(url)}`,
    asset: (name: string) => `${publicUrl}${name}`,
    read: (iri: string) => readLocal(publicUrl, iri),
  }
}

const shapes: readonly [RegExp, (parts: string[]) => LocalTarget][] = [
  [/^\/actor\/?$/, () => ({ kind: 'instance' })],
  [/^\/users\/([\w.-]+)\/?$/, ([handle = '']) => ({ kind: 'actor', handle })],
  [/^\/@([\w.-]+)\/?$/, ([handle = '']) => ({ kind: 'actor', handle })],
  [/^\/users\/([\w.-]+)\/statuses\/(\d{1,19})\/?$/, ([handle = '', id = '']) => ({ kind: 'post', handle, id })],
  [/^\/@([\w.-]+)\/(\d{1,19})\/?$/, ([handle = '', id = '']) => ({ kind: 'post', handle, id })],
  [/^\/users\/([\w.-]+)\/products\/(\d{1,19})\/?$/, ([handle = '', id = '']) => ({ kind: 'product', handle, id })],
  [/^\/@([\w.-]+)\/products\/(\d{1,19})\/?$/, ([handle = '', id = '']) => ({ kind: 'product', handle, id })],
  [
    /^\/users\/([\w.-]+)\/quote_authorizations\/(\d{1,19})\/?$/,
    ([handle = '', id = '']) => ({ kind: 'quote-authorization', handle, id }),
  ],
  [
    /^\/users\/([\w.-]+)\/reply_authorizations\/(\d{1,19})\/?$/,
    ([handle = '', id = '']) => ({ kind: 'reply-authorization', handle, id }),
  ],
  [/^\/activities\/(\d{1,19})\/?$/, ([id = '']) => ({ kind: 'activity', id })],
]

/** What one of our own addresses points at; null for foreign addresses and for those that name no actor, post or activity. */
function readLocal(publicUrl: string, iri: string): LocalTarget | null {
  if (!iri.startsWith(`${publicUrl}/`) || !URL.canParse(iri)) return null
  const { pathname } = new URL(iri)
  for (const [shape, make] of shapes) {
    const match = shape.exec(pathname)
    if (!match) continue
    const target = make(match.slice(1))
    return 'id' in target && !isId(target.id) ? null : target
  }
  return null
}
