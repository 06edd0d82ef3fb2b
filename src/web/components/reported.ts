import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, linkButton, postButton } from './button.ts'
import { textArea } from './field.ts'
import { moderationNav } from './moderation-nav.ts'
import type { PostValue } from './post.ts'
import { postCard } from './post-card.ts'
import type { reportCategories } from './report-form.ts'
import { timeOf } from './time.ts'

/** A report as those who run the instance read it. */
export type ReportedValue = Readonly<{
  id: string
  /** Who is reported. */
  target: ActorValue
  /** Who reports; of another server often the server itself. */
  reporter: ActorValue | null
  category: (typeof reportCategories)[number]
  /** The rules that are said to be broken. */
  rules: readonly string[]
  comment: string
  posts: readonly PostValue[]
  /** How many posts are meant that the reader cannot see, or that are gone. */
  missingPosts: number
  at: Date
  /** When it was dealt with; null as long as it waits. */
  resolvedAt: Date | null
  /** By which addresses those sign in who look after it and who reads. */
  assignee: string | null
  isMine: boolean
  /** The other server was told; `canForward`: it can be. */
  isForwarded: boolean
  canForward: boolean
  notes: readonly Readonly<{ id: string; text: string; by: string | null; at: Date }>[]
  maxNoteCharacters: number
  /** What holds for who is reported; null for one of ours. */
  restriction: 'none' | 'limit' | 'block' | null
  host: string | null
}>

/** Who is reported, why, by whom, and the button that closes the report. */
export function reported(value: ReportedValue, now: Date, t: Translator): Html {
  const words = t.reported
  return html`${moderationNav('reports', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead">${value.resolvedAt ? words.closed : words.open} ${timeOf(value.resolvedAt ?? value.at, now, t)}</p>
    <div class="relation">
      ${part('target', words.target, actorLine(value.target, { size: 'l' }))}
      ${part('why', words.why, reasons(value, t))}
      ${value.posts.length + value.missingPosts > 0 && part('posts', words.posts, posts(value, now, t))}
      ${part('reporter', words.reporter, value.reporter ? actorLine(value.reporter) : html`<p>${words.nobody}</p>`)}
      ${part('act', t.queue.act, restrictions(value, t))}
      ${part('notes', t.queue.notes, notes(value, now, t))}
      <div class="lines__acts">${acts(value, t)}</div>
    </div>`
}

function acts({ id, resolvedAt, isMine, canForward, host }: ReportedValue, t: Translator): Html {
  const { queue: words } = t
  const act = (name: string, label: string) => postButton({ action: `${paths.reports}/${id}/${name}`, label })
  return html`${
    resolvedAt
      ? act('reopen', words.reopen)
      : postButton({
          action: `${paths.reports}/${id}/resolve`,
          label: t.reported.resolve,
          kind: 'primary',
          icon: 'check',
        })
  }
    ${isMine ? act('unassign', words.unassign) : act('assign', words.assign)}
    ${canForward && host && act('forward', words.forward(host))}`
}

/** What holds for who is reported, and the other things that could. */
function restrictions({ id, restriction, host }: ReportedValue, t: Translator): Html {
  const { queue: words } = t
  if (restriction === null || host === null) return html`<p class="field__hint">${t.reported.hint}</p>`
  const others = (['none', 'limit', 'block'] as const).filter((one) => one !== restriction)
  const server = `${paths.server}?${new URLSearchParams({ domain: host })}`
  return html`<p>${words.now[restriction]} <span class="field__hint">${words.actHint}</span></p>
    <form class="lines__acts" method="post" action="${paths.reports}/${id}/restrict">${others.map((one) =>
      button({
        label: words.restrictions[one],
        name: 'severity',
        value: one,
        kind: one === 'block' ? 'danger' : 'plain',
      }),
    )}${linkButton({ href: server, label: words.wholeServer(host), kind: 'quiet' })}</form>`
}

function notes(
  { id, notes: all, maxNoteCharacters, assignee, isForwarded }: ReportedValue,
  now: Date,
  t: Translator,
): Html {
  const { queue: words } = t
  return html`${assignee && html`<p>${words.taken(assignee)}</p>`}
    ${isForwarded && html`<p>${words.wasForwarded}</p>`}
    ${
      all.length > 0 &&
      html`<ul class="lines">${all.map(
        (note) =>
          html`<li class="lines__one"><div class="lines__words"><span class="queue__note"><bdi>${note.text}</bdi></span><span class="field__hint">${note.by && html`${note.by} · `}${timeOf(note.at, now, t)}</span></div>${postButton({ action: `${paths.reports}/${id}/notes/${note.id}/remove`, label: words.removeNote, kind: 'quiet' })}</li>`,
      )}</ul>`
    }
    <form class="group__body" method="post" action="${paths.reports}/${id}/notes">
      ${textArea({ name: 'text', label: words.note, hint: words.notesHint, rows: 3, maxLength: maxNoteCharacters, isRequired: true })}
      <div>${button({ label: words.addNote })}</div>
    </form>`
}

function reasons({ category, rules, comment }: ReportedValue, t: Translator): Html {
  const broken = html`<div class="prose"><ul>${rules.map((rule) => html`<li><bdi>${rule}</bdi></li>`)}</ul></div>`
  return html`<p>${t.report.categories[category]}</p>
    ${rules.length > 0 && broken}
    ${comment && html`<blockquote class="request__note"><bdi>${comment}</bdi></blockquote>`}`
}

function posts({ posts: shown, missingPosts }: ReportedValue, now: Date, t: Translator): Html {
  return html`${shown.map((post) => postCard(post, now, t))}
    ${missingPosts > 0 && html`<p class="field__hint">${t.reported.missing(missingPosts)}</p>`}`
}

function part(name: string, title: string, body: Html): Html {
  const id = `reported-${name}`
  return html`<section class="group" aria-labelledby="${id}"><h2 class="group__title" id="${id}">${title}</h2><div class="group__body">${body}</div></section>`
}
