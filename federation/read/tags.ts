import { cleanText } from '#src/core/sanitize.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { iriOf, linksOf, typeOf } from './values.ts'

/** Somebody named in a post: the actor's id, and the name as it was written (often `@user@host`). */
export type ReadMention = Readonly<{ iri: string; name: string }>

/** A hashtag without its sign, and where its author would look it up. */
export type ReadHashtag = Readonly<{ name: string; href: string | null }>

/** A picture that stands for `:shortcode:` in a text. */
export type ReadEmoji = Readonly<{ shortcode: string; url: string }>

/** The tags of a post by kind, each once. */
export type ReadTags = Readonly<{
  mentions: readonly ReadMention[]
  hashtags: readonly ReadHashtag[]
  emojis: readonly ReadEmoji[]
}>

const tagTypes: ReadonlySet<'Emoji' | 'Hashtag' | 'Mention'> = new Set(['Emoji', 'Hashtag', 'Mention'])

/** What comes after that is not looked at: no honest post has so many. */
const maxTags = 256

const maxNameLength = 512

/** A longer one is no hashtag: cut, it would be another. */
const maxHashtagLength = 100

/** Shortcodes stand between colons in a text and in pages: nothing but letters, digits and these may be in them. */
const shortcodeShape = /^[\w+-]{1,64}$/

/** What a hashtag is made of; anything else would not be found by its name. */
const hashtagShape = /^(?:[\p{L}\p{N}\p{M}\p{Pc}·・'’-]|\u200c|\u200d)+$/u

/** The mentions, hashtags and emojis of a post. */
export function readTags(json: JsonObject): ReadTags {
  const mentions = new Map<string, ReadMention>()
  const hashtags = new Map<string, ReadHashtag>()
  const emojis = new Map<string, ReadEmoji>()
  for (const tag of listOf(json.tag).slice(0, maxTags)) {
    if (!isObject(tag)) continue
    const type = typeOf(tag, tagTypes)
    if (type === 'Mention') put(mentions, readMention(tag), (mention) => mention.iri)
    else if (type === 'Hashtag') put(hashtags, readHashtag(tag), (hashtag) => hashtag.name.toLowerCase())
    else if (type === 'Emoji') put(emojis, readEmoji(tag), (emoji) => emoji.shortcode)
  }
  return { mentions: [...mentions.values()], hashtags: [...hashtags.values()], emojis: [...emojis.values()] }
}

/** The first of a name wins. */
function put<T>(map: Map<string, T>, value: T | null, keyOf: (value: T) => string): void {
  if (value !== null && !map.has(keyOf(value))) map.set(keyOf(value), value)
}

function readMention(tag: JsonObject): ReadMention | null {
  const iri = iriOf(tag.href)
  return iri === null ? null : { iri, name: nameOf(tag) }
}

function readHashtag(tag: JsonObject): ReadHashtag | null {
  const name = nameOf(tag).replace(/^[#＃]/, '')
  return hashtagShape.test(name) && name.length <= maxHashtagLength ? { name, href: iriOf(tag.href) } : null
}

function readEmoji(tag: JsonObject): ReadEmoji | null {
  const shortcode = nameOf(tag).replace(/^:|:$/g, '')
  const [link] = linksOf(tag.icon, 1)
  return link !== undefined && shortcodeShape.test(shortcode) ? { shortcode, url: link.href } : null
}

function nameOf(tag: JsonObject): string {
  return typeof tag.name === 'string' ? cleanText(tag.name, maxNameLength) : ''
}
