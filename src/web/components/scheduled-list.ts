import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, postButton } from './button.ts'
import { disclosure } from './disclosure.ts'
import { emptyState } from './empty.ts'
import { icon } from './icon.ts'
import { momentField } from './later-fields.ts'
import { type PictureValue, picture, ratioClass } from './picture.ts'
import type { Visibility } from './post.ts'

/** A post that is to be published, or could not be. */
export type ScheduledValue = Readonly<{
  id: string
  excerpt: string
  /** When, in words and as a form field has it: as the clocks of `zone` show it. */
  when: string
  at: string
  visibility: Visibility
  isAnswer: boolean
  hasPoll: boolean
  pictures: readonly PictureValue[]
  /** Why it could not be published, in a sentence. */
  problem: string | null
}>

/** What is planned, with what can be done about each. */
export type ScheduledListValue = Readonly<{ posts: readonly ScheduledValue[]; zone: string }>

/** The page of what is to be published later. */
export function scheduledList({ posts, zone }: ScheduledListValue, t: Translator): Html {
  const action = { href: paths.compose, label: t.schedule.write }
  if (posts.length === 0) {
    return html`<h1 class="title">${t.schedule.title}</h1>${emptyState({ icon: 'clock', title: t.schedule.empty, text: t.schedule.emptyText, action })}`
  }
  return html`<h1 class="title">${t.schedule.title}</h1>
    <p class="lead">${t.schedule.text}</p>
    <p class="field__hint">${t.schedule.zone(zone)}</p>
    <ol class="scheduled">${posts.map((post) => html`<li class="scheduled__post">${line(post, zone, t)}</li>`)}</ol>`
}

function line(post: ScheduledValue, zone: string, t: Translator): Html {
  const marks = [
    html`<span class="post__who">${icon(post.visibility)}${t.visibility[post.visibility].name}</span>`,
    ...(post.isAnswer ? [html`<span>${t.schedule.answer}</span>`] : []),
    ...(post.hasPoll ? [html`<span>${t.schedule.poll}</span>`] : []),
    ...(post.pictures.length > 0 ? [html`<span>${t.schedule.pictures(post.pictures.length)}</span>`] : []),
  ]
  return html`<h2 class="scheduled__when">${post.problem ? t.schedule.notPublished(post.when) : t.schedule.when(post.when)}</h2>
    ${post.problem && html`<p class="field__error">${post.problem}</p>`}
    <p class="prose scheduled__text">${post.excerpt}</p>
    ${strip(post, t)}
    <p class="post__facts">${marks}</p>
    ${disclosure({ name: 'more', summary: html`${icon('chevron')}${t.schedule.change}`, body: moving(post, zone, t), isOpen: post.problem !== null })}
    ${postButton({ action: `${paths.scheduled}/${post.id}/delete`, label: t.schedule.delete, icon: 'trash', kind: 'quiet', accessibleName: `${t.schedule.delete}, ${post.when}` })}`
}

function strip(post: ScheduledValue, t: Translator): Html | null {
  if (post.pictures.length === 0) return null
  const shown = post.pictures.map(
    (value) =>
      html`<span class="strip__link ${ratioClass(value)}">${picture(value, { sizes: '12rem', isCropped: true, alt: value.alt }, t)}</span>`,
  )
  return html`<div class="strip">${shown}</div>`
}

function moving(post: ScheduledValue, zone: string, t: Translator): Html {
  const id = `scheduled-at-${post.id}`
  return html`<form class="more__body" method="post" action="${paths.scheduled}/${post.id}">
    ${hiddenFields({ time_zone: zone })}
    ${momentField({ name: 'scheduled_at', id, label: t.schedule.moveLabel, value: post.at, isRequired: true })}
    ${button({ label: t.schedule.move })}
  </form>`
}
