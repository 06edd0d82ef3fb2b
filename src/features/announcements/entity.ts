import type { Ctx } from '#src/context.ts'
import type { AnnouncementNames } from '#src/db/schema/announcements.ts'
import { type CustomEmoji, toEmoji } from '#src/features/emoji/entity.ts'
import { type AnnouncementRow, findAnnouncement, listAnnouncements, type ReactionRow } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/Announcement/ */
export type Announcement = Omit<AnnouncementNames, 'emojis'> &
  Readonly<{
    id: string
    content: string
    starts_at: string | null
    ends_at: string | null
    all_day: boolean
    published_at: string
    updated_at: string
    read?: boolean
    emojis: readonly CustomEmoji[]
    reactions: readonly Reaction[]
  }>

/** An emoji below an announcement; with a picture when it is one of ours. @see https://docs.joinmastodon.org/entities/Reaction/ */
export type Reaction = Readonly<{ name: string; count: number; me?: boolean; url?: string; static_url?: string }>

/** What is announced now, as a person reads it. */
export async function loadAnnouncements(
  ctx: Ctx,
  userId: string,
  options: { withDismissed: boolean },
): Promise<Announcement[]> {
  const rows = await listAnnouncements(ctx.db, { userId, now: ctx.now(), ...options })
  return rows.map((row) => ({
    ...toAnnouncement(ctx, row),
    read: row.isDismissed,
    reactions: (row.reactions ?? []).map((reaction) => ({ ...toReaction(ctx, reaction), me: reaction.me })),
  }))
}

/** One that is announced now, as it is told to everybody. */
export async function loadAnnouncement(ctx: Ctx, id: string): Promise<Announcement | null> {
  const row = await findAnnouncement(ctx.db, id, ctx.now())
  return row && toAnnouncement(ctx, row)
}

/** How many answered one that is announced now with an emoji; of the last who took it back, none. */
export async function loadReaction(ctx: Ctx, id: string, name: string): Promise<Reaction | null> {
  const row = await findAnnouncement(ctx.db, id, ctx.now())
  const found = row?.reactions?.find((reaction) => reaction.name === name)
  if (found) return toReaction(ctx, found)
  return row && { name, count: 0 }
}

function toReaction({ uris }: Ctx, { name, count, key, file }: ReactionRow): Reaction {
  if (!key || !file) return { name, count }
  const url = uris.emojiPicture(key, file)
  return { name, count, url, static_url: url }
}

function toAnnouncement(ctx: Ctx, row: AnnouncementRow): Announcement {
  const { mentions, statuses, tags, emojis = [] } = row.names
  return {
    id: row.id,
    content: row.content,
    starts_at: row.startsAt?.toISOString() ?? null,
    ends_at: row.endsAt?.toISOString() ?? null,
    all_day: row.isAllDay,
    published_at: row.publishedAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    ...{ mentions, statuses, tags },
    emojis: emojis.map((use) => toEmoji(ctx.uris, use)),
    reactions: (row.reactions ?? []).map((reaction) => toReaction(ctx, reaction)),
  }
}
