import type { Ctx, Viewer } from '#src/context.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { toLinkCard } from '#src/features/cards/views.ts'
import { toEmojiValues } from '#src/features/emoji/views.ts'
import { type PictureAddresses, pictureAddresses } from '#src/features/media/addresses.ts'
import type { ShownMedia } from '#src/features/media/queries.ts'
import { toPictureValue } from '#src/features/media/views.ts'
import { readPoll } from '#src/features/polls/entity.ts'
import { toPostedValues } from '#src/features/products/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type ActorValue, nameOf } from '#src/web/components/actor.ts'
import { withEmojis } from '#src/web/components/emoji.ts'
import type { OpenGraphValue } from '#src/web/components/open-graph.ts'
import type { PictureValue } from '#src/web/components/picture.ts'
import type { GridItem } from '#src/web/components/picture-grid.ts'
import type { PollValue } from '#src/web/components/poll.ts'
import { isCovered, type PostValue, postArticle } from '#src/web/components/post.ts'
import { conversation } from '#src/web/components/post-card.ts'
import type { ReactionValue } from '#src/web/components/reactions.ts'
import type { ReplyAnswerValue } from '#src/web/components/reply-forms.ts'
import { type Html, html, raw } from '#src/web/html.ts'
import { listActions, pageActions, postPath, waysIn } from './action-views.ts'
import { toOnlooker } from './entity.ts'
import { listLatestPictures } from './gallery-queries.ts'
import { standingOf } from './quote-entity.ts'
import type { ReactionCount } from './reaction-queries.ts'
import { pictureOf } from './reactions.ts'
import type { ShownPost } from './shown.ts'

/** What the views of posts are made with. */
export type PostScenery = Readonly<{
  ctx: Pick<Ctx, 'uris' | 'config' | 'now'>
  addresses: PictureAddresses
  /** Who looks; null for somebody whom we do not know. */
  readerId: string | null
  /** Whether the reader may vote in polls; left out where nobody can. */
  mayVote?: boolean
  /** Those that stand first here because their author wants it so. */
  pinnedIds?: ReadonlySet<string>
  /** Who may do something with each post where it stands, and the page to go back to; left out where that is left to its page. */
  acting?: Readonly<{ viewer: Viewer; next: string }>
}>

/** Characters of a text that stand for the whole. */
const usualExcerpt = 200

/** A post as the page of a post and conversations show it. */
export function toPostValue(scenery: PostScenery, shown: ShownPost): PostValue {
  const { row, author } = shown
  const { spoilerText, isSensitive, visibility, language, publishedAt, editedAt, likesCount, boostsCount } = row
  const emojis = toEmojiValues(scenery.ctx.uris, row.emojis)
  return {
    id: row.id,
    href: postPath(scenery, shown),
    author: toActorValue(scenery.ctx, author),
    contentHtml: withEmojis(raw(row.content), emojis),
    language,
    spoilerText,
    isSensitive: isSensitive || isBlurred(shown),
    filteredBy: filterTitles(shown),
    isPinned: scenery.pinnedIds?.has(row.id) ?? false,
    pictures: toPictures(scenery, shown),
    poll: toPollValue(scenery, shown),
    emojis,
    card: row.card && toLinkCard(scenery.ctx, row.card, isSensitive || isBlurred(shown)),
    quote: toQuoteValue(scenery, shown),
    products: toProducts(scenery, shown),
    visibility,
    publishedAt,
    editedAt,
    likesCount,
    boostsCount,
    reactions: (row.reactions ?? []).map((one) => toReactionValue(scenery.ctx.uris, one)),
    inReplyTo: toParent(scenery, shown),
    boostedBy: shown.boostedBy && toBooster(toActorValue(scenery.ctx, shown.boostedBy)),
    readers: shown.group && visibility === 'direct' ? nameOf(toActorValue(scenery.ctx, shown.group)) : null,
    isLocked: row.isLocked,
    original: toOriginal(row.iri === null ? null : (row.url ?? row.iri)),
    actions: scenery.acting ? listActions(scenery, shown, scenery.acting) : null,
  }
}

/** An emoji with how many have reacted with it. */
export function toReactionValue(uris: Ctx['uris'], reaction: ReactionCount): ReactionValue {
  return { emoji: reaction.emoji, count: reaction.count, picture: pictureOf(uris, reaction) }
}

