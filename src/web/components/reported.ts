import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { postButton } from './button.ts'
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
}>

/** Who is reported, why, by whom, and the button that closes the report. */
export function reported(value: ReportedValue, now: Date, t: Translator): Html {
  const words = t.reported
  return html`<h1 class="title">${words.title}</h1>
    <p class="lead">${value.resolvedAt ? words.closed : words.open} ${timeOf(value.resolvedAt ?? value.at, now, t)}</p>
    <div class="relation">
      ${part('target', words.target, actorLine(value.target, { size: 'l' }))}
      ${part('why', words.why, reasons(value, t))}
      ${value.posts.length + value.missingPosts > 0 && part('posts', words.posts, posts(value, now, t))}
      ${part('reporter', words.reporter, value.reporter ? actorLine(value.reporter) : html`<p>${words.nobody}</p>`)}
      ${!value.resolvedAt && html`<p class="field__hint">${words.hint}</p><div>${postButton({ action: `${paths.reports}/${value.id}/resolve`, label: words.resolve, kind: 'primary', icon: 'check' })}</div>`}
    </div>`
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
