import { type Html, html } from '../html.ts'

/** How a page appears where its link is shared. */
export type OpenGraphValue = Readonly<{
  type: 'website' | 'article' | 'profile' | 'product'
  title: string
  description: string
  /** Absolute. */
  url: string
  siteName: string
  /** Absolute address, size and description of the picture; null shows none. */
  image: Readonly<{ url: string; width: number | null; height: number | null; alt: string }> | null
  publishedAt?: Date
}>

/** The tags that other sites read to draw a card. @see https://ogp.me */
export function openGraph(value: OpenGraphValue): Html {
  const { image } = value
  return html`<meta property="og:type" content="${value.type}">
<meta property="og:title" content="${value.title}">
<meta property="og:description" content="${value.description}">
<meta property="og:url" content="${value.url}">
<meta property="og:site_name" content="${value.siteName}">
${value.publishedAt && html`<meta property="article:published_time" content="${value.publishedAt.toISOString()}">`}
${image && imageTags(image)}
<meta name="twitter:card" content="${image ? 'summary_large_image' : 'summary'}">`
}

function imageTags(image: NonNullable<OpenGraphValue['image']>): Html {
  return html`<meta property="og:image" content="${image.url}">
${image.width !== null && html`<meta property="og:image:width" content="${image.width}">`}
${image.height !== null && html`<meta property="og:image:height" content="${image.height}">`}
${image.alt && html`<meta property="og:image:alt" content="${image.alt}">`}`
}
