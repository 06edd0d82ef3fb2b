import { access } from './en/access.ts'
import { actors } from './en/actors.ts'
import { announcements } from './en/announcements.ts'
import { answering } from './en/answering.ts'
import { entry } from './en/entry.ts'
import { errors } from './en/errors.ts'
import { filters } from './en/filters.ts'
import { frame } from './en/frame.ts'
import { groups } from './en/groups.ts'
import { mail } from './en/mail.ts'
import { moderation } from './en/moderation.ts'
import { moving } from './en/moving.ts'
import { notifications } from './en/notifications.ts'
import { orders } from './en/orders.ts'
import { pages } from './en/pages.ts'
import { polls } from './en/polls.ts'
import { posts } from './en/posts.ts'
import { products } from './en/products.ts'
import { pushes } from './en/pushes.ts'
import { quotes } from './en/quotes.ts'
import { reading } from './en/reading.ts'
import { reference } from './en/reference.ts'
import { registrations } from './en/registrations.ts'
import { relations } from './en/relations.ts'
import { schedule } from './en/schedule.ts'

/** Every sentence of the interface in English; its shape is what the other languages must have. */
export const en = {
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

/** All sentences of one language. */
export type Messages = typeof en
