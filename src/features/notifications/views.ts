import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { currencyOf } from '#src/features/orders/place.ts'
import type { Order } from '#src/features/orders/queries.ts'
import { postPath } from '#src/features/posts/action-views.ts'
import { pictureOf } from '#src/features/posts/reactions.ts'
import type { ShownPost } from '#src/features/posts/shown.ts'
import { excerptOf, type PostScenery, toPostValue } from '#src/features/posts/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type ActorValue, addressOf, nameOf } from '#src/web/components/actor.ts'
import type { HeldBackValue, NotificationValue } from '#src/web/components/notification-list.ts'
import { groupPath, paths } from '#src/web/paths.ts'
import type { Group } from './groups.ts'
import type { NotificationRow } from './queries.ts'
import type { RequestRow } from './request-queries.ts'
import type { NotificationKind } from './write-queries.ts'

/** What the notifications of a page are shown with. */
export type NotificationScenery = PostScenery &
  Readonly<{
    actors: ReadonlyMap<string, Actor>
    posts: ReadonlyMap<string, ShownPost>
    orders: ReadonlyMap<string, Order>
    /** Where those have gone who have moved, by their ids. */
    newPlaces: ReadonlyMap<string, ActorValue>
    /** The answers that wait for the reader's yes. */
    heldIds: ReadonlySet<string>
    /** Why posts were taken out of groups: see `listRemovalReasons`. */
    reasons: ReadonlyMap<string, string>
    /** Up to where everything has been read; null when nothing has. */
    lastReadId: string | null
    /** Whether the reader may answer those who ask to follow. */
    mayAdmit: boolean
    /** Whether the reader sees to orders. */
    maySell: boolean
  }>

/** A story as its line shows it; null when nothing is left of it, or a filter hides what it is about. */
export function toNotificationValue(
  scenery: NotificationScenery,
  { rows }: Group,
  t: Translator,
): NotificationValue | null {
  const [newest] = rows
  const people = peopleOf(scenery, rows)
  const [first] = people
  const shown = newest?.postId ? scenery.posts.get(newest.postId) : undefined
  const order = newest?.orderId ? scenery.orders.get(newest.orderId) : undefined
  if (!newest || !first || (newest.postId && !shown)) return null
  const isAnswerable = newest.kind === 'mention' || newest.kind === 'status' || newest.kind === 'quote'
  const isQuestion = newest.kind === 'quote' && shown?.row.quote?.state === 'pending'
  const isHeld = newest.kind === 'mention' && scenery.heldIds.has(newest.postId ?? '')
  const isOwn = newest.fromActorId === scenery.readerId
  const newPlace = newest.kind === 'move' ? scenery.newPlaces.get(newest.fromActorId) : undefined
  // Who only likes a post is told as that, and so are those who do together with others who react.
  const isReaction = rows.every((row) => row.reactions !== null)
  return {
    kind: newest.kind,
    people,
    sentence: sentenceOf(newest.kind, { people, isQuestion, isHeld, isOwn, newPlace, isReaction }, t),
    emojis: emojisOf(scenery.ctx, rows),
    href: hrefOf(scenery, newest, shown) ?? moderationOf(newest, first) ?? (newPlace ?? first).href,
    at: newest.createdAt,
    isNew: scenery.lastReadId === null || BigInt(newest.id) > BigInt(scenery.lastReadId),
    post: shown && isAnswerable ? toPostValue(scenery, shown) : null,
    excerpt: order ? lineOf(order, t) : shown && !isAnswerable ? excerptFor(scenery, shown, t) : null,
    reason: scenery.reasons.get(`${newest.fromActorId} ${newest.postId}`) || null,
    followerId: newest.kind === 'follow_request' && scenery.mayAdmit ? newest.fromActorId : null,
  }
}

function hrefOf(scenery: NotificationScenery, row: NotificationRow, shown: ShownPost | undefined): string | null {
  if (row.reportId) return `${paths.reports}/${row.reportId}`
  if (row.orderId && scenery.maySell) return `${paths.orders}#order-${row.orderId}`
  return shown ? postPath(scenery, shown) : null
}

/** Where those who ask to come into a group wait. */
function moderationOf({ kind }: NotificationRow, { handle }: ActorValue): string | null {
  return kind === 'group_request' ? `${groupPath(handle)}/moderation` : null
}

/** What was ordered, and for how much. Who it is for stands where it is handed over. */
function lineOf(order: Order, t: Translator): string {
  const total = t.format.money({ amount: order.total, currency: currencyOf(order) })
  return `${order.quantity} × ${order.productName} – ${total}`
}

type Told = Readonly<{
  people: readonly ActorValue[]
  isQuestion: boolean
  isHeld: boolean
  isOwn: boolean
  newPlace: ActorValue | undefined
  isReaction: boolean
}>

function sentenceOf(
  kind: NotificationKind,
  { people, isQuestion, isHeld, isOwn, newPlace, isReaction }: Told,
  t: Translator,
): string {
  const names = namesOf(people, t)
  if (isQuestion) return t.notifications.asksToQuote(names)
  if (isHeld) return t.answering.waitsFor(names)
  if (isReaction) return t.notifications.reactedTo(names, people.length)
  if (newPlace) return t.notifications.movedTo(names, addressOf(newPlace))
  return t.notifications.sentences[kind](names, people.length, isOwn)
}

/** The emojis of a story, each once. */
function emojisOf({ uris }: Pick<Ctx, 'uris'>, rows: Group['rows']): NotificationValue['emojis'] {
  const given = rows.flatMap((row) => row.reactions ?? [])
  const each = new Map(given.map((one) => [`${one.emoji} ${one.pictureUrl}`, one]))
  return [...each.values()].map((one) => ({ emoji: one.emoji, picture: pictureOf(uris, one) }))
}

function peopleOf({ ctx, actors }: NotificationScenery, rows: Group['rows']): ActorValue[] {
  const ids = [...new Set(rows.map(({ fromActorId }) => fromActorId))]
  return ids.flatMap((id) => {
    const actor = actors.get(id)
    return actor ? toActorValue(ctx, actor) : []
  })
}

/** Names that are said; the others are counted. */
const named = 2

function namesOf(people: readonly ActorValue[], t: Translator): string {
  const names = people.map((person) => nameOf(person))
  if (names.length <= named + 1) return t.format.list(names)
  return t.format.list([...names.slice(0, named), t.notifications.others(names.length - named)])
}

function excerptFor(scenery: PostScenery, shown: ShownPost, t: Translator): string {
  const { filteredBy, pictures } = toPostValue(scenery, shown)
  if (filteredBy) return t.post.filtered(filteredBy)
  return excerptOf(shown.row) || pictures[0]?.alt || t.notifications.picture
}

/** Somebody who waits to be let through, with the last thing that was said. */
export function toHeldBackValue(
  scenery: Omit<NotificationScenery, 'lastReadId' | 'mayAdmit' | 'maySell' | 'newPlaces' | 'heldIds' | 'reasons'>,
  row: RequestRow,
  t: Translator,
): HeldBackValue | null {
  const actor = scenery.actors.get(row.fromActorId)
  if (!actor) return null
  const shown = row.lastPostId ? scenery.posts.get(row.lastPostId) : undefined
  return {
    actor: toActorValue(scenery.ctx, actor),
    count: row.count,
    at: row.updatedAt,
    excerpt: shown ? excerptFor(scenery, shown, t) : null,
    acceptAction: `${paths.heldBack}/${row.id}/accept`,
    dismissAction: `${paths.heldBack}/${row.id}/dismiss`,
  }
}
