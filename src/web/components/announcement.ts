import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { postButton } from './button.ts'

/** What those who run the instance tell its people. */
export type AnnouncementValue = Readonly<{
  id: string
  /** Sanitised. */
  contentHtml: Html
  startsAt: Date | null
  endsAt: Date | null
  /** Only the days of both count, as they are in UTC. */
  isAllDay: boolean
}>

/** Announcements before a page, each with the button that takes it away for its reader. */
export function announcementList(values: readonly AnnouncementValue[], next: string, t: Translator): Html | null {
  if (values.length === 0) return null
  return html`<section class="announcements" aria-label="${t.announcement.label}">${values.map((value) => one(value, next, t))}</section>`
}

function one(value: AnnouncementValue, next: string, t: Translator): Html {
  const when = spanOf(value, t)
  const dismiss = postButton({
    action: `/announcements/${value.id}/dismiss`,
    label: t.announcement.dismiss,
    icon: 'check',
    kind: 'quiet',
    fields: { next },
  })
  return html`<article class="announcement">
    <div class="prose">${value.contentHtml}</div>
    ${when && html`<p class="announcement__when">${when}</p>`}
    ${dismiss}
  </article>`
}

function spanOf({ startsAt, endsAt, isAllDay }: AnnouncementValue, t: Translator): string | null {
  const written = (moment: Date) => (isAllDay ? t.format.date(moment) : t.format.dateTime(moment))
  if (startsAt && endsAt) {
    const [from, until] = [written(startsAt), written(endsAt)]
    return from === until ? t.announcement.on(from) : t.announcement.between(from, until)
  }
  if (startsAt) return t.announcement.from(written(startsAt))
  return endsAt && t.announcement.until(written(endsAt))
}