/** What a post quotes; of what is behind a warning or a filter, only that. */
function toQuoteValue(scenery: PostScenery, { row, quoted }: ShownPost): PostValue['quote'] {
  const standing = standingOf(row.quote)
  if (!standing) return null
  if (standing !== 'accepted') return { absence: standing }
  if (!quoted) return { absence: 'deleted' }
  const asking = quoted.matches.filter(({ filter }) => filter.action !== 'blur').map(({ filter }) => filter.title)
  const isOpenly = !quoted.row.isSensitive && quoted.row.spoilerText === '' && quoted.matches.length === 0
  const place = { ...quoted, answered: null, boostedBy: null, group: null, quoted: null, posted: [] }
  return {
    quoted: {
      href: postPath(scenery, quoted),
      author: toActorValue(scenery.ctx, quoted.author),
      excerpt: asking.length > 0 ? asking.join(', ') : excerptOf(quoted.row),
      emojis: asking.length > 0 ? [] : toEmojiValues(scenery.ctx.uris, quoted.row.emojis),
      language: quoted.row.language,
      picture: isOpenly ? (toPictures(scenery, place)[0] ?? null) : null,
      publishedAt: quoted.row.publishedAt,
    },
  }
}

function toBooster(actor: ActorValue): PostValue['boostedBy'] {
  return { name: nameOf(actor), href: actor.href, isGroup: actor.type === 'Group' }
}

/** A post as one tile of a grid. */
export function toGridItem(scenery: PostScenery, shown: ShownPost): GridItem {
  const { row, author } = shown
  const pictures = toPictures(scenery, shown)
  const authorName = nameOf(toActorValue(scenery.ctx, author))
  return {
    href: postPath(scenery, shown),
    authorName,
    picture: pictures[0] ?? null,
    pictureCount: pictures.length,
    // A film of another server, without a word: the link still needs a name.
    excerpt: excerptOf(row) || authorName,
    emojis: toEmojiValues(scenery.ctx.uris, row.emojis),
    isCovered: row.isSensitive || row.spoilerText !== '' || shown.matches.length > 0,
    filteredBy: filterTitles(shown),
    hasPoll: row.poll !== null,
    isPinned: scenery.pinnedIds?.has(row.id) ?? false,
  }
}

/** The filters that ask before the post is shown; null when there is none. */
function filterTitles({ matches }: ShownPost): string | null {
  const asking = matches.filter(({ filter }) => filter.action !== 'blur').map(({ filter }) => filter.title)
  return asking.length > 0 ? asking.join(', ') : null
}

function isBlurred({ matches }: ShownPost): boolean {
  return matches.some(({ filter }) => filter.action === 'blur')
}

type PostView = Readonly<{
  shown: ShownPost
  viewer: Viewer | null
  now: Date
  /** What the viewer can say to it as an answer. */
  replyAnswer: ReplyAnswerValue | null
}>

/** A post at its largest, with what the viewer may do. */
export function postView(scenery: PostScenery, { shown, viewer, now, replyAnswer }: PostView, t: Translator): Html {
  const actions = viewer ? pageActions(scenery, shown, viewer) : waysIn(scenery, shown)
  const answerable = replyAnswer ? { ...actions, replyAnswer } : actions
  return postArticle(toPostValue(scenery, shown), { now, actions: answerable }, t)
}

/** What stands around a post in its conversation. */
export type ConversationValue = Readonly<{
  above: readonly ShownPost[]
  below: readonly ShownPost[]
  isWhole: boolean
  now: Date
}>

/** What was said before a post and after it; nothing when it stands alone. */
export function conversationView(scenery: PostScenery, value: ConversationValue, t: Translator): Html {
  const { above, below, isWhole, now } = value
  const part = (title: string, posts: readonly ShownPost[]) =>
    posts.length > 0 && conversation({ title, posts: posts.map((post) => toPostValue(scenery, post)) }, now, t)
  return html`${part(t.pages.thread.before, above)}
    ${part(t.post.replies(below.length), below)}
    ${!isWhole && html`<p class="conversation__more">${t.pages.thread.more}</p>`}`
}

