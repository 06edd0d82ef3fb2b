import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { cardFor } from '#src/features/cards/service.ts'
import { listEmojisIn } from '#src/features/emoji/service.ts'
import { askFrom, isSamePoll, replacePoll } from '#src/features/polls/edit.ts'
import { checkPoll, type PollDraft } from '#src/features/polls/policy.ts'
import { findPollOfPost, type PollRow } from '#src/features/polls/queries.ts'
import { type ProductWish, showProducts } from '#src/features/products/posted.ts'
import { listPosted, type PostedRow } from '#src/features/products/posted-queries.ts'
import { attachPictures, describePicture, discardPictures } from './attachment-queries.ts'
import { type Composed, composeText } from './compose.ts'
import { takePictures } from './pictures.ts'
import { checkAttached, checkText, fieldProblem, requirePublisher } from './policy.ts'
import { listPictures, type MediaRow } from './publication-queries.ts'
import { findPost, type Post } from './queries.ts'
import { writeQuotePolicy } from './quote.ts'
import type { QuotePolicy } from './quote-policy.ts'
import { findQuoteBy } from './quote-queries.ts'
import { insertEdit, lockPost, replaceHashtags, replaceRecipients, updatePost } from './write-queries.ts'

/** A new description or focal point (each from -1 to 1) of a picture of the post. */
export type PictureChange = Readonly<{
  id: string
  description?: string | null | undefined
  focus?: { x: number; y: number } | undefined
}>

/** What is to change; whatever is left out stays as it is. */
export type PostChanges = Readonly<{
  text?: string | undefined
  spoilerText?: string | undefined
  isSensitive?: boolean | undefined
  language?: string | null | undefined
  /** All pictures in their order: those that are not named are taken off and deleted. */
  mediaIds?: readonly string[] | undefined
  pictures?: readonly PictureChange[] | undefined
  /** Null takes the poll off. Other options make the votes void. */
  poll?: PollDraft | null | undefined
  /** What it shows for sale: all of it. */
  products?: readonly ProductWish[] | undefined
  /** What it quotes already: an edit does not change that. */
  quotedId?: string | undefined
  /** Who may quote it from now on. That is no edit of what it says. */
  quotePolicy?: QuotePolicy | undefined
}>

/**
 * Changes a post of the viewer's actor and keeps what it said before. Changing nothing leaves no trace.
 * @throws Problem `notFound` for posts of others, `forbidden` and `invalid` as `createPost`
 */
export async function editPost(ctx: Ctx, viewer: Viewer, id: string, changes: PostChanges): Promise<void> {
  const before = await findPost(ctx.db, id)
  if (!before || before.deletedAt || before.boostOfId || before.actorId !== viewer.actorId) throw notFound()
  requirePublisher(viewer, before.inReplyToId !== null)
  const text = changes.text ?? before.source ?? ''
  // Before the text is composed, which looks people up elsewhere; the pictures are counted under the lock.
  checkText({ text, spoilerText: changes.spoilerText ?? before.spoilerText, pictures: 1 })
  if (changes.quotedId && (await findQuoteBy(ctx.db, id))?.quotedId !== changes.quotedId) {
    throw fieldProblem('quoted_status_id', 'ERR_INVALID', 'cannot be changed by an edit: write a new post')
  }
  const composed = await composeText(ctx, text)
  await transaction(ctx.db, async (tx) => {
    if (!(await lockPost(tx, id))) throw notFound()
    const [post, pictures, poll] = [await findPost(tx, id), await listPictures(tx, id), await findPollOfPost(tx, id)]
    const posted = changes.products ? await listPosted(tx, id) : []
    const edit = { viewer, pictures, poll, posted, changes: { ...changes, text, poll: changedPoll(changes) }, composed }
    if (!post) return
    await apply(ctx, tx, { ...edit, post })
    if (changes.quotePolicy) await writeQuotePolicy(tx, viewer, post, changes.quotePolicy)
  })
}

/** Pictures that come for the first time take the place of a poll, as in Mastodon, where the two cannot be together. */
function changedPoll({ poll, mediaIds = [] }: PostChanges): PollDraft | null | undefined {
  if (poll) return checkPoll(poll)
  return mediaIds.length > 0 ? null : poll
}

type Edit = Readonly<{
  viewer: Viewer
  post: Post
  pictures: readonly MediaRow[]
  poll: PollRow | null
  /** What it shows for sale, when that is to change. */
  posted: readonly PostedRow[]
  changes: PostChanges & { text: string }
  composed: Composed
}>

