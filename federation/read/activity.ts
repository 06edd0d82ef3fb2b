import { htmlToText, sanitizeHtml } from '#src/core/sanitize.ts'
import { completeObject } from './carried.ts'
import { type Ignored, isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { isEmojiReact, type ReadReaction, readReaction } from './reaction.ts'
import { addressesOf, anyTypeOf, dateOf, idOf, idsOf, iriOf, rawTextOf, typeOf } from './values.ts'

/** The activities that we handle. EmojiReact is read as a Like, with a `reaction` that is none. */
export type ActivityType =
  | 'Accept'
  | 'Add'
  | 'Announce'
  | 'AnnounceRequest'
  | 'Block'
  | 'Create'
  | 'Delete'
  | 'Flag'
  | 'Follow'
  | 'Join'
  | 'Leave'
  | 'Like'
  | 'LikeRequest'
  | 'Lock'
  | 'Move'
  | 'Offer'
  | 'QuoteRequest'
  | 'Reject'
  | 'Remove'
  | 'ReplyRequest'
  | 'Undo'
  | 'Update'

/** What an activity is about: its id, and the object itself where it was sent along (it proves nothing about another origin). */
export type ActivityObject = Readonly<{ id: string | null; embedded: JsonObject | null }>

/**
 * The activity inside an Accept, a Reject or an Undo. With a bare id only `id` is known. `type` is the word that was sent, or
 * `Like` for an EmojiReact; it may be one that we do not handle.
 */
export type InnerActivity = Readonly<{
  id: string | null
  type: string | null
  actor: string | null
  object: string | null
  /** Of a question whether a post may quote another one: the post that wants to. */
  instrument: string | null
  /** Only of an EmojiReact: its emoji, if it can be read. */
  reactsWith?: string | null
}>

/**
 * An activity by its names. Nothing is verified: whether the actor signed it, owns the object, or shares an origin with its id is for
 * the gate to decide.
 */
export type Activity = Readonly<{
  id: string
  type: ActivityType
  actor: string
  object: ActivityObject
  /** Everything that a Flag reports; for the other types the one id in `object`, if there is one, which for an Announce of several is the first. */
  objects: readonly string[]
  inner: InnerActivity | null
  target: string | null
  /** What an actor does something with: the post that wants to quote the object. */
  instrument: ActivityObject | null
  /** What came of it: the stamp that an Accept gives. */
  result: string | null
  to: readonly string[]
  cc: readonly string[]
  /** As it was sent: it may lie in the future. */
  published: Date | null
  /** Plain text: the reason of a Flag, a word with a Follow. */
  content: string | null
  /** Of a Like or an EmojiReact: what it says by an emoji; null for a Like that says no more. */
  reaction?: ReadReaction | null
  raw: JsonObject
}>

const handledTypes: ReadonlySet<ActivityType | 'EmojiReact'> = new Set([
  'Accept',
  'Add',
  'Announce',
  'AnnounceRequest',
  'Block',
  'Create',
  'Delete',
  'EmojiReact',
  'Flag',
  'Follow',
  'Join',
  'Leave',
  'Like',
  'LikeRequest',
  'Lock',
  'Move',
  'Offer',
  'QuoteRequest',
  'Reject',
  'Remove',
  'ReplyRequest',
  'Undo',
  'Update',
])

/** Their object is an activity, which need not have an id: it is found by its actor and object. */
const aboutActivities: ReadonlySet<ActivityType> = new Set(['Accept', 'Reject', 'Undo'])

/** What they say of their object counts as said by the object, where both are by the same author. */
const bringsObject: ReadonlySet<ActivityType> = new Set(['Create', 'Update'])

const needTarget: ReadonlySet<ActivityType> = new Set(['Add', 'Move', 'Remove'])

/** As many as a report may name; the rest is left out. */
const maxReported = 100

const maxContentLength = 5000

/** A document from an inbox → the activity that it is, or why it is none. Never throws, whatever the document is. */
export function readActivity(json: JsonObject): Activity | Ignored | Refused {
  const type = activityTypeOf(json)
  if (type === null) return { ignored: anyTypeOf(json) ?? 'no-type' }
  const id = iriOf(json.id)
  if (id === null) return { refused: 'no-id' }
  if (Array.isArray(json.actor)) return { refused: 'several-actors' }
  const actor = idOf(json.actor)
  if (actor === null) return { refused: 'no-actor' }
  const about = readObjects(json, type)
  if ('refused' in about) return about
  return {
    id,
    type,
    actor,
    ...about,
    instrument: Array.isArray(json.instrument) ? null : readObject(json.instrument),
    result: Array.isArray(json.result) ? null : idOf(json.result),
    to: addressesOf(json.to),
    cc: addressesOf(json.cc),
    published: dateOf(json.published),
    content: wordOf(json, type),
    ...(type === 'Like' ? { reaction: readReaction(json) } : {}),
    raw: json,
  }
}

/** Whether a document is something that somebody does, and no thing. Pleroma names an actor in its posts too, beside their author. */
export function isActivity(json: JsonObject): boolean {
  return activityTypeOf(json) !== null || (json.actor !== undefined && json.attributedTo === undefined)
}

type About = Pick<Activity, 'object' | 'objects' | 'inner' | 'target'>

function readObjects(json: JsonObject, type: ActivityType): About | Refused {
  const target = Array.isArray(json.target) ? null : idOf(json.target)
  if (needTarget.has(type) && target === null) return { refused: 'no-target' }
  const values = listOf(json.object)
  if (type === 'Flag') return readReported(values, target)
  // PieFed announces several at once, which who reads it takes apart.
  if (values.length > 1 && type !== 'Announce') return { refused: 'several-objects' }
  const object = readObject(values[0])
  // NodeBB 4 sends local numbers as objects when it undoes the announcement of a post from elsewhere.
  if (object === null) return { refused: 'no-object' }
  const isAboutActivity = aboutActivities.has(type)
  // Hashtags, which come into collections and leave them, have no id.
  // An agreement that is only asked for has none either.
  const mayBeNameless = isAboutActivity || type === 'Add' || type === 'Remove' || type === 'Offer'
  if (object.id === null && !mayBeNameless) return { refused: 'object-without-id' }
  return {
    object: bringsObject.has(type)
      ? { ...object, embedded: object.embedded && completeObject(json, object.embedded) }
      : object,
    objects: object.id === null ? [] : [object.id],
    inner: isAboutActivity ? readInner(object) : null,
    target,
  }
}

function readReported(values: readonly unknown[], target: string | null): About | Refused {
  const objects = idsOf(values, maxReported)
  const [id] = objects
  if (id === undefined) return { refused: 'no-object' }
  return { object: { id, embedded: null }, objects, inner: null, target }
}

function readObject(value: unknown): ActivityObject | null {
  if (isObject(value)) return { id: iriOf(value.id), embedded: value }
  const id = iriOf(value)
  return id === null ? null : { id, embedded: null }
}

/** A list of actors or objects inside is nobody: nothing is undone by guessing. */
function readInner({ id, embedded }: ActivityObject): InnerActivity {
  if (embedded === null) return { id, type: null, actor: null, object: null, instrument: null }
  const objects = listOf(embedded.object)
  return {
    id,
    type: activityTypeOf(embedded) ?? anyTypeOf(embedded),
    actor: idOf(embedded.actor),
    object: objects.length === 1 ? idOf(objects[0]) : null,
    instrument: Array.isArray(embedded.instrument) ? null : idOf(embedded.instrument),
    ...(isEmojiReact(embedded) ? { reactsWith: readReaction(embedded)?.emoji ?? null } : {}),
  }
}

function activityTypeOf(json: JsonObject): ActivityType | null {
  const type = typeOf(json, handledTypes)
  return type === 'EmojiReact' ? 'Like' : type
}

/** Lemmy 0.19 gives the reason of a report as `summary`. */
function wordOf(json: JsonObject, type: ActivityType): string | null {
  return contentOf(json, 'content') ?? (type === 'Flag' ? contentOf(json, 'summary') : null)
}

function contentOf(json: JsonObject, name: string): string | null {
  const content = rawTextOf(json, name)
  if (content === null) return null
  return htmlToText(sanitizeHtml(content.slice(0, maxContentLength))) || null
}
