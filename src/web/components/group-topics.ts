import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { groupPath } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { avatar } from './avatar.ts'
import { button, hiddenFields } from './button.ts'
import { disclosure } from './disclosure.ts'
import { type EmptyValue, emptyState } from './empty.ts'
import { textArea } from './field.ts'
import { icon } from './icon.ts'
import { type PagerValue, pager } from './pager.ts'
import { type PictureValue, picture } from './picture.ts'
import { timeOf } from './time.ts'

/** A topic in the feed of a group. */
export type TopicLine = Readonly<{
  href: string
  /** Empty for one that has no words. */
  title: string
  language: string | null
  author: ActorValue
  /** The first picture; null where there is none, or the reader is asked first. */
  picture: PictureValue | null
  answersCount: number
  lastAt: Date
  isClosed: boolean
  isPinned: boolean
}>

/** The form by which a topic is begun. */
export type TopicForm = Readonly<{
  text: string
  /** Sending the same one again gives the same post back. */
  key: string
  maxCharacters: number
  error: string | undefined
}>

/** The feed of a group. */
export type TopicsValue = Readonly<{
  actor: ActorValue
  topics: readonly TopicLine[]
  pager: PagerValue
  /** Null for who may begin no topic. */
  form: TopicForm | null
  empty: Pick<EmptyValue, 'icon' | 'title' | 'text'>
  now: Date
}>

/** What is talked about in a group, and the form for more. */
export function topicList(value: TopicsValue, t: Translator): Html {
  const { topics, form, empty, now } = value
  const list = html`<ol class="topics">${topics.map((topic) => html`<li class="topic">${topicLine(topic, now, t)}</li>`)}</ol>`
  return html`<section class="hub-body" aria-labelledby="topics">
    <h2 class="visually-hidden" id="topics">${t.groups.views.topics}</h2>
    ${form && newTopic(value.actor, form, t)}
    ${topics.length > 0 ? list : emptyState(empty)}
    ${pager(value.pager, t)}
  </section>`
}

function newTopic(actor: ActorValue, form: TopicForm, t: Translator): Html {
  const words = t.groups.topic
  const body = html`<form class="form hub__new" method="post" action="${groupPath(actor.handle)}/topics">
    ${hiddenFields({ key: form.key })}
    ${textArea({ name: 'text', label: words.text, hint: words.textHint, value: form.text, rows: 5, maxLength: form.maxCharacters, isRequired: true, class: 'input--prose', error: form.error })}
    <div class="hub__send">${button({ label: words.send, kind: 'primary' })}${button({ label: words.more, kind: 'quiet', name: 'more', value: 'true', attributes: { formnovalidate: true } })}</div>
  </form>`
  const summary = html`<span class="button button--primary">${icon('create')}<span class="button__label">${words.new}</span></span>`
  return disclosure({ name: 'follow-way', summary, body, isOpen: form.error !== undefined })
}

function topicLine(topic: TopicLine, now: Date, t: Translator): Html {
  const words = t.groups.topic
  const { href, title, author, answersCount, language } = topic
  const face = topic.picture
    ? html`<span class="topic__picture">${picture(topic.picture, { sizes: '4rem', isCropped: true, alt: '' }, t)}</span>`
    : avatar(author, 'l')
  return html`${face}
    <div class="topic__words">
      <h3 class="topic__title"><a${attributes({ href, lang: language })}>${title || words.untitled}</a></h3>
      <p class="topic__facts"><span><bdi>${words.by(nameOf(author))}</bdi></span><span>${words.answers(answersCount)}</span><span>${answersCount > 0 && html`${words.last} `}${timeOf(topic.lastAt, now, t)}</span></p>
      ${(topic.isPinned || topic.isClosed) && html`<p class="topic__facts">${topic.isPinned && html`<span class="mark-word">${icon('pin')}${words.pinned}</span>`}${topic.isClosed && html`<span class="mark-word">${icon('lock')}${words.closed}</span>`}</p>`}
    </div>`
}
