import { describe, expect, it } from 'vitest'
import { countCharacters, findHashtags, findMentions, renderPlainText, renderText } from '#src/core/markup.ts'
import { sanitizeHtml } from '#src/core/sanitize.ts'
import { within } from '../support/cpu-time.ts'

const bob = { url: 'https://b.example/@bob', acct: 'bob@b.example', iri: 'https://b.example/users/bob' }
const context = {
  mentions: new Map([
    ['bob@b.example', bob],
    ['carol', { url: 'https://a.example/@carol', acct: 'carol', iri: 'https://a.example/users/carol' }],
  ]),
  hashtagUrl: (name: string) => `https://a.example/tags/${encodeURIComponent(name)}`,
}

function render(text: string): string {
  return renderText(text, context)
}

describe('text of ours as HTML', () => {
  it('has paragraphs and line breaks', () => {
    expect(render('one\ntwo\r\n\r\n\r\nthree\n')).toBe('<p>one<br />two</p><p>three</p>')
  })

  it('is nothing when there is nothing', () => {
    expect(render(' \n\n ')).toBe('')
  })

  it('escapes everything', () => {
    expect(render(`<script>alert("1")</script> & 'x'`)).toBe(
      '<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;</p>',
    )
  })

  it('shows a short link without its scheme', () => {
    expect(render('see https://c.example/x.')).toBe(
      '<p>see <a href="https://c.example/x" rel="nofollow noopener noreferrer" target="_blank">' +
        '<span class="invisible">https://</span><span>c.example/x</span><span class="invisible"></span></a>.</p>',
    )
  })

  it('shows thirty characters of a long link and keeps the rest for those who copy', () => {
    const html = render('https://www.c.example/a/very/long/path/that/goes/on?x=1&y=2')
    expect(html).toContain('<span class="invisible">https://www.</span>')
    expect(html).toContain('<span class="ellipsis">c.example/a/very/long/path/tha</span>')
    expect(html).toContain('<span class="invisible">t/goes/on?x=1&amp;y=2</span>')
    expect(html).toContain('href="https://www.c.example/a/very/long/path/that/goes/on?x=1&amp;y=2"')
  })

  it.each(['c.example', 'ftp://c.example/x', '//c.example', 'javascript:alert(1)', 'http://', 'mailto:a@c.example'])(
    'makes no link of %s',
    (text) => {
      expect(render(text)).not.toContain('<a ')
    },
  )

  it('cannot be broken out of by a link', () => {
    const html = render(`https://c.example/"onmouseover="alert(1)" https://c.example/'><b>`)
    expect(html).not.toMatch(/<b>|"onmouseover/)
  })

  it('links a mention that is known', () => {
    expect(render('hello @bob@b.example!')).toBe(
      '<p>hello <a class="u-url mention" href="https://b.example/@bob">@<span>bob</span></a>!</p>',
    )
  })

  it('finds a mention whatever its case', () => {
    expect(render('@Carol')).toBe(
      '<p><a class="u-url mention" href="https://a.example/@carol">@<span>Carol</span></a></p>',
    )
  })

  it('leaves a mention that is not known as text', () => {
    expect(render('@nobody@c.example')).toBe('<p>@nobody@c.example</p>')
  })

  it('links a hashtag', () => {
    expect(render('#Été')).toBe(
      '<p><a href="https://a.example/tags/%C3%89t%C3%A9" class="mention hashtag" rel="tag">#<span>Été</span></a></p>',
    )
  })

  it('passes the rules for foreign HTML unchanged but for how links are opened', () => {
    const html = render('hello @bob@b.example #tag https://c.example/a/very/long/path/that/goes/on & on')
    const text = (value: string) => value.replace(/<[^>]*>/g, '')
    expect(text(sanitizeHtml(html))).toBe(text(html))
  })
})

it('foreign plain text keeps names and hashtags as text, and links links', () => {
  expect(renderPlainText('@carol #tag <b>')).toBe('<p>@carol #tag &lt;b&gt;</p>')
  expect(renderPlainText('https://c.example/')).toContain('<a href="https://c.example/"')
})

describe('mentions', () => {
  it.each([
    ['@a @b@c.example @A', ['a', 'b@c.example']],
    ['(@a) "@b@c.example", @d.', ['a', 'b@c.example', 'd']],
    ["@a's thing", ['a']],
    ['@b@localhost:3001', ['b@localhost:3001']],
    ['@b@пример.рф', ['b@пример.рф']],
    ['mail a@b.example, x@y@z, @@a, /@a, https://c.example/@a', []],
  ])('of %j are %j', (text, expected) => {
    expect(findMentions(text)).toEqual(expected)
  })
})

describe('hashtags', () => {
  it.each([
    ['#a #b_c #日本語 #Été2026 #a', ['a', 'b_c', '日本語', 'Été2026']],
    ['#1a #a1', ['1a', 'a1']],
    ['#123 #1_2 # #_ a#b &#39; https://c.example/#d ##e', []],
    ['#foo-bar (#c) #d.', ['foo', 'c', 'd']],
    ['＃全角', ['全角']],
  ])('of %j are %j', (text, expected) => {
    expect(findHashtags(text)).toEqual(expected)
  })
})

describe('characters', () => {
  it.each([
    ['hello', 5],
    ['https://c.example/a/very/long/path/that/goes/on', 23],
    ['x https://c.example y', 27],
    ['@bob@b.example', 4],
    ['👩‍👩‍👧‍👦', 1],
    ['e\u0301', 1],
    ['日本語', 3],
    ['', 0],
  ])('of %j count %i', (text, expected) => {
    expect(countCharacters(text)).toBe(expected)
  })
})

it.each([
  ['signs', '@#'.repeat(50_000)],
  ['digits after a sign', `#${'1'.repeat(100_000)}`],
  ['dots in a name', `@${'a.'.repeat(50_000)}`],
  ['hyphens in a host', `@a@${'b-'.repeat(50_000)}`],
  ['half links', 'http://'.repeat(15_000)],
  ['open brackets', 'http://a('.repeat(12_000)],
  ['empty lines', '\n'.repeat(100_000)],
])('a text of 100 kB of %s takes less than a second', (_name, text) => {
  within(1_000, () => {
    render(text)
    countCharacters(text)
  })
})
