import type { Ctx } from '#src/context.ts'
import type { AnnouncementNames } from '#src/db/schema/announcements.ts'
import { type AnnouncementRow, findAnnouncement, listAnnouncements } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Announcement/ */
export type Announcement = AnnouncementNames &
  Readonly<{
    id: string
    content: string
    starts_at: string | null
    ends_at: string | null
    all_day: boolean
    published_at: string
    updated_at: string
    read?: boolean
    /** Nobody can add emojis to this instance: there is none that a text of ours could mean. */
    emojis: readonly never[]
    reactions: readonly Readonly<{ name: string; count: number; me?: boolean }>[]
  }>

/** What is announced now, as a person reads it. */
export async function loadAnnouncements(
  ctx: Ctx,
  userId: string,
  options: { withDismissed: boolean },
): Promise<Announcement[]> {
  const rows = await listAnnouncements(ctx.db, { userId, now: ctx.now(), ...options })
  return rows.map((row) => ({
    ...toAnnouncement(row),
    read: row.isDismissed,
    reactions: (row.reactions ?? []).map(({ name, count, me }) => ({ name, count, me })),
  }))
}

/** One that is announced now, as it is told to everybody. */
export async function loadAnnouncement(ctx: Ctx, id: string): Promise<Announcement | null> {
  const row = await findAnnouncement(ctx.db, id, ctx.now())
  return row && toAnnouncement(row)
}

function toAnnouncement(row: AnnouncementRow): Announcement {
  const { mentions, statuses, tags } = row.names
  return {
    id: row.id,
    content: row.content,
    starts_at: row.startsAt?.toISOString() ?? null,
    ends_at: row.endsAt?.toISOString() ?? null,
    all_day: row.isAllDay,
    published_at: row.publishedAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    ...{ mentions, statuses, tags },
    emojis: [],
    reactions: (row.reactions ?? []).map(({ name, count }) => ({ name, count })),
  }
}
