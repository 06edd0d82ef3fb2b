import { type ReadAttachment, readAttachedLinks, readAttachments, readOwnFile } from './attachments.ts'
import { readContent, readSpoiler, withTitleAndLinks } from './content.ts'
import { isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { type ReadOffer, readOffers } from './offers.ts'
import { type ReadPolicy, readPolicy } from './policy.ts'
import { type ReadQuote, readQuote } from './quote.ts'
import { type ReadTags, readTags } from './tags.ts'
import { addressesOf, countOf, dateOf, firstIdOf, idOf, iriOf, pageOf, rawTextOf, textOf, typeOf } from './values.ts'

/** The things that are shown as posts. Private messages of Lemmy 0.19, Mbin and Pleroma come as ChatMessage. */
export type ReadNoteType =
  | 'Article'
  | 'Audio'
  | 'ChatMessage'
  | 'Event'
  | 'Image'
  | 'Note'
  | 'Page'
  | 'Question'
  | 'Video'

/**
 * A post from elsewhere in plain words. `content` is HTML that may be shown, `title` and `spoilerText` are text. Who may see it
 * follows from `to` and `cc`; whether its author wrote it is for the gate to decide.
 */
export type ReadNote = ReadTags &
  ReadQuote &
  Readonly<{
    iri: string
    type: ReadNoteType
    url: string
    attributedTo: string
    content: string
    language: string | null
    spoilerText: string
    isSensitive: boolean
    title: string
    /** Never later than now. */
    publishedAt: Date
    /** Never later than now; null when it was not said, or not understood. */
    updatedAt: Date | null
    inReplyTo: string | null
    /** Who may answer it; null: everybody. */
    replyPolicy: ReadPolicy | null
    /** Where the yes to it as an answer is said to stand. */
    replyAuthorization: string | null
    /** Who may like it, and who may boost it; null: everybody. */
    likePolicy: ReadPolicy | null
    boostPolicy: ReadPolicy | null
    context: string | null
    to: readonly string[]
    cc: readonly string[]
    attachments: readonly ReadAttachment[]
    /** A choice in a poll: `title` is the option, `inReplyTo` the poll. It is no post. */
    isVote: boolean
    likesCount: number | null
    sharesCount: number | null
    /** What it shows for sale. */
    offers: readonly ReadOffer[]
    replies: string | null
    /** The document: what is not read here (the options of a poll, extensions) is read from it. */
    raw: JsonObject
  }>

const noteTypes: ReadonlySet<ReadNoteType> = new Set([
  'Article',
  'Audio',
  'ChatMessage',
  'Event',
  'Image',
  'Note',
  'Page',
  'Question',
  'Video',
])

/** In these `name` is only an option of a poll or a repeated title (NodeBB 4), and `summary` is a warning. */
const untitledTypes: ReadonlySet<ReadNoteType> = new Set(['ChatMessage', 'Note', 'Question'])

/** The file is the thing itself, not an attachment of it. */
const fileTypes: ReadonlySet<ReadNoteType> = new Set(['Audio', 'Image', 'Video'])

/** They are more than we show: their page is linked from the text. */
const linkedTypes: ReadonlySet<ReadNoteType> = new Set(['Audio', 'Event', 'Video'])

const maxTitleLength = 500

/** A document → the post that it is, or why it is none. Never throws, whatever the document is. */
export function readNote(json: JsonObject, now: Date): ReadNote | Refused {
  const type = typeOf(json, noteTypes)
  if (type === null) return { refused: 'not-a-post' }
  const iri = iriOf(json.id)
  if (iri === null) return { refused: 'no-id' }
  const author = readAuthor(json)
  if (typeof author !== 'string') return author
  const url = pageOf(json, iri)
  const text = readText(json, type, url)
  const inReplyTo = firstIdOf(json.inReplyTo)
  return {
    iri,
    type,
    url,
    attributedTo: author,
    ...text,
    publishedAt: notAfter(dateOf(json.published) ?? now, now),
    updatedAt: updatedOf(json, now),
    inReplyTo,
    context: idOf(json.context),
    to: addressesOf(json.to),
    cc: addressesOf(json.cc),
    attachments: readAttachments(json, fileTypes.has(type) ? readOwnFile(json) : null),
    ...readTags(json),
    ...readQuote(json),
    replyPolicy: readPolicy(json, 'canReply'),
    // GoToSocial before 0.20 has the older name.
    replyAuthorization: idOf(json.replyAuthorization) ?? idOf(json.approvedBy),
    likePolicy: readPolicy(json, 'canLike'),
    boostPolicy: readPolicy(json, 'canAnnounce'),
    isVote: inReplyTo !== null && isVote(json, type),
    likesCount: totalOf(json.likes),
    sharesCount: totalOf(json.shares),
    offers: readOffers(json, iri),
    replies: idOf(json.replies),
    raw: json,
  }
}

function readText(json: JsonObject, type: ReadNoteType, url: string) {
  const isUntitled = untitledTypes.has(type)
  const { content, language } = readContent(json)
  const title = textOf(json, 'name', maxTitleLength)
  const isMarked = json.sensitive === true
  // The summary of an article is an excerpt of it, unless the author says that it warns.
  const spoilerText = isUntitled || isMarked ? readSpoiler(json) : ''
  const links = [...(isUntitled ? [] : readAttachedLinks(json)), ...(linkedTypes.has(type) ? [url] : [])]
  return {
    title,
    content: isUntitled ? content : withTitleAndLinks(content, title, links),
    language,
    spoilerText,
    isSensitive: isMarked || spoilerText !== '',
  }
}

/**
 * A single author. PeerTube names the account and its channel: the account speaks. Any other list could be read as one author by
 * us and as another by the next server.
 */
function readAuthor(json: JsonObject): string | Refused {
  const authors = listOf(json.attributedTo)
  const people = authors.filter((author) => isObject(author) && author.type === 'Person')
  const [author] = authors.length > 1 ? people : authors
  if (authors.length > 1 && people.length !== 1) return { refused: 'several-authors' }
  return idOf(author) ?? { refused: 'no-author' }
}

/** NodeBB 4 names its replies too, but they have content. */
function isVote(json: JsonObject, type: ReadNoteType): boolean {
  if (type !== 'Note' || listOf(json.attachment).length > 0) return false
  return (rawTextOf(json, 'content') ?? '') === '' && textOf(json, 'name', maxTitleLength) !== ''
}

function updatedOf(json: JsonObject, now: Date): Date | null {
  const updated = dateOf(json.updated)
  return updated === null ? null : notAfter(updated, now)
}

/** A post from the future would stand above all others until then, and its id with it. */
function notAfter(date: Date, now: Date): Date {
  return date > now ? now : date
}

function totalOf(collection: unknown): number | null {
  return isObject(collection) ? countOf(collection.totalItems) : null
}
