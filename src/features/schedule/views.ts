import { toWallTime } from '#src/core/zones.ts'
import type { PictureAddresses } from '#src/features/media/addresses.ts'
import type { Media } from '#src/features/media/queries.ts'
import { toPictureValue } from '#src/features/media/views.ts'
import { beginningOf } from '#src/features/posts/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { ScheduledValue } from '#src/web/components/scheduled-list.ts'
import type { ScheduledPost } from './queries.ts'

/** What the page of scheduled posts is made with. */
export type ScheduleScenery = Readonly<{ addresses: PictureAddresses; held: ReadonlyMap<string, Media>; zone: string }>

/** A scheduled post as its page shows it. */
export function toScheduledValue(
  row: ScheduledPost,
  { addresses, held, zone }: ScheduleScenery,
  t: Translator,
): ScheduledValue {
  const { draft, scheduledAt, failure } = row
  const pictures = draft.mediaIds.flatMap((id) => held.get(id) ?? [])
  return {
    id: row.id,
    excerpt: beginningOf(draft.spoilerText || draft.text),
    when: t.format.inZone(scheduledAt, zone),
    at: toWallTime(scheduledAt, zone),
    visibility: draft.visibility,
    isAnswer: draft.inReplyToId !== null,
    hasPoll: draft.poll !== null,
    pictures: pictures.map((picture) => toPictureValue(picture, addresses, { actorId: row.actorId })),
    problem: failure && t.schedule.failed[failure],
  }
}
