import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { listOpenReports, type Report, resolveReport } from '#src/features/reports/queries.ts'
import { type Command, wordAt } from './command.ts'

/** `reports list`. */
export const listReportsCommand: Command = {
  name: 'reports list',
  usage: 'reports list',
  about: 'Lists the reports that nobody has dealt with yet, newest first.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const reports = await listOpenReports(ctx.db)
    const lines = await Promise.all(reports.map((report) => toLine(ctx, report)))
    return { data: reports, text: lines.length > 0 ? lines.join('\n') : 'No report is open.' }
  },
}

async function toLine(ctx: Ctx, report: Report): Promise<string> {
  const [from, target] = await Promise.all([findActor(ctx.db, report.actorId), findActor(ctx.db, report.targetId)])
  const name = (actor: typeof from) => (actor ? `@${actor.handle}@${actor.host ?? ctx.config.handleHost}` : 'somebody')
  const posts = report.postIds.length > 0 ? `  posts ${report.postIds.join(', ')}` : ''
  const said = report.comment ? `  "${report.comment}"` : ''
  return `${report.id}  ${report.category}  ${name(target)}  by ${name(from)}${posts}${said}`
}

/** `reports resolve`. */
export const resolveReportCommand: Command = {
  name: 'reports resolve',
  usage: 'reports resolve ID',
  about: 'Notes that a report was dealt with.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const id = wordAt(input, 0, 'ID')
    const wasOpen = isId(id) && (await resolveReport(ctx.db, id, ctx.now()))
    return { data: { id, wasOpen }, text: wasOpen ? `Report ${id} is closed.` : `Report ${id} was not open.` }
  },
}
