import type { Ctx } from '#src/context.ts'
import { toEmojiValues } from '#src/features/emoji/views.ts'
import type { AnnouncementValue } from '#src/web/components/announcement.ts'
import { withEmojis } from '#src/web/components/emoji.ts'
import { raw } from '#src/web/html.ts'
import { listAnnouncements } from './queries.ts'

/** As many stand on a page at once; the others come when these are read. */
const mostShown = 2

/** What somebody is told and has not read yet, for pages. */
export async function loadAnnouncementValues(ctx: Ctx, userId: string): Promise<AnnouncementValue[]> {
  const rows = await listAnnouncements(ctx.db, { userId, now: ctx.now(), withDismissed: false })
  return rows.slice(0, mostShown).map(({ id, content, names, startsAt, endsAt, isAllDay }) => ({
    id,
    contentHtml: withEmojis(raw(content), toEmojiValues(ctx.uris, names.emojis ?? [])),
    ...{ startsAt, endsAt, isAllDay },
  }))
}
