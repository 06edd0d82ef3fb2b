import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { linkButton } from './button.ts'
import { emptyState } from './empty.ts'
import { moderationNav } from './moderation-nav.ts'
import { type PagerValue, pager } from './pager.ts'
import type { reportCategories } from './report-form.ts'
import { tabs } from './tabs.ts'
import { timeOf } from './time.ts'

/** A report in the queue. */
export type QueuedReport = Readonly<{
  id: string
  target: ActorValue
  /** The name of who reports; null when that one is gone. */
  by: string | null
  category: (typeof reportCategories)[number]
  comment: string
  /** How many posts are meant. */
  posts: number
  at: Date
  /** Who looks after it. */
  assignee: string | null
}>

/** A page of the queue. */
export type QueueValue = Readonly<{ reports: readonly QueuedReport[]; isOpen: boolean; pager: PagerValue }>

/** The reports that wait, or that were dealt with. */
export function reportQueue({ reports, isOpen, pager: neighbours }: QueueValue, now: Date, t: Translator): Html {
  const { queue: words } = t
  const views = [
    { href: paths.reports, label: words.open, isCurrent: isOpen },
    { href: `${paths.reports}?state=closed`, label: words.closed, isCurrent: !isOpen },
  ]
  return html`${moderationNav('reports', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    ${tabs(words.label, views)}
    ${
      reports.length > 0
        ? html`<ul class="lines">${reports.map((report) => line(report, now, t))}</ul>`
        : emptyState({ icon: 'check', title: words.emptyTitle, text: isOpen ? words.emptyText : words.emptyClosed })
    }
    ${pager(neighbours, t)}`
}

function line(
  { id, target, by, category, comment, posts, at, assignee }: QueuedReport,
  now: Date,
  t: Translator,
): Html {
  const { queue: words } = t
  const facts = [t.report.categories[category], posts > 0 && words.posts(posts), by && words.by(by)].filter(Boolean)
  const after = html`<span class="field__hint">${facts.join(' · ')} · ${timeOf(at, now, t)}</span>
    ${comment && html`<span class="queue__comment"><bdi>${comment}</bdi></span>`}
    ${assignee && html`<span class="field__hint">${words.taken(assignee)}</span>`}`
  return html`<li class="lines__one">
    ${actorLine(target, { after })}
    ${linkButton({ href: `${paths.reports}/${id}`, label: words.look, accessibleName: words.lookAt(nameOf(target)) })}
  </li>`
}
