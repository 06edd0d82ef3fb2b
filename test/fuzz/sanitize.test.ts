import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitizeHtml } from '#src/core/sanitize.ts'
import { countTried, trials } from '#test/support/generated.ts'
import { within } from '../support/cpu-time.ts'

const names = ['p', 'br', 'a', 'span', 'b', 'i', 'ul', 'li', 'pre', 'blockquote', 'h1', 'div', 'hr', 'td']
const foreign = [
  'script',
  'style',
  'svg',
  'math',
  'template',
  'iframe',
  'form',
  'img',
  'title',
  'xmp',
  'x:y',
  'plaintext',
]
const attributes = ['href', 'class', 'rel', 'target', 'onclick', 'style', 'src', 'id', 'xlink:href', 'srcdoc', 'HREF']
const values = [
  ['javascript:alert(1)', 'java\tscript:alert(1)', '\u0001javascript:x', 'data:text/html,<script>', 'vbscript:x'],
  ['https://a.example/?x=1&y=2', 'https://b@evil.example/"onclick=x', 'mailto:a@b', '//evil.example', '/x', '#x', ''],
  ['mention u-url', 'invisible x', 'quote-inline', '_top', '"><img src=x onerror=alert(1)>', "'><svg/onload=x>"],
].flat()
const pieces = [
  '<',
  '>',
  '</',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '&',
  '&lt;',
  '&#x3c;',
  '&#0;',
  '&amp;lt;',
  '"',
  "'",
  '`',
  '=',
  '/',
]
const signs = ['\u0000', '\u202e', '\u2066', '\ud800', '\u00a0', '\ufeff', '\n', '\t', '🦊', 'é', '\u2028']

const tag = fc.constantFrom(...names, ...names, ...foreign)
const attribute = fc
  .tuple(fc.constantFrom(...attributes), fc.constantFrom(...values), fc.constantFrom('"', "'", ''))
  .map(([name, value, quote]) => ` ${name}=${quote}${value}${quote}`)
const opening = fc
  .tuple(tag, fc.array(attribute, { maxLength: 3 }), fc.constantFrom('>', '>', '>', '/>', ' ', ''))
  .map(([name, list, end]) => `<${name}${list.join('')}${end}`)
const closing = tag.map((name) => `</${name}>`)
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom(...pieces, ...signs))
const fragment = fc.oneof(
  { arbitrary: opening, weight: 3 },
  { arbitrary: closing, weight: 2 },
  { arbitrary: text, weight: 2 },
)

/** Markup as nobody would write it; now and then one piece of it so often that a document is as long as may be. */
const html = fc
  .tuple(
    fc.array(fragment, { maxLength: 25 }),
    fc.nat(),
    fc.oneof({ arbitrary: fc.constant(1), weight: 200 }, { arbitrary: fc.nat(20_000), weight: 1 }),
  )
  .map(([parts, at, times]) => {
    const place = parts.length === 0 ? 0 : at % parts.length
    return parts.map((part, index) => (index === place ? part.repeat(times) : part)).join('')
  })

/** Everything that may stand in what comes out, to the character. */
const clean =
  /^(?:[^<>]|<br \/>|<\/(?:p|a|span|strong|b|em|i|u|del|s|code|pre|blockquote|ul|ol|li)>|<(?:p|span)(?: class="[a-z -]+")?>|<(?:strong|b|em|i|u|del|s|code|pre|blockquote|ul|ol|li)>|<a href="(?:https?:\/\/|mailto:)[^"<>]*"(?: class="[a-z -]+")? rel="nofollow noopener noreferrer" target="_blank">)*$/u
const classes = new Set(['mention', 'hashtag', 'u-url', 'h-card', 'invisible', 'ellipsis', 'quote-inline'])

/** What must hold for every document. */
function check(input: string): void {
  const output = within(2_000, () => sanitizeHtml(input))
  expect(output).toMatch(clean)
  expect(output).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\t\n]/u)
  expect(output.isWellFormed()).toBe(true)
  for (const [, list = ''] of output.matchAll(/<\w[^>]* class="([^"]*)"/g)) {
    expect(list.split(' ').filter((name) => !classes.has(name))).toEqual([])
  }
  // What is longer is cut before it is read.
  if (output.length <= 100_000) expect(sanitizeHtml(output)).toBe(output)
  countTried()
}

/** What was found to be wrong once. */
const found = ['<p><td><p>']

describe('whatever stands in foreign HTML', () => {
  it('comes out as what is allowed, once and for all, in time that is bounded (rows 63, 67)', () => {
    fc.assert(fc.property(html, check), { ...trials(), examples: found.map((input) => [input]) })
  })
})
