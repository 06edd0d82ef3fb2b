import type { Ctx } from '#src/context.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { summaryOf, toActorValue } from '#src/features/actors/views.ts'
import { longestNote } from '#src/features/follows/service.ts'
import type { ShownPost } from '#src/features/posts/shown.ts'
import { beginningOf, type PostScenery, toGridItem } from '#src/features/posts/views.ts'
import { may } from '#src/features/teams/policy.ts'
import type { Translator } from '#src/locales/translator.ts'
import { withEmojis } from '#src/web/components/emoji.ts'
import { type GroupHeadValue, type GroupJoin, type GroupPage, groupHead } from '#src/web/components/group-head.ts'
import type { GroupAccess, GroupLine, GroupStanding } from '#src/web/components/group-list.ts'
import type { GroupPerson } from '#src/web/components/group-people.ts'
import type { TopicLine } from '#src/web/components/group-topics.ts'
import { type Html, html, raw } from '#src/web/html.ts'
import type { SeenGroup } from './load.ts'
import type { GroupRow } from './page-queries.ts'
import { mayAct } from './policy.ts'
import type { Group, GroupRole } from './queries.ts'
import type { Topic } from './topic-queries.ts'

/** What views are made with. */
type Addresses = Pick<Ctx, 'uris' | 'config'>

/** Characters of what somebody says of themselves, in a list of members. */
const summaryLength = 140

/** Characters of a post that stand as the title of its topic. */
const titleLength = 80

/** Who may come into a group, and read it. */
export function accessOf({ isPrivate, isLocked }: Pick<Group, 'isPrivate' | 'isLocked'>): GroupAccess {
  if (isPrivate) return 'private'
  return isLocked ? 'approval' : 'public'
}

/** What somebody typed who wants to join, and what is wrong. */
export type TypedJoin = Readonly<{ note: string; error: string }>

/** Whoever looks at a group, with what stands over the page. */
export type HeadPage = Readonly<{
  seen: SeenGroup
  current: GroupPage
  viewer: Readonly<{ role: Parameters<typeof may>[0] }> | null
  waiting: number
  typed: TypedJoin | null
}>

/** The head of each page of a group. */
export function headView(ctx: Addresses, page: HeadPage, t: Translator): Html {
  const { seen, current, waiting } = page
  const { group, actor, standing, isInside } = seen
  const value: GroupHeadValue = {
    actor: toActorValue(ctx, actor),
    summaryHtml: current === 'about' ? html`` : summaryHtml(ctx, actor),
    membersCount: isInside ? actor.followersCount : null,
    access: accessOf(group),
    join: toJoin(page),
    pages: [
      ...(['topics', 'members', 'about'] as const),
      ...(mayAct(standing.role, 'moderate') ? (['moderation'] as const) : []),
      ...(mayAct(standing.role, 'change') ? (['settings'] as const) : []),
    ],
    current,
    waiting,
  }
  return groupHead(value, t)
}

/** What a group says of itself, sanitised. */
export function summaryHtml(ctx: Addresses, actor: Actor): Html {
  return withEmojis(raw(actor.summary), toActorValue(ctx, actor).emojis ?? [])
}

function toJoin({ seen, viewer, typed }: HeadPage): GroupJoin | null {
  const { group, standing, isAsking, isLastOwner } = seen
  if (!viewer) return { kind: 'visitor' }
  if (!may(viewer.role, 'follow')) return null
  if (standing.memberSince !== null) return { kind: 'member', mayLeave: !isLastOwner }
  if (standing.isBanned) return { kind: 'banned' }
  if (isAsking) return { kind: 'asking' }
  if (!group.isLocked) return { kind: 'open', error: typed?.error }
  const { question } = group
  return { kind: 'asks', question, note: typed?.note ?? '', maxNoteCharacters: longestNote, error: typed?.error }
}

/** A group in the list of all. */
export function toGroupLine(ctx: Addresses, row: GroupRow, actor: Actor): GroupLine {
  const standing = standingIn(row)
  const isInside = !row.isPrivate || row.role !== null || row.follow === 'accepted'
  return {
    actor: toActorValue(ctx, actor),
    summary: beginningOf(summaryOf(actor)),
    membersCount: isInside ? actor.followersCount : null,
    access: accessOf(row),
    standing,
    waiting: row.waiting,
  }
}

function standingIn({ role, follow }: GroupRow): GroupStanding | null {
  if (role) return role
  if (follow === 'accepted') return 'member'
  return follow === 'pending' ? 'asking' : null
}

/** Somebody in a group. */
export function toPerson(ctx: Addresses, actor: Actor, role: GroupRole | null): GroupPerson & { id: string } {
  const summary = actor.suspendedAt ? '' : beginningOf(summaryOf(actor), summaryLength)
  return { id: actor.id, actor: toActorValue(ctx, actor), summary, role }
}

/** A topic in the feed of a group. */
export function toTopicLine(
  scenery: PostScenery,
  topic: Topic,
  { shown, isPinned }: Readonly<{ shown: ShownPost; isPinned: boolean }>,
): TopicLine {
  const { href, picture, isCovered, filteredBy } = toGridItem(scenery, shown)
  return {
    href,
    title: filteredBy ?? titleOf(shown),
    language: filteredBy ? null : shown.row.language,
    author: toActorValue(scenery.ctx, shown.author),
    picture: isCovered ? null : picture,
    answersCount: Math.max(0, topic.replies),
    lastAt: topic.lastAt,
    isClosed: topic.isLocked,
    isPinned,
  }
}

/** The first line of a post without those whom it begins by naming; of one with a warning, the warning. */
export function titleOf({ row }: Pick<ShownPost, 'row'>): string {
  const text = row.spoilerText || htmlToText(row.content).replace(/^(?:@[\w.@-]+\s+)+/, '')
  const [line = ''] = text.split('\n').filter((one) => one.trim() !== '')
  return beginningOf(line.trim(), titleLength)
}
