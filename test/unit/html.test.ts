import { describe, expect, it } from 'vitest'
import { attributes, Html, html, raw } from '#src/web/html.ts'

const hostile = `"><script>alert('x')</script>&`
const harmless = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;'

describe('html', () => {
  it('escapes text and quoted attributes alike (rows 70, 71)', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(`<p title="${harmless}">${harmless}</p>`)
  })

  it('keeps nested markup and escapes only once', () => {
    const inner = html`<b>${'a & b'}</b>`
    expect(html`<p>${inner}</p>`.toString()).toBe('<p><b>a &amp; b</b></p>')
  })

  it('joins lists, also nested ones', () => {
    const items = [html`<li>1</li>`, [html`<li>2</li>`, '<3>']]
    expect(html`<ul>${items}</ul>`.toString()).toBe('<ul><li>1</li><li>2</li>&lt;3&gt;</ul>')
  })

  it('drops what is absent and keeps zero and the empty string', () => {
    expect(html`[${null}|${undefined}|${false}|${0}|${''}]`.toString()).toBe('[|||0|]')
  })

  it('does not take an object that looks like markup for markup', () => {
    const forged = { toString: () => '<script>' }
    // @ts-expect-error only Html, text, numbers, lists and nothing may stand in a hole
    expect(() => html`<p>${forged}</p>`.toString()).toThrow()
    // @ts-expect-error a string is not Html, for the compiler either
    const text: Html = '<b>'
    expect(text).not.toBeInstanceOf(Html)
  })

  it('lets through what the sanitiser made, by one door', () => {
    expect(html`<div>${raw('<em>a</em>')}</div>`.toString()).toBe('<div><em>a</em></div>')
  })

  it('refuses an attribute without quotes, where escaping is not enough (row 70)', () => {
    expect(() => html`<a href=${'x onclick=alert(1)'}>x</a>`).toThrow(/quotes/)
    expect(() => html`<a class="${'a'}" href=${'x'}>x</a>`).toThrow(/quotes/)
  })

  it('allows an equals sign in text and inside quotes', () => {
    expect(html`<p>a=${1}</p><a href="/?a=${'b c'}">x</a>`.toString()).toBe('<p>a=1</p><a href="/?a=b c">x</a>')
  })
})

describe('attributes', () => {
  it('writes true as a bare name, drops what is absent and escapes the rest', () => {
    const value = attributes({ disabled: true, hidden: false, id: null, class: undefined, width: 0, title: '"' })
    expect(value.toString()).toBe(' disabled width="0" title="&quot;"')
  })
})
