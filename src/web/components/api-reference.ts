import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'

/** A parameter or field that a method takes. `type` is in the words of JSON Schema. */
export type ApiFieldValue = Readonly<{
  name: string
  where: 'path' | 'query' | 'body'
  type: string
  isNeeded: boolean
}>

/** A method of the API. Texts may have `names` between backticks. */
export type ApiMethodValue = Readonly<{
  method: string
  address: string
  access: string
  note: string | null
  returns: string
  fields: readonly ApiFieldValue[]
}>

/** The whole API, in its sections. */
export type ApiReferenceValue = Readonly<{
  sections: readonly Readonly<{
    id: string
    title: string
    text: readonly string[]
    methods: readonly ApiMethodValue[]
  }>[]
}>

/** The page of the client API. What is said of the methods is in English in every language, as the names in it are. */
export function apiReference({ sections }: ApiReferenceValue, { reference: words }: Translator): Html {
  return html`<article class="reference">
    <h1 class="title">${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <ul class="reference__further">
      <li><a href="/api/openapi.json">${words.forPrograms}</a></li>
      <li><a href="https://docs.joinmastodon.org/methods/" rel="external" hreflang="en">${words.meaning}</a></li>
    </ul>
    <nav aria-label="${words.label}"><ul class="reference__sections">${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
    ${sections.map(
      ({ id, title, text, methods }) => html`<section class="reference__section" aria-labelledby="${id}">
        <h2 id="${id}">${title}</h2>
        <div lang="en">${text.map((paragraph) => html`<p>${inline(paragraph)}</p>`)}
        ${methods.map(method)}</div>
      </section>`,
    )}
  </article>`
}

function method({ method: verb, address, access, note, returns, fields }: ApiMethodValue): Html {
  return html`<details class="reference__method">
    <summary class="reference__summary"><code class="reference__verb">${verb}</code> <code class="reference__address">${address}</code></summary>
    ${note === null ? '' : html`<p>${inline(note)}</p>`}
    <dl class="reference__facts">
      <dt>Scope</dt><dd>${inline(access)}</dd>
      <dt>Answers</dt><dd>${returns}</dd>
      ${fields.length === 0 ? '' : html`<dt>Takes</dt><dd><ul>${fields.map(field)}</ul></dd>`}
    </dl>
  </details>`
}

function field({ name, where, type, isNeeded }: ApiFieldValue): Html {
  return html`<li><code>${name}</code> <span class="reference__type">${where}, ${type}${isNeeded ? ', needed' : ''}</span></li>`
}

/** What stands between backticks is a name. */
function inline(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
