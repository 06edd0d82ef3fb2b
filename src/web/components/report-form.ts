import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, hiddenFields } from './button.ts'
import { switchField, textArea } from './field.ts'

/** What can be wrong with somebody or a post. */
export const reportCategories = ['spam', 'violation', 'legal', 'other'] as const

/** A report as its form has it. */
export type ReportValue = Readonly<{
  actor: ActorValue
  actorId: string
  post: Readonly<{ id: string; excerpt: string }> | null
  rules: readonly Readonly<{ id: string; text: string; isChosen: boolean }>[]
  category: (typeof reportCategories)[number]
  comment: string
  maxCommentCharacters: number
  /** The server of the one who is reported; null for this one. */
  host: string | null
  isForwarded: boolean
  error: string | undefined
}>

/** The form by which somebody is reported. Sends `account`, `post`, `category`, `rule` several times, `comment`, `forward`. */
export function reportForm(value: ReportValue, t: Translator): Html {
  const words = t.report
  const { actor, post, host } = value
  const hidden = { account: value.actorId, ...(post ? { post: post.id } : {}) }
  return html`<h1 class="title">${words.title(nameOf(actor))}</h1>
    <p class="lead">${words.lead}</p>
    <form class="form" method="post" action="${paths.report}">
      ${hiddenFields(hidden)}
      ${actorLine(actor, { size: 'l' })}
      ${post?.excerpt && html`<figure><figcaption class="field__hint">${words.post}</figcaption><blockquote class="request__note"><bdi>${post.excerpt}</bdi></blockquote></figure>`}
      ${categories(value, t)}
      ${value.rules.length > 0 && rules(value, t)}
      ${textArea({ name: 'comment', label: words.comment, optional: t.actions.optional, value: value.comment, maxLength: value.maxCommentCharacters, error: value.error })}
      ${host && switchField({ name: 'forward', label: words.forward(host), hint: words.forwardHint, isOn: value.isForwarded })}
      <div>${button({ label: words.submit, kind: 'primary' })}</div>
    </form>`
}

function categories({ category, rules: all }: ReportValue, t: Translator): Html {
  const words = t.report
  // Where there is no rule, none can be broken.
  const offered = reportCategories.filter((one) => one !== 'violation' || all.length > 0)
  const choices = offered.map((one) => {
    const id = `category-${one}`
    const input = attributes({ type: 'radio', name: 'category', value: one, id, checked: one === category })
    return html`<label class="choice choice--bare" for="${id}"><input class="choice__input"${input}><span class="choice__name">${words.categories[one]}</span></label>`
  })
  return html`<fieldset class="choices"><legend class="field__label">${words.category}</legend>${choices}</fieldset>`
}

function rules({ rules: all }: ReportValue, t: Translator): Html {
  const boxes = all.map(({ id, text, isChosen }) => {
    const input = attributes({ type: 'checkbox', name: 'rule', id: `rule-${id}`, value: id, checked: isChosen })
    return html`<label class="check" for="rule-${id}"><input class="check__input"${input}><span><bdi>${text}</bdi></span></label>`
  })
  return html`<fieldset><legend class="field__label">${t.report.rules}</legend>${boxes}</fieldset>`
}
