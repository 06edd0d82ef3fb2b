import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { icon } from './icon.ts'
import { placeholderOf } from './placeholder.ts'

/** One size of a picture. */
export type PictureSize = Readonly<{ url: string; width: number }>

/** A picture as pages need it. */
export type PictureValue = Readonly<{
  /** The largest JPEG: what opens at full size, and what browsers without `srcset` show. Null while it is being prepared. */
  src: string | null
  /** JPEG sizes, in any order. */
  sizes: readonly PictureSize[]
  /** The same in WebP, where there are any. */
  webp: readonly PictureSize[]
  /** Pixels of the original; null where another server did not say. */
  width: number | null
  height: number | null
  /** What is to be seen; empty when nobody wrote it. */
  alt: string
  blurhash: string | null
  /** The point that must stay in view when the picture is cropped, each from -1 to 1, x to the right and y up. */
  focus: Readonly<{ x: number; y: number }> | null
}>

/** How a picture is shown. */
export type PictureOptions = Readonly<{
  /** How wide it will be, as in the attribute `sizes` of HTML. */
  sizes: string
  /** Fills its box around the focal point instead of showing all of itself. */
  isCropped?: boolean
  /** Among the first things on the page: fetched at once and before others. */
  isFirst?: boolean
  /** Stands for the alt text, for a picture that is a link. */
  alt?: string
}>

/**
 * A picture over its own colours. Width and height are always there, so nothing moves when it arrives; the colours come from the
 * blurhash, as an image behind the image.
 */
export function picture(value: PictureValue, options: PictureOptions, t: Translator): Html {
  const { width, height } = boxOf(value)
  const classes = ['picture', options.isCropped && 'picture--cropped', options.isCropped && focusClass(value.focus)]
  return html`<span class="${classes.filter(Boolean).join(' ')}">${ground(value)}${
    value.src === null ? preparing(width, height, t) : image(value, value.src, options)
  }</span>`
}

/** Nothing but the colours: for a picture that the reader has not opened yet. */
export function coveredPicture(value: PictureValue, t: Translator): Html {
  const { width, height } = boxOf(value)
  return html`<span class="picture picture--covered">${ground(value)}<svg class="picture__space" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"></svg><span class="picture__notice">${icon('covered')}${t.picture.sensitive}</span></span>`
}

/** The proportion of a picture as a class `ratio-5` (1:2) to `ratio-25` (5:2), in tenths. */
export function ratioClass(value: Pick<PictureValue, 'width' | 'height'>): string {
  const { width, height } = boxOf(value)
  return `ratio-${Math.min(25, Math.max(5, Math.round((width / height) * 10)))}`
}

// Where another server names no size, a box of 4:3 is held free and the whole picture is fitted into it.
function boxOf(value: Pick<PictureValue, 'width' | 'height'>): { width: number; height: number } {
  return value.width && value.height ? { width: value.width, height: value.height } : { width: 4, height: 3 }
}

function ground(value: PictureValue): Html | null {
  const colours = value.blurhash && placeholderOf(value.blurhash)
  return colours ? html`<img class="picture__ground" src="${colours}" alt="" width="6" height="6">` : null
}

function preparing(width: number, height: number, t: Translator): Html {
  return html`<svg class="picture__space" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"></svg><span class="picture__notice">${icon('image')}${t.picture.preparing}</span>`
}

function image(value: PictureValue, src: string, options: PictureOptions): Html {
  const { width, height } = boxOf(value)
  const img = attributes({
    class: 'picture__image',
    src,
    srcset: sourceSet(value.sizes),
    sizes: value.sizes.length > 1 ? options.sizes : null,
    alt: options.alt ?? value.alt,
    width,
    height,
    loading: options.isFirst ? null : 'lazy',
    fetchpriority: options.isFirst ? 'high' : null,
    decoding: 'async',
  })
  const webp =
    value.webp.length > 0 &&
    html`<source type="image/webp"${attributes({ srcset: sourceSet(value.webp), sizes: options.sizes })}>`
  return html`<picture>${webp}<img${img}></picture>`
}

function sourceSet(sizes: readonly PictureSize[]): string | null {
  return sizes.length > 0 ? sizes.map(({ url, width }) => `${url} ${width}w`).join(', ') : null
}

// `object-position` would need an inline style; eleven steps on each axis are as good to the eye.
function focusClass(focus: PictureValue['focus']): string | false {
  if (!focus) return false
  const step = (value: number) => Math.round(((Math.min(1, Math.max(-1, value)) + 1) / 2) * 10)
  return `focus-x-${step(focus.x)} focus-y-${step(-focus.y)}`
}
