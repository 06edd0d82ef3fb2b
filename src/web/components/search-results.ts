import type { Translator } from '#src/locales/translator.ts'
import { type Hole, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import type { ActorValue } from './actor.ts'
import { actorList } from './actor-list.ts'
import { button } from './button.ts'
import { emptyState } from './empty.ts'
import { textField } from './field.ts'
import { type PagerValue, pager } from './pager.ts'
import type { PostValue } from './post.ts'
import { cards } from './reading-list.ts'
import { tabs } from './tabs.ts'

/** The kinds of what can be found. */
export const searchKinds = ['people', 'posts', 'tags'] as const

/** A kind of what can be found. */
export type SearchKind = (typeof searchKinds)[number]

/** What was found; `more` names the kinds of which there is more than is shown. */
export type SearchValue = Readonly<{
  typed: string
  /** The only kind that is wanted; null for all of them. */
  kind: SearchKind | null
  people: readonly ActorValue[]
  tags: readonly Readonly<{ label: string; href: string }>[]
  posts: readonly PostValue[]
  more: readonly SearchKind[]
  pager: PagerValue
  /** Visitors are told what they do not find. */
  isVisitor: boolean
  now: Date
}>

/** Where a search, or one kind of its results, is. */
export function searchHref(
  typed: string,
  kind: SearchKind | null,
  more: Readonly<Record<string, string>> = {},
): string {
  return `${paths.search}?${new URLSearchParams({ q: typed, ...(kind ? { type: kind } : {}), ...more })}`
}

/** The form and, when something was typed, what was found. */
export function searchResults(value: SearchValue, t: Translator): Html {
  const words = t.reading.search
  return html`<h1 class="title">${words.title}</h1>
    <form class="find-form" role="search" method="get" action="${paths.search}">
      ${textField({ name: 'q', id: 'search-q', label: words.field, hint: words.hint, type: 'search', value: value.typed, autocomplete: 'off', isVerbatim: true, maxLength: 2_000 })}
      ${button({ label: words.submit, kind: 'primary', icon: 'find' })}
    </form>
    ${value.isVisitor && html`<p class="field__hint">${words.signIn}</p>`}
    ${value.typed !== '' && found(value, t)}`
}

function found(value: SearchValue, t: Translator): Html {
  const { typed, kind, people, posts, tags } = value
  const words = t.reading.search
  const views = [null, ...searchKinds].map((one) => ({
    href: searchHref(typed, one),
    label: one ? words[one] : words.all,
    isCurrent: one === kind,
  }))
  const isNothing = people.length + posts.length + tags.length === 0
  return html`${tabs(words.views, views)}
    ${isNothing && emptyState({ icon: 'find', title: words.emptyTitle, text: words.emptyText })}
    ${people.length > 0 && section(value, 'people', actorList(people.map((actor) => ({ actor }))), t)}
    ${tags.length > 0 && section(value, 'tags', tagList(tags), t)}
    ${posts.length > 0 && section(value, 'posts', cards(posts, value.now, t), t)}
    ${pager(value.pager, t)}`
}

function section({ typed, more }: SearchValue, kind: SearchKind, body: Html, t: Translator): Html {
  const words = t.reading.search
  const further: Hole =
    more.includes(kind) && html`<p class="found__more"><a href="${searchHref(typed, kind)}">${words.more[kind]}</a></p>`
  return html`<section class="found" aria-labelledby="found-${kind}">
    <h2 class="section-title found__title" id="found-${kind}">${words[kind]}</h2>
    ${body}${further}
  </section>`
}

function tagList(tags: SearchValue['tags']): Html {
  return html`<ul class="lines">${tags.map(({ label, href }) => html`<li class="lines__one"><a href="${href}" rel="tag">#<bdi>${label}</bdi></a></li>`)}</ul>`
}
