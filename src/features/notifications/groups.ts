import { isId } from '#src/core/ids.ts'
import type { NotificationRow } from './queries.ts'
import type { NotificationKind } from './write-queries.ts'

/** Stories that many people write together: clients show each as one line. */
export const groupableKinds = [
  'favourite',
  'reblog',
  'follow',
  'admin.sign_up',
] as const satisfies readonly NotificationKind[]

/** Half a day: likes of yesterday and of today are two stories. */
const spanMs = 12 * 3_600_000

/** As much of a notification as tells its group. */
export type Story = Pick<NotificationRow, 'id' | 'kind' | 'postId' | 'createdAt'>

/** What holds a group together. A group without a span is one notification. */
export type GroupKey =
  | Readonly<{ id: string }>
  | Readonly<{ kind: NotificationKind; postId: string | null; from: Date; to: Date }>

/** Some notifications of one group that follow each other on a page, newest first. */
export type Group = Readonly<{ key: string; rows: readonly NotificationRow[] }>

/**
 * The name of the group to which a notification belongs: it follows from the notification alone, so that it is the same on every page
 * and at every reading.
 */
export function groupKeyOf(
  { id, kind, postId, createdAt }: Story,
  grouped: readonly string[] = groupableKinds,
): string {
  if (!grouped.includes(kind) || !(groupableKinds as readonly string[]).includes(kind)) return `ungrouped-${id}`
  return [kind, ...(postId ? [postId] : []), Math.floor(createdAt.getTime() / spanMs)].join('-')
}

/** Reads the name of a group; null when it can be none. */
export function readGroupKey(key: string): GroupKey | null {
  const single = /^ungrouped-(\d{1,19})$/.exec(key)
  if (single?.[1]) return isId(single[1]) ? { id: single[1] } : null
  const [, kind, postId, span] = /^(favourite|reblog|follow|admin\.sign_up)(?:-(\d{15,19}))?-(\d{1,7})$/.exec(key) ?? []
  if (!kind || (postId && !isId(postId)) || (kind === 'favourite' || kind === 'reblog') !== (postId !== undefined))
    return null
  const from = Number(span) * spanMs
  return { kind: kind as NotificationKind, postId: postId ?? null, from: new Date(from), to: new Date(from + spanMs) }
}

/** Puts the notifications of a page into groups, the one with the newest notification first. */
export function toGroups(rows: readonly NotificationRow[], grouped: readonly string[]): Group[] {
  const groups = new Map<string, NotificationRow[]>()
  for (const row of rows) {
    const key = groupKeyOf(row, grouped)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }))
}
