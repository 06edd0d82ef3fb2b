import type { Messages } from './en.ts'
import { access } from './fr/access.ts'
import { actors } from './fr/actors.ts'
import { announcements } from './fr/announcements.ts'
import { answering } from './fr/answering.ts'
import { entry } from './fr/entry.ts'
import { errors } from './fr/errors.ts'
import { filters } from './fr/filters.ts'
import { frame } from './fr/frame.ts'
import { groups } from './fr/groups.ts'
import { mail } from './fr/mail.ts'
import { moderation } from './fr/moderation.ts'
import { moving } from './fr/moving.ts'
import { notifications } from './fr/notifications.ts'
import { orders } from './fr/orders.ts'
import { pages } from './fr/pages.ts'
import { polls } from './fr/polls.ts'
import { posts } from './fr/posts.ts'
import { products } from './fr/products.ts'
import { pushes } from './fr/pushes.ts'
import { quotes } from './fr/quotes.ts'
import { reading } from './fr/reading.ts'
import { reference } from './fr/reference.ts'
import { registrations } from './fr/registrations.ts'
import { relations } from './fr/relations.ts'
import { schedule } from './fr/schedule.ts'

/** Every sentence of the interface in French. */
export const fr: Messages = {
  ...frame,
  errors,
  ...access,
  ...entry,
  ...actors,
  ...announcements,
  ...posts,
  ...polls,
  ...answering,
  ...quotes,
  ...schedule,
  ...products,
  ...orders,
  ...groups,
  ...moderation,
  ...moving,
  ...notifications,
  ...reading,
  ...reference,
  ...registrations,
  ...relations,
  ...filters,
  mail,
  pages,
  pushes,
}
