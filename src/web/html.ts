/** What may stand in a hole of `html`. A boolean `true` may not: write `isOpen && 'open'`, so that the word is chosen. */
export type Hole = Html | string | number | null | undefined | false | readonly Hole[]

/**
 * A piece of markup that is safe to send. Only `html` and `raw` make one, so a string can never be taken for it: what is not
 * `Html` is escaped, wherever it stands.
 */
export class Html {
  // A private field makes the type nominal: no object literal with a `toString` passes for markup.
  readonly #markup: string

  /** Not for views: they use `html`, or `raw` for the sanitiser's output. */
  constructor(markup: string) {
    this.#markup = markup
  }

  /** The markup itself. */
  toString(): string {
    return this.#markup
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes text for element content and for quoted attribute values alike. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign) : text
}

/**
 * Markup from a template: every hole is escaped, nested `Html` is kept, arrays are joined, `null`, `undefined` and `false`
 * are dropped.
 * @throws TypeError when a hole stands in an unquoted attribute, where no escaping is enough.
 */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  checkQuotes(strings)
  let markup = strings[0] ?? ''
  for (let index = 0; index < holes.length; index++) markup += render(holes[index]) + (strings[index + 1] ?? '')
  return new Html(markup)
}

/** The one door for markup that is already safe: the output of `core/sanitize.ts` and nothing else. */
export function raw(markup: string): Html {
  return new Html(markup)
}

/** What programs read in the head of a page: data, which no browser runs. @see https://json-ld.org */
export function linkedData(value: object): Html {
  // The one sign by which a text could end its element.
  return new Html(`<script type="application/ld+json">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`)
}

/**
 * The attributes of an element from a record: `true` writes the bare name, `false`, `null` and `undefined` drop it, anything
 * else is escaped. Begins with a space, so it follows the name of the element directly.
 */
export function attributes(values: Readonly<Record<string, string | number | boolean | null | undefined>>): Html {
  let markup = ''
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue
    markup += value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`
  }
  return new Html(markup)
}

function render(hole: Hole): string {
  if (hole instanceof Html) return hole.toString()
  if (hole === null || hole === undefined || hole === false) return ''
  if (typeof hole === 'object') return hole.map(render).join('')
  return escapeHtml(String(hole))
}

// A template is checked once: the array of its literal parts is the same object at every call.
const checked = new WeakSet<TemplateStringsArray>()

function checkQuotes(strings: TemplateStringsArray): void {
  if (checked.has(strings)) return
  for (let end = 1; end < strings.length; end++) {
    const before = strings.slice(0, end).join('x')
    if (bareAttribute.test(before)) throw new TypeError(`Put quotes around the value: ${before.slice(-40)}`)
  }
  checked.add(strings)
}

// An open tag whose quotes are balanced and that ends in `name=`.
const bareAttribute = /<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*=\s*$/i
