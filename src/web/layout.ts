import type { Locale } from '#src/core/i18n.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { assetUrl } from './assets.ts'
import { announcementList } from './components/announcement.ts'
import { type FlashValue, flash } from './components/flash.ts'
import { icon, mark } from './components/icon.ts'
import { accountMenu, bottomBar, type LayoutViewer, type NavKey, searchField, topNav } from './components/navigation.ts'
import { preferenceForms } from './components/preference-forms.ts'
import { attributes, type Html, html } from './html.ts'
import { paths } from './paths.ts'
import type { Theme } from './preferences.ts'

/** Another form of the same page, for programs: its ActivityStreams object, a feed. */
export type Alternate = Readonly<{ href: string; type: string; title?: string; hreflang?: string }>

/** The small modules that a page may load; each enhances what already works without it. */
export type PageScript = 'compose.js' | 'form.js' | 'checkout.js'

/** What the frame of a page is made of. */
export type LayoutOptions = Readonly<{
  locale: Locale
  /** The name of the page, before the name of the instance. */
  title: string
  instance?: Readonly<{ name: string }>
  description?: string
  /** More for the head: what `openGraph` makes. */
  head?: Html
  alternates?: readonly Alternate[]
  /** The address of the page that counts when there are several. */
  canonical?: string
  /** False keeps search engines away. */
  isIndexable?: boolean
  /** Who is signed in; null for a visitor, who is offered to sign in; left out where nobody knows, as on error pages. */
  viewer?: LayoutViewer | null
  current?: NavKey
  flash?: FlashValue | null
  theme?: Theme
  /** The path and query of this page: the way back after a change of appearance or identity. */
  path?: string
  /** `narrow` for the forms at the door, where nothing leads aside; `text` for reading, `wide` for pictures. */
  width?: 'narrow' | 'text' | 'wide'
  scripts?: readonly PageScript[]
  body: Html
}>

const defaultInstance = { name: 'Entremise' }

/** The frame of every page, as a whole document. */
export function layout(options: LayoutOptions): string {
  const t = translatorFor(options.locale)
  const theme = options.theme ?? 'system'
  const root = attributes({ lang: options.locale, 'data-theme': theme === 'system' ? null : theme })
  const page = html`<!doctype html>
<html${root}>
${head(options, theme)}
<body${attributes({ class: options.viewer?.actor ? 'has-bar' : null })}>
<a class="skip" href="#content">${t.skip}</a>
${masthead(options, t)}
<main class="page page--${options.width ?? 'text'}" id="content" tabindex="-1">
${options.flash && flash(options.flash)}
${notPublished(options, t)}
${announcementList(options.viewer?.announcements ?? [], options.path ?? paths.home, t)}
${options.body}
</main>
${footer(options, theme, t)}
${options.viewer?.actor && bottomBar(options.viewer, options.current, t)}
</body>
</html>
`
  return page.toString()
}

/** Whoever planned a post that could not be published learns it on whichever page they come to. */
function notPublished({ viewer, path }: LayoutOptions, t: Translator): Html | null {
  if (!viewer?.failedPosts || path === paths.scheduled) return null
  return html`<div class="flash flash--problem" role="status">${icon('warning')}<p>${t.schedule.waiting} <a href="${paths.scheduled}">${t.schedule.see}</a></p></div>`
}

function head(options: LayoutOptions, theme: Theme): Html {
  const { name } = options.instance ?? defaultInstance
  const title = options.title === name ? name : `${options.title} · ${name}`
  const script = (name: 'page.js' | PageScript) =>
    html`<script type="module" src="${assetUrl(name)}"${attributes({
      // What rebuilds a form does so before the first paint, so that nothing jumps; should it fail, the form is there as it is.
      blocking: name !== 'page.js' && 'render',
    })}></script>`
  return html`<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
${options.description && html`<meta name="description" content="${options.description}">`}
${options.isIndexable === false && html`<meta name="robots" content="noindex">`}
<meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">
<link rel="stylesheet" href="${assetUrl('page.css')}">
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="apple-touch-icon" href="${assetUrl('touch-icon.png')}">
${options.canonical && html`<link rel="canonical" href="${options.canonical}">`}
${options.alternates?.map((alternate) => html`<link rel="alternate"${attributes(alternate)}>`)}
${options.head}
${script('page.js')}
${options.scripts?.map(script)}
</head>`
}

function masthead(options: LayoutOptions, t: Translator): Html {
  const { viewer, current, path, width } = options
  const { name } = options.instance ?? defaultInstance
  const offersSignIn = viewer === null && width !== 'narrow'
  const signIn = offersSignIn && html`<a class="masthead__sign-in" href="${paths.login}">${t.nav.signIn}</a>`
  return html`<header class="masthead">
  <a class="masthead__home" href="${paths.home}">${mark()}<span class="masthead__name">${name}</span></a>
  ${viewer ? html`${topNav(viewer, current, t)}${viewer.actor && searchField(t)}${accountMenu(viewer, path ?? paths.home, t)}` : signIn}
</header>`
}

function footer(options: LayoutOptions, theme: Theme, t: Translator): Html {
  // Not where one is about to do something, nor for who may act as nobody.
  const leadsOn = options.width !== 'narrow' && options.viewer?.actor !== null
  return html`<footer class="footer" aria-label="${t.footer.label}">
  ${preferenceForms({ theme, next: options.path ?? paths.home }, t)}
  <p class="footer__about">${leadsOn && html`<a href="${paths.groups}">${t.groups.title}</a> · `}${options.viewer?.actor && html`<a href="${paths.about}">${t.footer.about}</a> · `}${t.footer.runsOn} · <a href="${paths.source}">${t.footer.source}</a></p>
</footer>`
}