async function apply(ctx: Ctx, tx: Tx, edit: Edit): Promise<void> {
  const { viewer, post, pictures, poll, composed } = edit
  const changes = withoutUnchanged(edit, ctx.now())
  if (!changes) return
  const { id, actorId } = post
  const mediaIds = changes.mediaIds ?? pictures.map((picture) => picture.id)
  checkText({ text: changes.text, spoilerText: changes.spoilerText ?? post.spoilerText, pictures: mediaIds.length })
  checkAttached(changes.poll === undefined ? poll : changes.poll, mediaIds.length)
  await insertEdit(tx, post, {
    userId: viewer.userId,
    media: pictures.map(({ id: mediaId, description }) => ({ id: mediaId, description })),
    pollOptions: poll?.options ?? null,
  })
  const taken = await takePictures(tx, { actorId, postId: id, ids: mediaIds })
  await discardPictures(tx, id, ctx.now(), taken)
  await attachPictures(tx, id, taken)
  if (changes.products) await showProducts(tx, { postId: id, mediaIds: taken }, changes.products)
  for (const { focus, ...picture } of changes.pictures ?? []) {
    await describePicture(tx, id, { ...picture, ...(focus ? { focusX: focus.x, focusY: focus.y } : {}) })
  }
  await changePoll(tx, edit, ctx.now())
  const hasMedia = taken.length > 0
  const cardId = await cardFor(ctx, tx, { content: composed.content, hasMedia, isLocal: true })
  await replaceRecipients(
    tx,
    id,
    composed.mentionIds.map((mentioned) => ({ actorId: mentioned, isMention: true })),
  )
  await replaceHashtags(tx, id, composed.hashtags)
  const editedAt = nextEditAt(post, ctx.now())
  const spoilerText = changes.spoilerText ?? post.spoilerText
  await updatePost(tx, id, {
    content: composed.content,
    source: changes.text,
    spoilerText,
    emojis: await emojisOf(ctx, tx, edit, { spoilerText }),
    isSensitive: (changes.isSensitive ?? wasSensitive(post, spoilerText)) || spoilerText !== '',
    language: changes.language === undefined ? post.language : changes.language,
    hasMedia,
    cardId,
    editedAt,
  })
  await emit(tx, { type: 'post.edited', postId: id, editedAt: editedAt.toISOString() })
  await recordAct(tx, { viewer, action: 'post.edited', subjectId: id })
}

/** Whether a post stays sensitive when nothing is said of that: it does not once it loses the warning that made it so. */
function wasSensitive(post: Edit['post'], spoilerText: string): boolean {
  return post.isSensitive && (post.spoilerText === '' || spoilerText !== '')
}

function emojisOf(ctx: Ctx, tx: Tx, { post, poll, changes }: Edit, { spoilerText }: { spoilerText: string }) {
  const asked = changes.poll === undefined ? poll : changes.poll
  return listEmojisIn(ctx, tx, {
    texts: [changes.text, spoilerText, ...(asked?.options ?? [])],
    former: post.emojis,
  })
}

async function changePoll(tx: Tx, { post, poll, changes }: Edit, now: Date): Promise<void> {
  if (changes.poll === undefined) return
  const wanted = changes.poll && askFrom(now, changes.poll)
  await replacePoll(tx, { postId: post.id, before: poll, wanted, now })
}

/** The changes, or null when they change nothing: some clients send an edit on every press of the button. */
function withoutUnchanged(
  { post, pictures, poll, posted, changes }: Edit,
  now: Date,
): (PostChanges & { text: string }) | null {
  const ids = pictures.map(({ id }) => id)
  const isSame =
    changes.text === (post.source ?? '') &&
    (changes.spoilerText ?? post.spoilerText) === post.spoilerText &&
    (changes.isSensitive ?? post.isSensitive) === post.isSensitive &&
    (changes.language === undefined || changes.language === post.language) &&
    (changes.mediaIds ?? ids).join() === ids.join() &&
    (changes.products === undefined || arePosted(changes.products, posted)) &&
    (changes.poll === undefined || isSamePoll(poll, changes.poll && askFrom(now, changes.poll))) &&
    (changes.pictures ?? []).every((change) => isAsBefore(change, pictures))
  return isSame ? null : changes
}

function arePosted(wishes: readonly ProductWish[], posted: readonly PostedRow[]): boolean {
  const wished = wishes.map(({ productId, spot }) => [productId, spot?.mediaId, spot?.x, spot?.y].join())
  return wished.join(';') === posted.map(({ productId, mediaId, x, y }) => [productId, mediaId, x, y].join()).join(';')
}

function isAsBefore({ id, description, focus }: PictureChange, pictures: readonly MediaRow[]): boolean {
  const picture = pictures.find((one) => one.id === id)
  // A picture of another post is not changed by this edit.
  if (!picture) return true
  if (description !== undefined && (description || null) !== (picture.description || null)) return false
  return focus === undefined || (focus.x === picture.focusX && focus.y === picture.focusY)
}

/** Other servers read times to the second and take only what is newer: each edit comes at least a second after what it replaces. */
function nextEditAt(post: Post, now: Date): Date {
  const last = (post.editedAt ?? post.publishedAt).getTime()
  return new Date(Math.max(now.getTime(), Math.floor(last / 1_000) * 1_000 + 1_000))
}
