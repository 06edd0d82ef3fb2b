import { describe, expect, it } from 'vitest'
import { localeNames, locales } from '#src/core/i18n.ts'
import { html } from '#src/web/html.ts'
import { type LayoutOptions, layout } from '#src/web/layout.ts'
import { errorPage } from '#src/web/pages.ts'
import { safeNext, themeOf } from '#src/web/preferences.ts'
import { sampleActor, samplePages, sampleViewer } from '#test/support/page-samples.ts'

const page = (options: Partial<LayoutOptions> = {}) =>
  layout({ locale: 'en', title: 'A title', body: html`<p>body</p>`, ...options })

const hrefs = (text: string) => [...text.matchAll(/<a [^>]*href="([^"]*)"/g)].map((match) => match[1])

describe('the frame of a page', () => {
  it('is a document in the language of the reader with one main part and a way to it', () => {
    const text = page({ locale: 'fr' })
    expect(text).toMatch(/^<!doctype html>\n<html lang="fr">/)
    expect(text.match(/<main /g)).toHaveLength(1)
    expect(text.indexOf('href="#content"')).toBeLessThan(text.indexOf('<header'))
    expect(text).toContain('id="content"')
  })

  it('names the page and the instance, and the instance only once', () => {
    expect(page({ instance: { name: 'Maison' } })).toContain('<title>A title · Maison</title>')
    expect(page({ title: 'Maison', instance: { name: 'Maison' } })).toContain('<title>Maison</title>')
  })

  it('escapes titles and descriptions (row 71)', () => {
    const text = page({ title: '</title><script>', description: '"><script>' })
    expect(text).not.toContain('<script>')
  })

  it('offers visitors to sign in, and nothing where one is about to', () => {
    expect(hrefs(page({ viewer: null }))).toEqual(['#content', '/', '/login', '/groups', '/source.tar.gz'])
    expect(hrefs(page({ viewer: null, width: 'narrow' }))).toEqual(['#content', '/', '/source.tar.gz'])
  })

  it('leads those who have signed in only to pages that there are, and says where they are', () => {
    const text = page({ viewer: sampleViewer, current: 'notifications' })
    expect([...new Set(hrefs(text))]).toEqual([
      '#content',
      '/',
      '/notifications',
      '/compose',
      '/@maison',
      '/search',
      '/requests',
      '/groups',
      '/conversations',
      '/lists',
      '/bookmarks',
      '/favourites',
      '/scheduled',
      '/products',
      '/orders/mine',
      '/settings/profile',
      '/about',
      '/source.tar.gz',
    ])
    expect(text).toMatch(/href="\/notifications" aria-current="page"/)
    expect(text.match(/aria-current/g)).toHaveLength(2)
    expect(text).toContain('action="/logout"')
    expect(text).toContain('3 new')
    expect(text).toContain('3 waiting')
  })

  it('shows no number when nobody waits', () => {
    const identities = sampleViewer.identities.map((one) => ({
      ...one,
      pendingFollowRequests: 0,
      unreadNotifications: 0,
    }))
    const text = page({ viewer: { ...sampleViewer, pendingFollowRequests: 0, unreadNotifications: 0, identities } })
    expect(text).not.toContain('nav-link__waiting')
    expect(text).not.toContain('menu__waiting')
    expect(text).not.toContain('>0<')
  })

  it('says beside each other identity what waits for it', () => {
    expect(page({ viewer: sampleViewer })).toContain('<span class="menu__waiting">2 requests · 1 new</span>')
  })

  it('counts no further than to ninety-nine', () => {
    const text = page({ viewer: { ...sampleViewer, unreadNotifications: 100 } })
    expect(text).toContain('<span aria-hidden="true">99+</span>')
    expect(text).toContain('more than 99 new')
  })

  it('lets a person act as another identity and come back to the same page', () => {
    const text = page({ viewer: sampleViewer, path: '/@maison?a=1&b=2' })
    expect(text).toMatch(
      /<form method="post" action="\/identity">\s*<input type="hidden" name="next" value="\/@maison\?a=1&amp;b=2">/,
    )
    expect(text).toContain('name="actor" value="2"')
  })

  it('offers only the way out to somebody who may act as nobody', () => {
    const text = page({ viewer: { actor: null, pendingFollowRequests: 0, unreadNotifications: 0, identities: [] } })
    expect(hrefs(text)).toEqual(['#content', '/', '/source.tar.gz'])
    expect(text).toContain('action="/logout"')
  })

  it('keeps a chosen appearance and marks the choices that hold', () => {
    const text = page({ theme: 'dark' })
    expect(text).toContain('<html lang="en" data-theme="dark">')
    expect(text).toMatch(/value="dark" aria-pressed="true"/)
    expect(text).toMatch(/value="light" aria-pressed="false"/)
    expect(page()).not.toContain('data-theme')
    for (const locale of locales)
      expect(text).toContain(`lang="${locale}" aria-pressed="${locale === 'en'}">${localeNames[locale]}`)
  })

  it('names its other forms for programs', () => {
    const text = page({
      canonical: 'https://a.example/@maison',
      alternates: [{ href: 'https://a.example/users/maison', type: 'application/activity+json' }],
      isIndexable: false,
    })
    expect(text).toContain(
      '<link rel="alternate" href="https://a.example/users/maison" type="application/activity+json">',
    )
    expect(text).toContain('<link rel="canonical" href="https://a.example/@maison">')
    expect(text).toContain('<meta name="robots" content="noindex">')
  })
})