/** How wide a picture should be where the link of a post is shared. */
const cardWidth = 1_200

/** The picture that goes with the link of a post; none of what the reader is asked about first. */
export function cardImage({ row }: ShownPost, post: PostValue): OpenGraphValue['image'] {
  const [picture] = post.pictures
  if (!picture?.src || isCovered({ ...row, filteredBy: null })) return null
  const sizes = picture.sizes.toSorted((a, b) => a.width - b.width)
  const size = sizes.find(({ width }) => width >= cardWidth) ?? sizes.at(-1)
  if (!size) return null
  const height = picture.width && picture.height ? Math.round((size.width * picture.height) / picture.width) : null
  return { url: size.url, width: size.width, height, alt: picture.alt }
}

/** The beginning of a post as plain text; of one with a warning, the warning. */
export function excerptOf(
  { content, spoilerText }: Readonly<{ content: string; spoilerText: string }>,
  length = usualExcerpt,
): string {
  return beginningOf(spoilerText || htmlToText(content), length)
}

/** The beginning of a text in one line. */
export function beginningOf(whole: string, length = usualExcerpt): string {
  const text = whole.replaceAll(/\s+/g, ' ')
  if (text.length <= length) return text
  const cut = text.slice(0, length)
  // At a word where one ends near enough: some languages write without spaces.
  const end = cut.lastIndexOf(' ')
  return `${(end > length / 2 ? cut.slice(0, end) : cut).toWellFormed().replace(/\uFFFD$/, '')}…`
}

/** Pictures of an actor that help to see who it is. */
const picturesOfEach = 3

/** The last public pictures of some actors, a few of each. */
export async function loadLatestPictures(
  ctx: Ctx,
  actorIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PictureValue[]>> {
  const [found, addresses] = await Promise.all([
    listLatestPictures(ctx.db, actorIds, picturesOfEach),
    pictureAddresses(ctx),
  ])
  const toValue = (picture: ShownMedia) => toPictureValue(picture, addresses, 'everybody')
  return new Map([...found].map(([actorId, pictures]) => [actorId, pictures.map(toValue)]))
}

/** An address elsewhere with the host to which it leads; null for what is at home here. */
export function toOriginal(href: string | null): { href: string; host: string } | null {
  return href !== null && URL.canParse(href) ? { href, host: new URL(href).host } : null
}

/** Films and sounds of other servers are not shown here: the way to the original leads to them. */
function toPictures({ addresses, readerId }: PostScenery, { row }: ShownPost): PictureValue[] {
  const onlooker = toOnlooker(row.visibility, readerId)
  return (row.pictures ?? [])
    .filter(({ kind }) => kind === 'image')
    .map((picture) => toPictureValue(picture, addresses, onlooker))
}

function toProducts({ ctx, addresses }: PostScenery, { row, posted }: ShownPost): PostValue['products'] {
  const pictureIds = (row.pictures ?? []).filter(({ kind }) => kind === 'image').map(({ id }) => id)
  const scenery = { ctx, addresses, onlooker: 'everybody' } as const
  return toPostedValues(scenery, posted, { authorId: row.actorId, pictureIds })
}

function toPollValue(scenery: PostScenery, shown: ShownPost): PollValue | null {
  const { poll, actorId } = shown.row
  if (!poll) return null
  const { ctx, readerId, mayVote } = scenery
  const { endsAt, isExpired, votes, options } = readPoll(poll, ctx.now())
  const isOpen = !isExpired && poll.choices === null && actorId !== readerId
  return {
    id: poll.id,
    voteAction: isOpen && mayVote ? `${postPath(scenery, shown)}/vote` : null,
    isMultiple: poll.isMultiple,
    isExpired,
    endsAt,
    votes,
    voters: poll.votersCount,
    options: options.map((option, index) => ({ ...option, isMine: poll.choices?.includes(index) ?? false })),
    emojis: toEmojiValues(ctx.uris, shown.row.emojis),
  }
}

function toParent({ ctx }: PostScenery, { row, answered }: ShownPost): PostValue['inReplyTo'] {
  if (!row.inReplyToId || row.isParentGone || !answered) return null
  const actor = toActorValue(ctx, answered)
  return { name: nameOf(actor), href: `${actor.href}/${row.inReplyToId}` }
}
