import { sql } from 'drizzle-orm'
import { boolean, index, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** Why somebody is reported. */
export const reportCategory = pgEnum('report_category', ['spam', 'legal', 'violation', 'other'])

/** Somebody tells those who run the instance that an actor does what it should not. */
export const reports = pgTable(
  'reports',
  {
    id: id(),
    /** Who reports: one of ours, or an actor elsewhere (many servers report by an actor of the server itself). */
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    targetId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    category: reportCategory().notNull().default('other'),
    comment: text().notNull().default(''),
    /** Posts of the target that are meant; they stay named when they are deleted. */
    postIds: bigId().array().notNull().default([]),
    ruleIds: bigId().array().notNull().default([]),
    /** The target's server is told, too. */
    isForwarded: boolean().notNull().default(false),
    /** The Flag activity by which it came. */
    activityIri: text().unique(),
    /** The administrator who looks after it. */
    assignedUserId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    resolvedAt: moment(),
    /** Who dealt with it. */
    resolvedUserId: bigId().references(() => users.id, { onDelete: 'set null' }),
  },
  (table) => [
    index('reports_open').on(table.id).where(sql`${table.resolvedAt} is null`),
    index().on(table.actorId),
    index().on(table.targetId),
  ],
)

/** What administrators write about a report, for each other. */
export const reportNotes = pgTable(
  'report_notes',
  {
    id: id(),
    reportId: bigId()
      .notNull()
      .references(() => reports.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    text: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('report_notes_report').on(table.reportId, table.id)],
)