describe.each(locales)('every page in %s', (locale) => {
  const pages = Object.entries(samplePages(locale))

  it.each(pages)('%s has no script or style of its own, which the content policy would refuse', (_name, body) => {
    const text = page({ locale, viewer: sampleViewer, body, scripts: ['compose.js'] })
    expect(text).not.toMatch(/\sstyle=|<style|\son[a-z]+=|javascript:/i)
    expect(text.match(/<script(?! type="module" src="\/assets\/)/g)).toBeNull()
  })

  it.each(pages)('%s has ids that occur once, and labels and descriptions that lead to one', (_name, body) => {
    const text = page({ locale, viewer: sampleViewer, body })
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1])
    expect(ids).toEqual([...new Set(ids)])
    const pointers = text.matchAll(/\s(?:for|aria-describedby|aria-labelledby|popovertarget)="([^"]*)"/g)
    for (const [, value = ''] of pointers) for (const id of value.split(' ')) expect(ids).toContain(id)
  })

  it.each(pages)('%s begins with one first heading and skips no level', (_name, body) => {
    const levels = [...page({ locale, body }).matchAll(/<h([1-6])/g)].map((match) => Number(match[1]))
    // The form for a post is put under the heading of its page.
    if (_name !== 'compose') expect(levels.filter((level) => level === 1)).toEqual([1])
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? level)).toBeLessThanOrEqual(1)
  })

  it.each(pages)('%s gives every picture its size and a text alternative', (_name, body) => {
    for (const [image] of body.toString().matchAll(/<img [^>]*>/g)) {
      expect(image).toMatch(/\swidth="\d+"/)
      expect(image).toMatch(/\sheight="\d+"/)
      expect(image).toMatch(/\salt="/)
    }
  })
})

describe('error pages', () => {
  it.each([401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 507])(
    'say in words what %i means and lead on',
    (status) => {
      for (const locale of locales) {
        const text = errorPage({ status, locale, requestId: 'r-1' })
        expect(text).toMatch(/<h1 class="title title--large">[^<]{10,}<\/h1>/)
        // The last of all are the groups and the source, at the foot of every page.
        expect(hrefs(text).at(-3)).toBe(status === 401 ? '/login' : '/')
      }
    },
  )

  it('give a reference only for faults of ours', () => {
    expect(errorPage({ status: 500, locale: 'en', requestId: 'r-1' })).toContain('<code>r-1</code>')
    expect(errorPage({ status: 404, locale: 'en', requestId: 'r-1' })).not.toContain('r-1')
  })

  it('say what is known beyond the status, in the language of the page', () => {
    const page = errorPage({ status: 403, locale: 'fr', requestId: 'r', reason: 'role' })
    expect(page).toContain('Votre rôle ne le permet pas')
    expect(page).not.toContain('Ceci ne vous est pas ouvert')
  })

  it('have words for statuses that nobody thought of', () => {
    expect(errorPage({ status: 418, locale: 'en', requestId: 'r' })).toContain('We could not use that')
    expect(errorPage({ status: 599, locale: 'en', requestId: 'r' })).toContain('Something broke on our side')
  })
})

describe('what a browser prefers', () => {
  it('reads the appearance from its cookie and nothing else from there', () => {
    expect(themeOf({ cookies: { entremise_theme: 'dark' } })).toBe('dark')
    expect(themeOf({ cookies: { entremise_theme: '"><script>' } })).toBe('system')
    expect(themeOf({})).toBe('system')
  })

  it.each([
    '//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    7,
    null,
  ])('never goes back to %j', (next) => expect(safeNext(next)).toBe('/'))

  it('goes back to a page of ours', () => {
    expect(safeNext(`${sampleActor.href}?max_id=1#x`)).toBe('/@maison?max_id=1#x')
  })
})
