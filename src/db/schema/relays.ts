import { pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { inboxes } from './deliveries.ts'

/** Whether a relay has answered, and what. */
export const relayState = pgEnum('relay_state', ['pending', 'accepted', 'rejected'])

/** A server that passes on what is for everybody, to all who asked it to. */
export const relays = pgTable('relays', {
  id: id(),
  inboxUrl: text().notNull().unique(),
  inboxId: bigId()
    .notNull()
    .references(() => inboxes.id),
  /** Who answered in its name; what comes from there is believed to be passed on by the relay. */
  actorIri: text(),
  state: relayState().notNull().default('pending'),
  /** The fact whose activity is our Follow, which its answer names. */
  effectId: bigId(),
  createdAt: createdAt(),
  answeredAt: moment(),
})
