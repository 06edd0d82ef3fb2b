import { describe, expect, it } from 'vitest'
import { mapTexts } from '#src/core/hypertext.ts'
import { findShortcodes } from '#src/features/emoji/shortcodes.ts'
import { emojiText, withEmojis } from '#src/web/components/emoji.ts'
import { raw } from '#src/web/html.ts'

describe('shortcodes', () => {
  it.each([
    [':blob_1: and (:Blob_1:)', ['blob_1', 'Blob_1']],
    ['it is 12:30:45, std::move::it', []],
    [':aa: :aa::bb:', ['aa']],
    ['é:aa: :aa:é', []],
    [':a: :é: :a-b: aa:', []],
  ])('in %s are %j', (text, found) => {
    expect(findShortcodes([text])).toEqual(found)
  })
})

describe('the texts of some markup', () => {
  const louder = (markup: string) => mapTexts(markup, (text) => text.toUpperCase())

  it.each([
    ['', ''],
    ['plain', 'PLAIN'],
    ['<p>a<br>b</p>c', '<p>A<br>B</p>C'],
    ['<a href="/x?a=1&amp;b=2" title="y">x &amp; y</a>', '<a href="/x?a=1&amp;b=2" title="y">X &AMP; Y</a>'],
    ['a < b', 'A < B'],
  ])('are changed in %s, and nothing else', (markup, changed) => {
    expect(louder(markup)).toBe(changed)
  })

  it('come whole, whatever entities they hold', () => {
    const texts: string[] = []
    mapTexts('<p>a &amp; b &lt;c&gt;</p><p>d</p>', (text) => {
      texts.push(text)
      return text
    })
    expect(texts).toEqual(['a &amp; b &lt;c&gt;', 'd'])
  })
})

describe('an emoji on a page', () => {
  const emojis = [{ shortcode: 'blob', url: 'https://here.example/emojis/1/a.png' }]

  it('is a picture that says its shortcode', () => {
    expect(emojiText('<b> :blob: &', emojis).toString()).toBe(
      '&lt;b&gt; <img class="emoji" src="https://here.example/emojis/1/a.png" alt=":blob:" title=":blob:" width="20" height="20" loading="lazy" decoding="async"> &amp;',
    )
  })

  it('stays a text where it is another one, or a part of a word', () => {
    for (const text of [':Blob:', ':other:', 'x:blob:', '1:blob:2', ': blob:']) {
      expect(emojiText(text, emojis).toString()).toBe(text)
    }
  })

  it('is never put into an attribute (row 66)', () => {
    const markup = raw('<p><a href="https://x.example/:blob:" title=":blob:">:blob:</a> :blob:</p>')
    const shown = withEmojis(markup, emojis).toString()
    expect(shown).toContain('<a href="https://x.example/:blob:" title=":blob:"><img ')
    expect(shown.match(/<img /g)).toHaveLength(2)
  })
})
