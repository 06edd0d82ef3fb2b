import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'

/** Who did what as which actor. Rows outlive what they speak of, so nothing is referenced. */
export const audit = pgTable(
  'audit',
  {
    id: id(),
    /** Null: an operator at the command line. */
    userId: bigId(),
    actorId: bigId(),
    /** Noun and verb, as in `post.created`. */
    action: text().notNull(),
    subjectId: bigId(),
    details: jsonb(),
    createdAt: createdAt(),
  },
  (table) => [index().on(table.actorId, table.id), index().on(table.userId, table.id), index().on(table.subjectId)],
)
