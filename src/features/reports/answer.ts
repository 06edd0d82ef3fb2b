import type { Ctx } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { findSeverityOf, type Severity, settleRestriction, standingsName, stricter } from '#src/db/severities.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import {
  assignReport,
  deleteNote,
  findReport,
  insertNote,
  markForwarded,
  type Report,
  reopenReport,
} from './queries.ts'

/** An administrator. */
export type Administrator = Readonly<{ userId: string | null; actorId: string | null }>

/** Characters of a note at the most. */
export const longestNote = 2_000

/** Does something to a report, and writes down who did. @throws Problem `not_found` */
async function answer(
  ctx: Ctx,
  { by, id, act }: Readonly<{ by: Administrator; id: string; act: string }>,
  work: (tx: Tx, report: Report) => Promise<unknown>,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const report = await findReport(tx, id)
    if (!report) throw notFound()
    if ((await work(tx, report)) === false) return
    await recordAct(tx, { viewer: by, action: `report.${act}`, subjectId: id })
  })
}

/** Lets a report wait again that was dealt with. */
export async function openReport(ctx: Ctx, by: Administrator, id: string): Promise<void> {
  await answer(ctx, { by, id, act: 'reopened' }, (tx) => reopenReport(tx, id))
}

/** The administrator looks after a report, or gives it back. */
export async function takeReport(ctx: Ctx, by: Administrator, id: string, isTaken: boolean): Promise<void> {
  await answer(ctx, { by, id, act: isTaken ? 'assigned' : 'unassigned' }, (tx) =>
    assignReport(tx, id, isTaken ? by.userId : null),
  )
}

/** Writes a note about a report. @throws Problem `invalid` for an empty or too long one */
export async function noteReport(ctx: Ctx, by: Administrator, id: string, text: string): Promise<void> {
  const note = text.trim()
  if (note === '' || note.length > longestNote) {
    throw invalid(`Validation failed: a note has between 1 and ${longestNote} characters`)
  }
  await answer(ctx, { by, id, act: 'noted' }, (tx) => insertNote(tx, { reportId: id, userId: by.userId, text: note }))
}

/** Takes a note away. */
export async function removeNote(
  ctx: Ctx,
  by: Administrator,
  { id, noteId }: Readonly<{ id: string; noteId: string }>,
) {
  await answer(ctx, { by, id, act: 'note-removed' }, (tx) => deleteNote(tx, id, noteId))
}

/** Tells the server of the target what one of ours has reported, without a name. Twice is once. */
export async function forwardReport(ctx: Ctx, by: Administrator, id: string): Promise<void> {
  await answer(ctx, { by, id, act: 'forwarded' }, async (tx, { targetId, activityIri }) => {
    const target = await getActor(tx, targetId)
    if (target.host === null || activityIri !== null) throw invalid('There is no other server to tell')
    if (!(await markForwarded(tx, id))) return false
    await emit(tx, { type: 'report.forwarded', reportId: id })
  })
}

/**
 * Decides about one account of another server, whatever holds for that: `limit` lets only its followers hear of it, `block` suspends it. Nothing
 * is deleted, and `none` lets it be again.
 * @throws Problem `invalid` for one of ours, whose logins are disabled instead
 */
export async function restrictActor(
  ctx: Ctx,
  by: Administrator | null,
  actorId: string,
  restriction: Severity,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, standingsName)
    const { host, iri } = await getActor(tx, actorId)
    if (host === null || iri === null) throw invalid('That account is of this server: disable the logins of its team')
    const standing = stricter(restriction, await findSeverityOf(tx, { host, iri }))
    await settleRestriction(tx, { id: actorId, restriction, standing }, ctx.now())
    await recordAct(tx, { viewer: by, action: 'actor.restricted', subjectId: actorId, details: { restriction } })
  })
}
