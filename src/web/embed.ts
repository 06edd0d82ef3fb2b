import type { Locale } from '#src/core/i18n.ts'
import { assetUrl } from './assets.ts'
import { type Html, html } from './html.ts'

/** What a page is made of that stands in a frame on another site. */
export type EmbedOptions = Readonly<{ locale: Locale; title: string; canonical: string; body: Html }>

/**
 * A whole document to stand in a frame on another site: no frame of ours, no script, no form, and every way out leads to a window of its own,
 * since our pages refuse to be framed.
 */
export function embedDocument({ locale, title, canonical, body }: EmbedOptions): string {
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${assetUrl('page.css')}">
<link rel="canonical" href="${canonical}">
<base target="_blank">
</head>
<body class="embed">
<main>${body}</main>
</body>
</html>
`
  return page.toString()
}
