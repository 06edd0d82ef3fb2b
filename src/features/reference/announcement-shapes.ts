import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { scalars } from './scalars.ts'

const { id, url, datetime } = scalars

const announcementFields = {
  id,
  content: z.string().min(1),
  starts_at: datetime.nullable(),
  ends_at: datetime.nullable(),
  all_day: z.boolean(),
  published_at: datetime,
  updated_at: datetime,
  mentions: z.array(z.strictObject({ id, username: z.string(), url, acct: z.string() })),
  statuses: z.array(z.strictObject({ id, url })),
  tags: z.array(z.strictObject({ name: z.string().min(1), url })),
  emojis: z.array(accountShapes.CustomEmoji),
}

const reactionFields = {
  name: z.string().min(1),
  count: z.number().int().positive(),
  // Both or none: it is one of the instance's own.
  url: url.optional(),
  static_url: url.optional(),
}

const Announcement = z.strictObject({
  ...announcementFields,
  read: z.boolean(),
  reactions: z.array(z.strictObject({ ...reactionFields, me: z.boolean() })),
})

/** As streams tell it to everybody at once. */
const StreamedAnnouncement = z.strictObject({
  ...announcementFields,
  reactions: z.array(z.strictObject(reactionFields)),
})

/** What the instance tells its people. */
export const announcementShapes = { Announcement, StreamedAnnouncement }
