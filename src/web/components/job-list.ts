import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton } from './button.ts'
import { emptyState } from './empty.ts'
import { moderationNav } from './moderation-nav.ts'
import { tabs } from './tabs.ts'
import { timeOf } from './time.ts'

/** Kinds of work that can be given up, in the order of the page. */
const kinds = ['activity', 'fact', 'piece', 'delivery'] as const
type Kind = (typeof kinds)[number]

/** Work that was given up. */
export type JobLine = Readonly<{
  name: string
  kind: Kind
  subject: string
  reason: string
  attempts: number
  at: Date
}>

/** A page of it; `kind` null: of every kind. */
export type JobsValue = Readonly<{
  jobs: readonly JobLine[]
  counts: Readonly<Record<Kind, number>>
  kind: Kind | null
  nextHref: string | null
}>

/** What was given up, with the reason and what can be done about it. */
export function jobList({ jobs, counts, kind, nextHref }: JobsValue, now: Date, t: Translator): Html {
  const { jobs: words } = t
  const views = [null, ...kinds].map((one) => ({
    href: one ? `${paths.jobs}?kind=${one}` : paths.jobs,
    label: one ? `${words.kinds[one]} (${t.format.number(counts[one])})` : words.all,
    isCurrent: one === kind,
  }))
  return html`${moderationNav('jobs', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    ${tabs(words.label, views)}
    ${
      jobs.length > 0
        ? html`${all(kind, t)}<ul class="lines">${jobs.map((job) => line(job, now, t))}</ul>${nextHref && html`<div>${linkButton({ href: nextHref, label: t.pager.older })}</div>`}`
        : emptyState({ icon: 'check', title: words.emptyTitle, text: words.emptyText })
    }`
}

function all(kind: Kind | null, t: Translator): Html {
  const { jobs: words } = t
  return html`<form class="lines__acts lines__acts--apart" method="post" action="${paths.jobs}">
    ${hiddenFields(kind ? { kind } : undefined)}
    ${button({ label: words.requeueAll, name: 'act', value: 'requeue' })}${button({ label: words.discardAll, kind: 'danger', name: 'act', value: 'discard' })}
  </form>`
}

function line({ name, kind, subject, reason, attempts, at }: JobLine, now: Date, t: Translator): Html {
  const { jobs: words } = t
  return html`<li class="lines__one">
    <div class="lines__words">
      <strong class="address">${subject}</strong>
      <span class="field__error"><bdi>${reason}</bdi></span>
      <span class="field__hint">${words.one[kind]} · ${words.attempts(attempts)} · ${timeOf(at, now, t)} · <code>${name}</code></span>
    </div>
    <form class="lines__acts" method="post" action="${paths.jobs}">
      ${hiddenFields({ job: name })}
      ${button({ label: words.requeue, accessibleName: words.requeueOf(name), name: 'act', value: 'requeue' })}${button({ label: words.discard, accessibleName: words.discardOf(name), kind: 'quiet', name: 'act', value: 'discard' })}
    </form>
  </li>`
}
