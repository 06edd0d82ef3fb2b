import { htmlToText } from '#src/core/sanitize.ts'
import { listAnnouncements } from '#src/features/announcements/queries.ts'
import { editAnnouncement, publishAnnouncement, withdrawAnnouncement } from '#src/features/announcements/service.ts'
import { type Command, type Input, textOption, UsageError, wordAt } from './command.ts'

/** `announcements add`. */
export const addAnnouncementCommand: Command = {
  name: 'announcements add',
  usage: 'announcements add TEXT [--starts WHEN] [--ends WHEN] [--all-day]',
  about: 'Tells everybody who signs in here something. WHEN is a day, or a moment as in 2026-12-31T18:00Z.',
  options: { starts: { type: 'string' }, ends: { type: 'string' }, 'all-day': { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const text = wordAt(input, 0, 'TEXT')
    const [startsAt, endsAt] = [momentOption(input, 'starts'), momentOption(input, 'ends')]
    const isAllDay = input.options['all-day'] === true
    const id = await publishAnnouncement(ctx, { text, startsAt, endsAt, isAllDay })
    return { data: { id }, text: `Announcement ${id} is shown.` }
  },
}

/** `announcements edit`. */
export const editAnnouncementCommand: Command = {
  name: 'announcements edit',
  usage: 'announcements edit ID TEXT',
  about: 'Changes what an announcement says.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const id = wordAt(input, 0, 'ID')
    const isShown = await editAnnouncement(ctx, id, wordAt(input, 1, 'TEXT'))
    return {
      data: { id, isShown },
      text: isShown ? `Announcement ${id} is changed.` : `There is no announcement ${id}.`,
    }
  },
}

/** `announcements remove`. */
export const removeAnnouncementCommand: Command = {
  name: 'announcements remove',
  usage: 'announcements remove ID',
  about: 'Takes an announcement back.',
  options: {},
  needs: 'context',
  run: async (input, ctx) => {
    const id = wordAt(input, 0, 'ID')
    const wasShown = await withdrawAnnouncement(ctx, id)
    return {
      data: { id, wasShown },
      text: wasShown ? `Announcement ${id} is no longer shown.` : `There is no announcement ${id}.`,
    }
  },
}

/** `announcements list`. */
export const listAnnouncementsCommand: Command = {
  name: 'announcements list',
  usage: 'announcements list',
  about: 'Lists what is announced now.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const rows = await listAnnouncements(ctx.db, { userId: null, now: ctx.now(), withDismissed: true })
    const data = rows.map(({ id, content, startsAt, endsAt, isAllDay }) => ({
      ...{ id, startsAt, endsAt, isAllDay },
      text: htmlToText(content),
    }))
    const lines = data.map(({ id, text }) => `${id}  ${text.replaceAll(/\s+/g, ' ')}`)
    return { data, text: lines.length > 0 ? lines.join('\n') : 'Nothing is announced.' }
  },
}

/** The 31st of February would otherwise be a day of March. */
function isInCalendar(day: string): boolean {
  const read = new Date(day)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day)
}

/** A moment without its zone would be another one on each machine. */
function momentOption(input: Input, name: string): Date | null {
  const text = textOption(input, name)
  if (text === undefined) return null
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const moment = new Date(text)
  if ((!isDay && !isMoment) || Number.isNaN(moment.getTime()) || !isInCalendar(text.slice(0, 10))) {
    throw new UsageError(
      `--${name} must be a day, as in 2026-12-31, or a moment with its zone, as in 2026-12-31T18:00Z`,
    )
  }
  return moment
}
