import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { media } from '#src/db/schema/media.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import type { Media } from '#src/features/media/queries.ts'
import { findPollOfPost, type PollRow } from '#src/features/polls/queries.ts'
import { listPostedOf, type PostedProduct } from '#src/features/products/posted.ts'
import { findReplyEnds, type ReplyEnds } from './consent-queries.ts'
import { findPost, type Post, type Visibility } from './queries.ts'
import { findQuoteEnds, type QuoteEnds } from './quote-queries.ts'
import type { ReplyPolicy } from './reply-policy.ts'
import { findReplyApproval, findReplyPolicy, type ReplyApproval } from './reply-queries.ts'

/** A picture of a post. */
export type MediaRow = Media

/** Another post that this one speaks of, as much of it as its address needs. `iri` and `authorIri` are null when it is ours. */
export type PostReference = Readonly<{
  id: string
  iri: string | null
  visibility: Visibility
  authorId: string
  authorHandle: string
  authorIri: string | null
  /** The conversation as its server names it. */
  context: string | null
}>

/** Somebody to whom a post is addressed by name; `host`, `iri` and `url` are null for ours. */
export type Recipient = Readonly<{
  actorId: string
  isMention: boolean
  handle: string
  host: string | null
  iri: string | null
  url: string | null
  isGroup: boolean
  followersIri: string | null
}>

/** A post with everything that its document for other servers needs; deleted ones too (`post.deletedAt`). */
export type Publication = Readonly<{
  post: Post
  author: Actor
  /** What it answers, if we have that; `post.inReplyToIri` otherwise. */
  parent: PostReference | null
  /** The first post of its conversation, if we have that. */
  root: PostReference | null
  /** What it boosts. */
  boostOf: PostReference | null
  recipients: readonly Recipient[]
  /** Its pictures in their order. */
  media: readonly MediaRow[]
  tags: readonly { name: string; label: string }[]
  poll: PollRow | null
  /** What it quotes, with the state of its author's consent. */
  quote: QuoteEnds | null
  /** What the author of its parent says to it, where they have to let it in. */
  approval: ReplyApproval | null
  /** The same where that author is one of ours. */
  consent: ReplyEnds | null
  /** Who may answer it; null: everybody. */
  replyPolicy: ReplyPolicy | null
  /** What it shows for sale. */
  posted: readonly PostedProduct[]
}>

/** Loads a post for its document. Whoever asks must have checked who may read it. */
export async function findPublication(db: Db | Tx, postId: string): Promise<Publication | null> {
  const post = await findPost(db, postId)
  if (!post) return null
  const [author, references, recipients, pictures, hashtags, poll, quote, posted, answering] = await Promise.all([
    findActor(db, post.actorId),
    listReferences(db, [post.inReplyToId, post.boostOfId, post.conversationId]),
    listRecipients(db, post.id),
    listPictures(db, post.id),
    listHashtags(db, post.id),
    findPollOfPost(db, post.id),
    post.hasQuote ? findQuoteEnds(db, post.id) : null,
    post.hasProducts ? listPostedOf(db, post.id) : [],
    findAnswering(db, post),
  ])
  if (!author) return null
  const parent = references.find(({ id }) => id === post.inReplyToId) ?? null
  const root = references.find(({ id }) => id === post.conversationId) ?? null
  const boostOf = references.find(({ id }) => id === post.boostOfId) ?? null
  const related = { parent, root, boostOf, quote, ...answering }
  return { post, author, ...related, recipients, media: pictures, tags: hashtags, poll, posted }
}

/** Who may answer a post of ours, and who says what to it as an answer. */
async function findAnswering(
  db: Db | Tx,
  post: Post,
): Promise<Pick<Publication, 'approval' | 'consent' | 'replyPolicy'>> {
  if (post.iri !== null) return { approval: null, consent: null, replyPolicy: null }
  const [replyPolicy, approval, consent] = await Promise.all([
    findReplyPolicy(db, post.id),
    post.inReplyToId ? findReplyApproval(db, post.id) : null,
    post.inReplyToId ? findReplyEnds(db, post.id) : null,
  ])
  return { approval, consent, replyPolicy }
}

/** Posts by their ids with what names them, in no order. */
export async function listReferences(db: Db | Tx, ids: readonly (string | null)[]): Promise<PostReference[]> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return []
  return db
    .select({
      id: posts.id,
      iri: posts.iri,
      visibility: posts.visibility,
      authorId: actors.id,
      authorHandle: actors.handle,
      authorIri: actors.iri,
      context: sql<string | null>`coalesce(${posts.raw}->'context'->>'id',
        case jsonb_typeof(${posts.raw}->'context') when 'string' then ${posts.raw}->>'context' end)`,
    })
    .from(posts)
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .where(inArray(posts.id, wanted))
}

/** Everybody to whom a post is addressed by name, in the order of the text. */
export async function listRecipients(db: Db | Tx, postId: string): Promise<Recipient[]> {
  return db
    .select({
      actorId: postRecipients.actorId,
      isMention: postRecipients.isMention,
      handle: actors.handle,
      host: actors.host,
      iri: actors.iri,
      url: actors.url,
      isGroup: sql<boolean>`${actors.type} = 'Group'`,
      followersIri: actors.followersIri,
    })
    .from(postRecipients)
    .innerJoin(actors, eq(actors.id, postRecipients.actorId))
    .where(eq(postRecipients.postId, postId))
    .orderBy(asc(postRecipients.position), asc(postRecipients.actorId))
}

/** Whether a post is addressed to somebody by name. */
export async function isRecipient(db: Db | Tx, postId: string, actorId: string): Promise<boolean> {
  const isTheirs = and(eq(postRecipients.postId, postId), eq(postRecipients.actorId, actorId))
  return (await db.$count(postRecipients, isTheirs)) > 0
}

/** The pictures of a post in their order. */
export async function listPictures(db: Db | Tx, postId: string): Promise<MediaRow[]> {
  return db
    .select()
    .from(media)
    .where(and(eq(media.postId, postId), isNull(media.deletedAt)))
    .orderBy(asc(media.position), asc(media.id))
}

function listHashtags(db: Db | Tx, postId: string) {
  return db
    .select({ name: tags.name, label: tags.label })
    .from(postTags)
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(eq(postTags.postId, postId))
    .orderBy(asc(tags.id))
}
