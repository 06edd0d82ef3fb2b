import { describe, expect, it } from 'vitest'
import { cleanText, escapeHtml, htmlToText, sanitizeHtml } from '#src/core/sanitize.ts'
import { within } from '../support/cpu-time.ts'

describe('foreign HTML', () => {
  it('keeps the tags that other programs write', () => {
    const html =
      '<p>a <strong>b</strong> <b>c</b> <em>d</em> <i>e</i> <u>f</u> <del>g</del> <s>h</s><br />' +
      '<code>i</code></p><pre>j</pre><blockquote>k</blockquote><ul><li>l</li></ul><ol><li>m</li></ol>'
    expect(sanitizeHtml(html)).toBe(html)
  })

  it.each(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])('makes %s a strong text', (tag) => {
    expect(sanitizeHtml(`<${tag} class="big">Title</${tag}>`)).toBe('<strong>Title</strong>')
  })

  it('begins a new line where a block was taken away', () => {
    expect(sanitizeHtml('<div>one</div><div>two</div>')).toBe('one<br />two')
  })

  it.each([
    ['a script', '<p>a<script>alert(1)</script></p>'],
    ['a style', '<p>a<style>p{color:red}</style></p>'],
    ['a picture', '<p>a<img src="x" onerror="alert(1)"></p>'],
    ['a form', '<p>a</p><form action="https://evil.example"><input name="q"></form>'],
    ['a frame', '<p>a<iframe src="https://evil.example"></iframe></p>'],
    [
      'a drawing',
      '<p>a<svg onload="alert(1)"><style><a title="</style><img src=x onerror=alert(1)>"></style></svg></p>',
    ],
    ['a template', '<p>a<template><img src=x></template></p>'],
    ['an event handler', '<p onclick="alert(1)" onmouseover=alert(1)>a</p>'],
    ['a style attribute', '<p style="position:fixed" id="x" data-x="1">a</p>'],
    ['a comment', '<p>a<!-- <b> --></p>'],
  ])('loses %s (item 14) (rows 63, 67)', (_name, html) => {
    expect(sanitizeHtml(html)).toBe('<p>a</p>')
  })

  it('keeps only the classes that clients know', () => {
    expect(
      sanitizeHtml('<span class="h-card admin"><span class="invisible x">a</span></span><p class="button">b</p>'),
    ).toBe('<span class="h-card"><span class="invisible">a</span></span><p>b</p>')
  })

  it('opens links elsewhere and tells nobody where from', () => {
    expect(
      sanitizeHtml('<a href="https://a.example/x" class="u-url mention evil" rel="opener" target="_top">x</a>'),
    ).toBe(
      '<a href="https://a.example/x" class="u-url mention" rel="nofollow noopener noreferrer" target="_blank">x</a>',
    )
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    '/settings/delete',
    '//evil.example/x',
    '#top',
    'https://',
    '',
  ])('makes a link to %j plain text (item 14) (row 68)', (href) => {
    expect(sanitizeHtml(`<a href="${escapeHtml(href)}">x</a>`)).toBe('<span>x</span>')
  })

  it('takes user names out of addresses, where they pose as hosts (row 64)', () => {
    expect(sanitizeHtml('<a href="https://bank.example@evil.example/">x</a>')).toContain('href="https://evil.example/"')
  })

  it.each([
    ['as they are', '<p>a\u202eb\u2066c\u0000d\u0007</p>'],
    ['as entities', '<p>a&#x202e;b&#8294;c&#0;d</p>'],
  ])('loses characters that turn text around, written %s (item 14)', (_name, html) => {
    expect(sanitizeHtml(html)).toMatch(/^<p>abc\ufffd?d<\/p>$/)
  })

  it.each([
    '<p>one<br>two<br/>three<br />four</p><p>&lt;b&gt; &amp; &quot;q&quot; &#39;</p>',
    '<p>&amp;quot; &amp;amp;</p>',
    '<p></p>',
    '<p>é 日本語 🦊</p>',
  ])('comes out of the short cut as it comes out of the parser: %s', (html) => {
    // An unknown tag sends the same text the long way.
    expect(sanitizeHtml(html)).toBe(sanitizeHtml(`${html}<x></x>`))
  })

  it('is the same when it has been cleaned before', () => {
    const once = sanitizeHtml('<div><h2>a</h2><p>b <a href="https://x.example/?a=1&b=2">c</a> &lt;i&gt;</p></div>')
    expect(sanitizeHtml(once)).toBe(once)
  })

  it.each([
    ['10,000 nested tags', `${'<b>'.repeat(10_000)}x`],
    ['100,000 nested blocks', '<div>'.repeat(100_000)],
    ['a megabyte of paragraphs', '<p>y</p>'.repeat(130_000)],
    ['100 kB of half tags', '<a '.repeat(34_000)],
    ['a megabyte of signs', '<'.repeat(1_000_000)],
    ['misnested tags', '<b><i>'.repeat(20_000) + '</b></i>'.repeat(20_000)],
    ['drawings with styles', '<svg><style>'.repeat(50_000)],
    ['lists in lists', '<ul><li>'.repeat(60_000)],
    ['a tag with 100,000 attributes', `<p ${'a="1" '.repeat(100_000)}>`],
    ['one long paragraph', `<p>${'a&amp;'.repeat(200_000)}`],
    ['a paragraph that nearly is simple', `<p>${'&amp;'.repeat(1900)}</p>&`],
  ])('takes less than a second for %s (item 14) (row 49)', (_name, html) => {
    expect(within(1_000, () => sanitizeHtml(html)).length).toBeLessThan(500_000)
  })
})

describe('the text of HTML', () => {
  it('has an empty line between paragraphs and a line for each item', () => {
    expect(
      htmlToText('<p>a<br />b</p><p>c &amp; &lt;d&gt; &quot;e&quot; &#39;f&#39;</p><ul><li>g</li><li>h</li></ul>'),
    ).toBe('a\nb\n\nc & <d> "e" \'f\'\n\ng\nh')
  })

  it('does not decode twice', () => {
    expect(htmlToText('<p>&amp;lt;b&amp;gt;</p>')).toBe('&lt;b&gt;')
  })

  it('includes the hidden part of a shortened link', () => {
    expect(htmlToText('<p><a href="x"><span class="invisible">https://</span><span>a.example</span></a></p>')).toBe(
      'https://a.example',
    )
  })
})

describe('plain text', () => {
  it('loses direction controls, control characters and halves of characters', () => {
    expect(cleanText(' a\u202eb\u0000c\u009fd\ud83d ', 100)).toBe('abcd\ufffd')
  })

  it('keeps line feeds and the marks of right-to-left languages', () => {
    expect(cleanText('שלום\u200f\nx', 100)).toBe('שלום\u200f\nx')
  })

  it('is not cut inside a character', () => {
    expect(cleanText('aaa🦊', 4)).toBe('aaa')
  })

  it('is escaped for content and attributes', () => {
    expect(escapeHtml(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;')
  })
})
